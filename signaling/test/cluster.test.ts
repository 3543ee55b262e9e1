import { describe, expect, test } from 'vitest'
import type { Backplane, TopicListener } from '../src/backplane.js'
import { createMemoryCluster } from '../src/memory-backplane.js'
import { connect, type Client } from './support/client.js'
import { presenceOf } from './support/backplane-contract.js'
import { serve } from './support/serve.js'

const as = (peer: string): object => ({ type: 'subscribe', topics: ['room'], peer })
const plainly = { type: 'subscribe', topics: ['room'] }
const members = (peers: string[], plain = 0): object => ({ type: 'members', topic: 'room', peers, plain })
const joined = (peer: string): object => ({ type: 'joined', topic: 'room', peer })
const left = (peer: string): object => ({ type: 'left', topic: 'room', peer })
const publish = (data: unknown, to?: string): object => ({ type: 'publish', topic: 'room', data, ...(to && { to }) })

const tell = async (client: Client, message: object): Promise<object[]> => {
  client.send(message)
  return client.received()
}

describe('two servers on one backplane', () => {
  /** Ana and Ben at one, Cleo at the other. */
  const serveTwo = async () => {
    const cluster = createMemoryCluster()
    const [first, second] = [
      await serve({ backplane: cluster.addNode() }),
      await serve({ backplane: cluster.addNode() }),
    ]
    const [ana, ben] = await first.open(2)
    const [cleo] = await second.open(1)
    return { first, second, ana, ben, cleo }
  }

  test('[SIG33] are one room: each publish reaches everybody else once, and counts them all', async () => {
    const { ana, ben, cleo } = await serveTwo()
    for (const client of [ana, ben, cleo]) await tell(client, plainly)
    expect(await tell(cleo, publish('hello'))).toEqual([])
    const told = [{ ...publish('hello'), clients: 3 }]
    expect(await ana.received()).toEqual(told)
    expect(await ben.received()).toEqual(told)
    ana.send(publish('and you'))
    expect(await ben.next()).toEqual({ ...publish('and you'), clients: 3 })
    expect(await cleo.next()).toEqual({ ...publish('and you'), clients: 3 })
  })

  test('[SIG33] deliver what is for one peer to its sockets alone, wherever they are', async () => {
    const { second, ana, ben, cleo } = await serveTwo()
    const [dan] = await second.open(1)
    for (const [client, peer] of [
      [ana, 'ana'],
      [ben, 'twice'],
      [cleo, 'twice'],
      [dan, 'dan'],
    ] as const)
      await tell(client, as(peer))
    for (const client of [ana, ben, cleo, dan]) await client.received()
    await tell(ana, publish('psst', 'twice'))
    await tell(ana, publish('psst', 'nobody'))
    for (const client of [ben, cleo]) expect(await client.received()).toEqual([{ ...publish('psst'), clients: 4 }])
    expect(await dan.received()).toEqual([])
  })

  test('[SIG34] tell the members of both, and who comes and goes at either', async () => {
    const { first, ana, ben, cleo } = await serveTwo()
    expect(await tell(ana, as('ana'))).toEqual([members([])])
    expect(await tell(cleo, as('cleo'))).toEqual([members(['ana'])])
    expect(await ana.received()).toEqual([joined('cleo')])
    // Cleo again, at the other server: a reconnect that overtakes the end of the old socket.
    expect(await tell(ben, as('cleo'))).toEqual([members(['ana'])])
    expect(await ana.received()).toEqual([])
    await tell(cleo, { type: 'unsubscribe', topics: ['room'] })
    expect(await ana.received()).toEqual([])
    ben.socket.terminate()
    expect(await ana.next()).toEqual(left('cleo'))
    await tell(cleo, plainly)
    first.clock.advance(250)
    expect(await ana.received()).toEqual([members([], 1)])
  })

  test('[SIG35] a server that ends takes its peers with it', async () => {
    const { second, ana, cleo } = await serveTwo()
    await tell(ana, as('ana'))
    await tell(cleo, as('cleo'))
    await ana.received()
    await second.server.close()
    expect(await ana.next()).toEqual(left('cleo'))
  })

  test('[SIG20] the sockets of all servers fill a topic', async () => {
    const cluster = createMemoryCluster()
    const limits = { maxSocketsPerTopic: 3 }
    const first = await serve({ ...limits, backplane: cluster.addNode() })
    const second = await serve({ ...limits, backplane: cluster.addNode() })
    const [ana, ben, dan] = await first.open(3)
    const [cleo] = await second.open(1)
    for (const client of [ana, ben, cleo]) await tell(client, plainly)
    dan.send(plainly)
    expect(await dan.closed).toMatchObject({ code: 4423 })
  })
})

describe('a server that cannot reach the others', () => {
  /** A backplane whose store is away until it is said to be back. */
  const createAwayBackplane = () => {
    const waiting: (() => void)[] = []
    let heard: TopicListener | undefined
    const backplane: Backplane = {
      isReady: false,
      open: (_topic, listener) => {
        heard = listener
        return {
          changed: onSettled => void (onSettled && waiting.push(onSettled)),
          publish: () => undefined,
          close: () => undefined,
        }
      },
      close: async () => undefined,
    }
    const comeBack = (): void => {
      heard?.onPresence(presenceOf(['cleo'], 1))
      for (const onSettled of waiting.splice(0)) onSettled()
    }
    return { backplane, waiting, comeBack }
  }

  test('[SIG36] tells nobody to be alone; its own sockets go on; all is told when the others are back', async () => {
    const { backplane, comeBack } = createAwayBackplane()
    const { open, server, clock } = await serve({ backplane })
    const [ana, ben, plain] = await open(3)
    expect(await tell(ana, as('ana'))).toEqual([])
    expect(await tell(ben, as('ben'))).toEqual([])
    await tell(plain, plainly)
    clock.advance(250)
    expect(await ana.received()).toEqual([])
    await tell(ana, publish('psst', 'ben'))
    expect(await ben.received()).toEqual([{ ...publish('psst'), clients: 3 }])
    const gone = await connect(server.url)
    await tell(gone, as('gone'))
    await tell(gone, { type: 'unsubscribe', topics: ['room'] })
    expect([...(await ana.received()), ...(await ben.received())]).toEqual([])

    comeBack()
    expect(await ana.received()).toEqual([members(['cleo', 'ben'], 2)])
    expect(await ben.received()).toEqual([members(['cleo', 'ana'], 2)])
    expect(await gone.received()).toEqual([])
  })

  test('[SIG36] however often a socket asks meanwhile, or leaves and asks again, it waits once and is answered once', async () => {
    const { backplane, waiting, comeBack } = createAwayBackplane()
    const { open } = await serve({ backplane })
    const [ana, ben] = await open(2)
    for (let count = 0; count < 100; count += 1) {
      await tell(ana, as('ana'))
      await tell(ben, as('ben'))
      if (count < 99) await tell(ben, { type: 'unsubscribe', topics: ['room'] })
    }
    expect(waiting).toHaveLength(2)
    comeBack()
    // Nobody may know of them as they are now, so all that they have asked since is one more question.
    expect([...(await ana.received()), ...(await ben.received())]).toEqual([])
    expect(waiting).toHaveLength(2)
    comeBack()
    expect(await ana.received()).toEqual([members(['cleo', 'ben'], 1)])
    expect(await ben.received()).toEqual([members(['cleo', 'ana'], 1)])
  })

  test('[SIG36] however many come and go meanwhile, no more questions wait than members were there at once', async () => {
    const { backplane, waiting, comeBack } = createAwayBackplane()
    const { open, server } = await serve({ backplane })
    const [ana] = await open(1)
    await tell(ana, as('ana'))
    for (let count = 0; count < 20; count += 1) {
      const passing = await connect(server.url)
      await tell(passing, as('passing'))
      await tell(passing, { type: 'unsubscribe', topics: ['room'] })
    }
    expect(waiting).toHaveLength(2)
    const [ben] = await open(1)
    await tell(ben, as('ben'))
    comeBack()
    expect(await ana.received()).toEqual([members(['cleo', 'ben'], 1)])
    // What was asked before Ben came is no answer to him.
    expect(await ben.received()).toEqual([])
    comeBack()
    expect(await ben.received()).toEqual([members(['cleo', 'ana'], 1)])
  })
})
