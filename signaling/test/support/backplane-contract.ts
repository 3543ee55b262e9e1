import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { nobody, type Backplane, type NodeMessage, type Presence, type TopicChannel } from '../../src/backplane.js'

/** Nodes of one cluster, of one implementation. */
export type ClusterUnderTest = {
  /** One more node, ready. */
  addNode(): Promise<Backplane>
  /** Ends a node without a word, as a crash does. It may take its time to live until others notice. */
  kill(node: Backplane): Promise<void>
  /** Resolves when all that was given to any node has arrived wherever it will. */
  settle(): Promise<void>
  close(): Promise<void>
}

/** What a topic of one node was told, and what it answers when it is asked. */
type Listening = {
  readonly channel: TopicChannel
  readonly messages: NodeMessage[]
  readonly told: Presence[]
  /** Last told, or nobody. */
  readonly others: () => Presence
  /** Is here now, and waits until that has settled. */
  become(presence: Presence): Promise<void>
}

export const listenAt = (node: Backplane, topic: string): Listening => {
  const messages: NodeMessage[] = []
  const told: Presence[] = []
  let here: Presence = nobody
  const channel = node.open(topic, {
    presence: () => here,
    onPresence: others => void told.push(others),
    onMessage: message => void messages.push(message),
  })
  return {
    channel,
    messages,
    told,
    others: () => told.at(-1) ?? nobody,
    become: presence =>
      new Promise(resolve => {
        here = presence
        channel.changed(resolve)
      }),
  }
}

export const presenceOf = (peers: readonly string[], plain = 0): Presence => ({
  peers: new Set(peers),
  plain,
  sockets: peers.length + plain,
})

/** The promises of `backplane.ts`, against one implementation. `[SIG33]` to `[SIG36]` are SPEC's. */
export const describeBackplane = (name: string, openCluster: () => Promise<ClusterUnderTest>): void => {
  describe(`the ${name} backplane`, () => {
    let cluster: ClusterUnderTest
    beforeEach(async () => {
      cluster = await openCluster()
    })
    afterEach(() => cluster.close())

    /** This many nodes with the topic open, each with a peer in it. */
    const nodesIn = async (topic: string, count: number): Promise<Listening[]> => {
      const listening: Listening[] = []
      for (let index = 0; index < count; index += 1) {
        const entered = listenAt(await cluster.addNode(), topic)
        await entered.become(presenceOf([`peer ${index}`]))
        listening.push(entered)
      }
      await cluster.settle()
      return listening
    }

    const pair = async (topic: string): Promise<[Listening, Listening]> => {
      const [first, second] = await nodesIn(topic, 2)
      if (!first || !second) throw new Error('two were asked for')
      return [first, second]
    }

    test('[SIG33] carries a message to every other node of the topic once, in order, and not back', async () => {
      const [first, second, third] = await nodesIn('room', 3)
      const elsewhere = listenAt(await cluster.addNode(), 'room 2')
      await elsewhere.become(presenceOf(['stranger']))
      const sent = Array.from({ length: 100 }, (_, index): NodeMessage => ({ frame: `"${index} \u0000 \uD83D\uDE00"` }))
      for (const message of sent) first?.channel.publish(message)
      await cluster.settle()
      expect(second?.messages).toEqual(sent)
      expect(third?.messages).toEqual(sent)
      expect(first?.messages).toEqual([])
      expect(elsewhere.messages).toEqual([])
    })

    test('[SIG33] carries whom a message is for', async () => {
      const [first, second] = await pair('room')
      first.channel.publish({ frame: 'for one', to: 'peer 1' })
      await cluster.settle()
      expect(second.messages).toEqual([{ frame: 'for one', to: 'peer 1' }])
    })

    test.each(['', 'ab:*?[]{}\n', '__proto__', '\uD800', 'x'.repeat(512)])(
      '[SIG33] takes the topic %j for what it is',
      async topic => {
        const [first, second] = await pair(topic)
        first.channel.publish({ frame: 'here' })
        await cluster.settle()
        expect(second.messages).toEqual([{ frame: 'here' }])
        expect(second.others()).toEqual(presenceOf(['peer 0']))
      },
    )

    test('[SIG34] has told of all others when a change settles, so nobody who comes later is missed', async () => {
      const first = listenAt(await cluster.addNode(), 'room')
      await first.become(presenceOf(['ana'], 2))
      expect(first.others()).toEqual(nobody)
      const second = listenAt(await cluster.addNode(), 'room')
      await second.become(presenceOf(['ben']))
      expect(second.others()).toEqual(presenceOf(['ana'], 2))
      await cluster.settle()
      expect(first.others()).toEqual(presenceOf(['ben']))
    })

    test('[SIG34] of two that come at once at least one has heard of the other when both have settled', async () => {
      for (let round = 0; round < 20; round += 1) {
        const topic = `round ${round}`
        const both = [listenAt(await cluster.addNode(), topic), listenAt(await cluster.addNode(), topic)] as const
        await Promise.all(both.map((each, index) => each.become(presenceOf([`peer ${index}`]))))
        expect(both.some(({ others }) => others().sockets === 1)).toBe(true)
        await cluster.settle()
        expect(both.every(({ others }) => others().sockets === 1)).toBe(true)
      }
    })

    test('[SIG34] sums up the others, a peer at two nodes once', async () => {
      const [first, second, third] = await nodesIn('room', 3)
      await second?.become(presenceOf(['ana', 'ben'], 1))
      await third?.become(presenceOf(['ben', 'cleo'], 2))
      await cluster.settle()
      expect(first?.others()).toEqual({ peers: new Set(['ana', 'ben', 'cleo']), plain: 3, sockets: 7 })
      expect(second?.others()).toEqual({ peers: new Set(['peer 0', 'ben', 'cleo']), plain: 2, sockets: 5 })
    })

    test('[SIG34] tells the last of many changes, whatever it told in between', async () => {
      const [first, second] = await pair('room')
      for (let count = 1; count <= 50; count += 1) void first.become(presenceOf(['peer 0'], count))
      await first.become(presenceOf(['at last']))
      await cluster.settle()
      expect(second.others()).toEqual(presenceOf(['at last']))
    })

    test('[SIG34] tells nothing before a node has said what it has', async () => {
      const [first] = await pair('room')
      const told = first.told.length
      listenAt(await cluster.addNode(), 'room')
      await cluster.settle()
      expect(first.told.slice(told).every(({ sockets }) => sockets === 1)).toBe(true)
    })

    test('[SIG34] what a node has, and what it says, arrive in the order in which it gave them', async () => {
      const order: string[] = []
      const second = (await cluster.addNode()).open('room', {
        presence: () => presenceOf(['ben']),
        onPresence: ({ plain }) => void order.push(`has ${plain}`),
        onMessage: ({ frame }) => void order.push(frame),
      })
      await new Promise<void>(resolve => second.changed(resolve))
      const first = listenAt(await cluster.addNode(), 'room')
      const counts = Array.from({ length: 20 }, (_, index) => index)
      for (const count of counts) {
        void first.become(presenceOf(['ana'], count))
        first.channel.publish({ frame: `says ${count}` })
      }
      await cluster.settle()
      expect(order).toEqual(counts.flatMap(count => [`has ${count}`, `says ${count}`]))
    })

    test('[SIG35] a topic that a node has closed counts there no more, and hears no more', async () => {
      const [first, second] = await pair('room')
      second.channel.close()
      second.channel.close()
      await cluster.settle()
      expect(first.others()).toEqual(nobody)
      const told = second.told.length
      first.channel.publish({ frame: 'anybody?' })
      await first.become(presenceOf(['alone']))
      second.channel.publish({ frame: 'from beyond' })
      second.channel.changed(() => expect.unreachable('settled after its close'))
      await cluster.settle()
      expect(second.messages).toEqual([])
      expect(second.told).toHaveLength(told)
      expect(first.messages).toEqual([])
    })

    test('[SIG35] a topic can be opened again', async () => {
      const node = await cluster.addNode()
      const other = listenAt(await cluster.addNode(), 'room')
      await other.become(presenceOf(['ana']))
      listenAt(node, 'room').channel.close()
      const again = listenAt(node, 'room')
      await again.become(presenceOf(['ben']))
      expect(again.others()).toEqual(presenceOf(['ana']))
      await cluster.settle()
      expect(other.others()).toEqual(presenceOf(['ben']))
      other.channel.publish({ frame: 'welcome back' })
      await cluster.settle()
      expect(again.messages).toEqual([{ frame: 'welcome back' }])
    })

    test.each(['closes', 'dies'])('[SIG35] what a node had counts no more when it %s', async how => {
      const [survivor, doomed] = [await cluster.addNode(), await cluster.addNode()]
      const watching = ['room', 'other'].map(topic => listenAt(survivor, topic))
      for (const each of watching) await each.become(presenceOf(['ana']))
      for (const topic of ['room', 'other']) await listenAt(doomed, topic).become(presenceOf(['ben'], 1))
      await cluster.settle()
      for (const { others } of watching) expect(others()).toEqual(presenceOf(['ben'], 1))
      if (how === 'dies') await cluster.kill(doomed)
      else await doomed.close()
      await vi.waitFor(() => watching.forEach(({ others }) => expect(others()).toEqual(nobody)), 30_000)
    })

    test('[SIG36] is ready, and closes as often as one likes', async () => {
      const node = await cluster.addNode()
      expect(node.isReady).toBe(true)
      await Promise.all([node.close(), node.close()])
      await node.close()
    })
  })
}
