import type { Clock } from '../../src/clock.js'

/** A clock that stands still until it is advanced. */
export type ManualClock = Clock & {
  /** Runs what falls due, in order of time. */
  advance(byMs: number): void
  /** How many timers are waiting. */
  readonly waiting: number
}

export const createManualClock = (): ManualClock => {
  let now = 0
  // A date, so that what others have dated can be told from what the server has counted itself.
  const startedAt = Date.UTC(2026, 0, 1)
  const timers = new Set<{ dueAt: number; run: () => void }>()
  return {
    now: () => startedAt + now,
    monotonic: () => now,
    schedule: (run, delayMs) => {
      const timer = { dueAt: now + delayMs, run }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance: byMs => {
      const end = now + byMs
      for (;;) {
        const [next] = [...timers].filter(({ dueAt }) => dueAt <= end).sort((a, b) => a.dueAt - b.dueAt)
        if (next === undefined) break
        timers.delete(next)
        now = next.dueAt
        next.run()
      }
      now = end
    },
    get waiting() {
      return timers.size
    },
  }
}
