import type { Clock } from '../clock.js'

/** One machine that can sleep while time passes for the others. */
export type Nap = {
  /** Its clock. A timer that is due meanwhile runs when it wakes. */
  readonly clock: Clock
  /** Runs something that happens to it: now, or when it wakes. */
  happen(run: () => void): void
  sleep(monotonic: 'runs' | 'stops'): void
  /** All that was held back happens at once, in order. Gives how long it slept, in milliseconds. */
  wake(): number
}

type State = { readonly name: 'awake' } | { readonly name: 'asleep'; readonly since: number; readonly stops: boolean }

export const createNap = (clock: Clock): Nap => {
  let state: State = { name: 'awake' }
  /** How long its monotonic clock has stood still in all. */
  let lostMs = 0
  const held: (() => void)[] = []
  const happen = (run: () => void) => {
    if (state.name === 'asleep') held.push(run)
    else run()
  }
  return {
    clock: {
      now: () => clock.now(),
      monotonic: () => {
        const standsSince = state.name === 'asleep' && state.stops ? clock.monotonic() - state.since : 0
        return clock.monotonic() - lostMs - standsSince
      },
      schedule: (run, delayMs) => {
        let isCancelled = false
        const cancel = clock.schedule(
          () =>
            happen(() => {
              if (!isCancelled) run()
            }),
          delayMs,
        )
        return () => {
          isCancelled = true
          cancel()
        }
      },
    },
    happen,
    sleep: monotonic => {
      if (state.name === 'awake') state = { name: 'asleep', since: clock.monotonic(), stops: monotonic === 'stops' }
    },
    wake: () => {
      if (state.name === 'awake') return 0
      const sleptMs = clock.monotonic() - state.since
      if (state.stops) lostMs += sleptMs
      state = { name: 'awake' }
      for (let next = held.shift(); next; next = held.shift()) next()
      return sleptMs
    },
  }
}
