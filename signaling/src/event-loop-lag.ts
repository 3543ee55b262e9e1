import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Gauge, type Registry } from 'prom-client'

/**
 * How late the event loop was since the last look, into a registry; the result ends it. (prom-client's own default
 * metrics watch for as long as the process lives, whoever closes what.)
 */
export const measureEventLoopLag = (register: Registry): (() => void) => {
  const delays = monitorEventLoopDelay({ resolution: 10 })
  delays.enable()
  const lag = new Gauge({
    name: 'signaling_event_loop_lag_seconds',
    help: 'How late the event loop was since the last scrape, at this quantile.',
    labelNames: ['quantile'],
    registers: [register],
    collect: () => {
      for (const quantile of [0.5, 0.99, 1]) {
        // Of nothing at all, as when one scrape follows another at once, it is NaN.
        const nanoseconds = delays.percentile(Math.max(quantile * 100, 1)) || 0
        lag.set({ quantile }, nanoseconds / 1e9)
      }
      delays.reset()
    },
  })
  return () => delays.disable()
}
