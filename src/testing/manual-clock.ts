import type { Clock } from '../clock.js'
import { settlePromises } from './settle-promises.js'

/** A clock that stands still until it is told to move. */
export type ManualClock = Clock & {
  /** How many timers are running. */
  readonly timers: number
  /** How long until the next of them is due; Infinity if there is none. */
  readonly idleMs: number
  /**
   * Moves on, running each timer at its time and `between` after it: what the network does meanwhile. Without it,
   * promises are waited for.
   */
  advance(ms: number, between?: () => void | Promise<void>): Promise<void>
  /** Moves on without running a timer, as a laptop that sleeps; what is due runs, late, with the next `advance`. */
  sleep(ms: number): void
}

type Timer = { readonly run: () => void; readonly at: number }

/** @param start The wall-clock time that it begins at, in milliseconds since 1970. */
export const createManualClock = (start = Date.UTC(2026, 0, 1)): ManualClock => {
  let elapsed = 0
  const timers = new Set<Timer>()

  /** Of two that are due at once, the one that was set first. */
  const first = () => {
    let found: Timer | undefined
    for (const timer of timers) if (!found || timer.at < found.at) found = timer
    return found
  }

  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    schedule: (run, delayMs) => {
      const timer = { run, at: elapsed + delayMs }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    get timers() {
      return timers.size
    },
    get idleMs() {
      return Math.max(0, (first()?.at ?? Infinity) - elapsed)
    },
    advance: async (ms, between = settlePromises) => {
      const until = elapsed + ms
      await between()
      for (let due = first(); due && due.at <= until; due = first()) {
        elapsed = Math.max(elapsed, due.at)
        timers.delete(due)
        due.run()
        await between()
      }
      elapsed = Math.max(elapsed, until)
    },
    sleep: ms => {
      elapsed += ms
    },
  }
}
