/** Time as the server sees it: injected, so that tests drive it by hand. */
export type Clock = {
  /** Wall-clock time, milliseconds since 1970: for what others have dated. May jump. */
  now(): number
  /** Monotonic time in milliseconds from an arbitrary start. */
  monotonic(): number
  /** Runs `run` once after `delayMs`; the result cancels it. */
  schedule(run: () => void, delayMs: number): () => void
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
