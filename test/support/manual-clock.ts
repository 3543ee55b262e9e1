import type { Clock } from '../../src/clock.js'

/** A clock that stands still until it is told to move. */
export type ManualClock = Clock & {
  /** How many timers are running. */
  readonly timers: number
  /**
   * Moves on, running each timer at its time and waiting for promises after it. `between` runs then too: what the
   * network does meanwhile.
   */
  advance(ms: number, between?: () => void | Promise<void>): Promise<void>
  /** Moves on without running a timer, as a laptop that sleeps; what is due runs, late, with the next `advance`. */
  sleep(ms: number): void
}

export const createManualClock = (start = Date.UTC(2026, 0, 1)): ManualClock => {
  let elapsed = 0
  let timers: { run: () => void; at: number }[] = []

  const next = (until: number) => {
    const due = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
    timers = timers.filter(timer => timer !== due)
    return due
  }

  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    schedule: (run, delayMs) => {
      const timer = { run, at: elapsed + delayMs }
      timers.push(timer)
      return () => {
        timers = timers.filter(other => other !== timer)
      }
    },
    get timers() {
      return timers.length
    },
    advance: async (ms, between = async () => {}) => {
      const until = elapsed + ms
      await between()
      for (let due = next(until); due; due = next(until)) {
        elapsed = Math.max(elapsed, due.at)
        due.run()
        await settlePromises()
        await between()
      }
      elapsed = until
    },
    sleep: ms => {
      elapsed += ms
    },
  }
}

/** Lets every promise and microtask that can run do so. */
export const settlePromises = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
