import { isDeepStrictEqual } from 'node:util'
import { peers, stepsOf } from '../steps.js'
import type { Load } from './loads.js'
import type { Replica, System } from './replica.js'

export type Finish = {
  /** Of CPU time: nothing here waits, and what else the machine does counts less. */
  readonly stepsPerSecond: number
  /** The state that a newcomer would be sent. */
  readonly encodedBytes: number
  readonly result: unknown
}

/**
 * A room of a system under a load: peers write, and after every `exchangeEvery` steps each gets what the others wrote.
 * Null if the system has no type for it.
 *
 * @throws Error if the replicas end apart
 */
export function race(
  system: System,
  load: Load,
  { steps, exchangeEvery }: { steps: number; exchangeEvery: number },
): Finish | null {
  const room = Array.from({ length: peers }, (_, peer) => system.open(peer))
  const takeSteps = room.map(load.begin())
  const plan = [...stepsOf(42, steps, number => number % exchangeEvery === 0)]
  try {
    const before = process.cpuUsage()
    for (const step of plan) {
      const run = takeSteps[step.author]
      if (!run) return null
      run(step)
      if (step.isExchangedAfter) exchange(room)
    }
    const { user, system: kernel } = process.cpuUsage(before)
    exchange(room)
    const [result, ...others] = room.map(replica => load.result(replica))
    if (!others.every(other => isDeepStrictEqual(other, result)))
      throw new Error(`${system.name}: the replicas end apart after ${load.name}`)
    return {
      stepsPerSecond: (steps / (user + kernel)) * 1_000_000,
      encodedBytes: room[0]?.encodedBytes() ?? 0,
      result,
    }
  } finally {
    for (const replica of room) replica.close()
  }
}

function exchange(room: readonly Replica[]): void {
  const written = room.map(replica => replica.takeUpdates())
  for (const [to, replica] of room.entries()) {
    const updates = written.flatMap((each, from) => (from === to ? [] : each))
    if (updates.length > 0) replica.apply(updates)
  }
}
