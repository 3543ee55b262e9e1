import { createClient } from 'redis'
import { expect } from 'vitest'
import type { Backplane } from '../../src/backplane.js'
import { createRedisBackplane } from '../../src/redis-backplane.js'
import { createRedisKeys, type RedisKeys } from '../../src/redis-keys.js'
import { listenAt, presenceOf, type ClusterUnderTest } from './backplane-contract.js'
import { createManualClock, type ManualClock } from './manual-clock.js'

/**
 * Nodes on one Redis, whose time a test drives by hand: theirs by `advance`, that of Redis by deleting the key of
 * what is to be over. So nothing depends on how busy the machine is.
 */
export type RedisCluster = ClusterUnderTest & {
  /** Redis as somebody else may use it. */
  readonly outsider: Outsider
  readonly keys: RedisKeys
  /** What the nodes told of. */
  readonly reported: string[]
  /** The time of one node, or of all, goes on. */
  advance(byMs: number, node?: Backplane): void
  /** The time to live of a node is over. Others find out when they beat. */
  expire(node: Backplane): Promise<void>
}

export type Outsider = Awaited<ReturnType<typeof openOutsider>>

const openOutsider = (url: string) =>
  createClient({ url, socket: { reconnectStrategy: 5 } })
    .on('error', () => undefined)
    .connect()

type Member = {
  readonly name: string
  readonly node: Backplane
  readonly clock: ManualClock
  /** What every node hears after all that was given to any of them before. */
  readonly barrier: ReturnType<typeof listenAt>
}

export type RedisClusterOptions = { readonly url: string; readonly prefix?: string; readonly maxWaitingBytes?: number }

/** Real time does not come near. */
export const ttlMs = 30 * 60_000
export const beatMs = ttlMs / 3

export const openRedisCluster = async (options: RedisClusterOptions): Promise<RedisCluster> => {
  const keys = createRedisKeys(options.prefix ?? 'hearth')
  const members = new Set<Member>()
  const reported: string[] = []
  const outsider = await openOutsider(options.url)
  // As if a node were there already, or the first ones would wait for others.
  await outsider.set(keys.kept, '1', { PX: ttlMs })
  let nodes = 0
  let rounds = 0

  const memberOf = (node: Backplane): Member => {
    const member = [...members].find(each => each.node === node)
    if (!member) throw new Error('no node of this cluster')
    return member
  }

  /** What each connection carries arrives in order; so who hears this from all has heard all that was said before. */
  const passBarrier = async (): Promise<void> => {
    rounds += 1
    const frame = `round ${rounds}`
    for (const { barrier } of members) barrier.channel.publish({ frame })
    const heard = (): number[] =>
      [...members].map(({ barrier }) => barrier.messages.filter(message => message.frame === frame).length)
    await expect.poll(heard, { interval: 2, timeout: 20_000 }).toEqual([...members].map(() => members.size - 1))
  }

  const expire = async (node: Backplane): Promise<void> => {
    await outsider.del(`${keys.nodes}${memberOf(node).name}`)
  }

  return {
    outsider,
    keys,
    reported,
    expire,
    addNode: async () => {
      nodes += 1
      const name = `node ${nodes}`
      const clock = createManualClock()
      const onError = (error: unknown): void => void reported.push(String(error))
      const backplane = await createRedisBackplane({ ...options, ttlMs, clock, node: name, onError })
      await expect.poll(() => backplane.isReady, { interval: 2, timeout: 20_000 }).toBe(true)
      const barrier = listenAt(backplane, 'barrier')
      await barrier.become(presenceOf([name]))
      const node: Backplane = {
        get isReady() {
          return backplane.isReady
        },
        open: (topic, listener) => backplane.open(topic, listener),
        close: () => {
          members.delete(member)
          return backplane.close()
        },
      }
      const member: Member = { name, node, clock, barrier }
      members.add(member)
      return node
    },
    advance: (byMs, node) => {
      for (const member of members) if (node === undefined || member.node === node) member.clock.advance(byMs)
    },
    // Like a process that has crashed it says nothing more, because its time stands still.
    kill: async node => {
      await expire(node)
      members.delete(memberOf(node))
      for (const { clock } of members) clock.advance(beatMs)
    },
    settle: async () => {
      // What changed while an answer was awaited is told after it, so before the second; and is heard before the third.
      for (let round = 0; round < 3; round += 1) await passBarrier()
    },
    close: async () => {
      await Promise.all([...members].map(({ node }) => node.close()))
      outsider.destroy()
    },
  }
}
