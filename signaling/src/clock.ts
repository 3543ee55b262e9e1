/** Time as the server sees it: injected, so that tests drive it by hand. */
export type Clock = {
  /** Wall-clock time, milliseconds since 1970: for what others have dated. May jump. */
  now(): number
  /** Monotonic time in milliseconds from an arbitrary start. */
  monotonic(): number
  /** Runs `run` once after `delayMs`; the result cancels it. */
  schedule(run: () => void, delayMs: number): () => void
}

/** The wall clock may be set, and a timer takes no more than 24 days. */
const lookAgainMs = 60 * 60 * 1000

/** Runs `run` once the wall clock shows `at` or later, an hour late at most if it was set; the result cancels it. */
export const scheduleAt = (clock: Clock, at: number, run: () => void): (() => void) => {
  let cancel = (): void => undefined
  const look = (): void => {
    const leftMs = at - clock.now()
    if (leftMs <= 0) return run()
    cancel = clock.schedule(look, Math.min(leftMs, lookAgainMs))
  }
  look()
  return () => cancel()
}

/** The time of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule: (run, delayMs) => {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}
