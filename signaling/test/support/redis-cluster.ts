import { expect } from 'vitest'
import type { Backplane } from '../../src/backplane.js'
import { systemClock } from '../../src/clock.js'
import { createRedisBackplane, type RedisBackplaneOptions } from '../../src/redis-backplane.js'
import { listenAt, presenceOf, type ClusterUnderTest } from './backplane-contract.js'

/** Nodes on one Redis. What they report is kept. */
export type RedisCluster = ClusterUnderTest & {
  readonly reported: string[]
  /** Stops a node's time: it beats no more, and does not connect again. */
  hold(node: Backplane): void
  /** Its time goes on; what was due meanwhile happens now. */
  release(node: Backplane): void
}

/** What every node hears after all that was given to any of them before. */
type Member = { readonly node: Backplane; readonly barrier: ReturnType<typeof listenAt>; readonly time: HeldClock }

export const openRedisCluster = (options: RedisBackplaneOptions): RedisCluster => {
  const members = new Set<Member>()
  const reported: string[] = []
  let nodes = 0
  let rounds = 0

  /** What each connection carries arrives in order; so who hears this from all has heard all that was said before. */
  const passBarrier = async (): Promise<void> => {
    rounds += 1
    const frame = `round ${rounds}`
    for (const { barrier } of members) barrier.channel.publish({ frame })
    const heard = (): number[] =>
      [...members].map(({ barrier }) => barrier.messages.filter(message => message.frame === frame).length)
    await expect.poll(heard, { interval: 2, timeout: 10_000 }).toEqual([...members].map(() => members.size - 1))
  }

  const memberOf = (node: Backplane): Member => {
    const member = [...members].find(each => each.node === node)
    if (!member) throw new Error('no node of this cluster')
    return member
  }

  return {
    reported,
    addNode: async () => {
      nodes += 1
      const time = createHeldClock()
      const onError = (error: unknown): void => void reported.push(String(error))
      const backplane = await createRedisBackplane({ clock: time.clock, node: `node ${nodes}`, onError, ...options })
      await expect.poll(() => backplane.isReady, { interval: 2, timeout: 10_000 }).toBe(true)
      const barrier = listenAt(backplane, 'barrier')
      await barrier.become(presenceOf([`node ${nodes}`]))
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
      const member: Member = { node, barrier, time }
      members.add(member)
      return node
    },
    hold: node => memberOf(node).time.hold(),
    release: node => memberOf(node).time.release(),
    // It says and does nothing more, like a process that has crashed.
    kill: async node => {
      const member = memberOf(node)
      member.time.hold()
      members.delete(member)
    },
    settle: async () => {
      // What changed while an answer was awaited is told after it, so before the second; and is heard before the third.
      for (let round = 0; round < 3; round += 1) await passBarrier()
    },
    close: async () => {
      await Promise.all([...members].map(({ node }) => node.close()))
    },
  }
}

type HeldClock = ReturnType<typeof createHeldClock>

const createHeldClock = () => {
  let isHeld = false
  let due: (() => void)[] = []
  return {
    clock: {
      ...systemClock,
      schedule: (run: () => void, delayMs: number) => {
        const wait = (): void => void (isHeld ? due.push(run) : run())
        const cancel = systemClock.schedule(wait, delayMs)
        return () => {
          cancel()
          due = due.filter(each => each !== run)
        }
      },
    },
    hold: () => {
      isHeld = true
    },
    release: () => {
      isHeld = false
      for (const run of due.splice(0)) run()
    },
  }
}
