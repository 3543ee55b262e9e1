import type { Clock } from '../clock.js'

const beatMs = 1000
/** A beat that comes later than this was held back. */
const lateMs = 1000

/**
 * Calls `onWake` soon after this peer's timers have stood still, as in a laptop that slept or a page that was frozen:
 * browsers have no event for all of these. The result ends it.
 */
export const watchWaking = (clock: Clock, onWake: () => void): (() => void) => {
  let cancel = (): void => {}
  const beat = (): void => {
    const [wall, monotonic] = [clock.now(), clock.monotonic()]
    cancel = clock.schedule(() => {
      // Some machines stop the monotonic clock while they sleep, and the wall clock may be set back.
      const passedMs = Math.max(clock.now() - wall, clock.monotonic() - monotonic)
      beat()
      if (passedMs > beatMs + lateMs) onWake()
    }, beatMs)
  }
  beat()
  return () => cancel()
}
