import { promisesRun, signalingId, type Lane, type MemoryNetwork } from '../transport/memory.js'
import type { ManualClock } from './manual-clock.js'
import type { Line } from './line.js'

export type SeeThroughOptions = {
  readonly memory: MemoryNetwork
  readonly clock: ManualClock
  readonly random: () => number
  settle(): Promise<void>
  advance(ms: number): Promise<void>
}

/**
 * Delivers what joining needs until it is over: what signaling tells the newcomer, and what passes between it and one
 * peer; another one, if that has nothing to say any more. Where that does not do, everything; then the clock moves.
 */
export const seeThrough = async <T>(joining: Promise<T>, line: Line, options: SeeThroughOptions): Promise<T> => {
  const { memory, clock } = options
  const nextLane = createLaneChoice(memory, line, options.random)
  const progress = { isOver: false }
  const over = () => {
    progress.isOver = true
  }
  joining.then(over, over)
  await promisesRun()
  while (!progress.isOver) {
    const lane = nextLane()
    if (lane) {
      memory.deliver(lane)
      await promisesRun()
      continue
    }
    await options.settle()
    // Without a timer here, it waits for a clock of its own.
    if (progress.isOver || clock.idleMs === Infinity) break
    await options.advance(clock.idleMs)
  }
  return joining
}

const createLaneChoice = (memory: MemoryNetwork, line: Line, random: () => number) => {
  let chosen: string | null = null
  return (): Lane | undefined => {
    const self = line.peerId
    const lanes = memory.lanes.filter(({ from, to }) => from === self || to === self)
    const between = (other: string | null) => lanes.filter(({ from, to }) => from === other || to === other)
    const [told] = between(signalingId)
    if (told) return told
    if (between(chosen).length === 0) {
      const lane = lanes[Math.floor(random() * lanes.length)]
      if (lane) chosen = lane.from === self ? lane.to : lane.from
    }
    const found = between(chosen)
    return found[Math.floor(random() * found.length)]
  }
}
