import type { Clock } from './clock.js'

/** What somebody may spend: it fills steadily up to a maximum, and spending beyond it is refused. */
export type Budget = {
  /** Takes `points` and is true, or takes nothing and is false. */
  spend(points: number): boolean
  /** Whether it holds all that it can, so that a new one would be the same. */
  isFull(): boolean
}

/**
 * A full budget of `capacity` points that gains `pointsPerSecond`. No timer: what came in meanwhile is counted when
 * somebody looks.
 *
 * Our own, and not rate-limiter-flexible, because every frame is paid for, and must be judged before the next one is
 * read: the library answers with a promise, behind which frames would have to queue. (It also takes three times as
 * long: 0.2 µs and a turn of the microtask queue, twice a frame.)
 */
export const createBudget = (capacity: number, pointsPerSecond: number, clock: Pick<Clock, 'monotonic'>): Budget => {
  let level = capacity
  let countedAt = clock.monotonic()
  const count = (): number => {
    const now = clock.monotonic()
    level = Math.min(capacity, level + ((now - countedAt) / 1000) * pointsPerSecond)
    countedAt = now
    return level
  }
  return {
    spend: points => {
      if (points > count()) return false
      level -= points
      return true
    },
    isFull: () => count() === capacity,
  }
}
