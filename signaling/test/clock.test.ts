import { expect, test } from 'vitest'
import { scheduleAt } from '../src/clock.js'
import { createManualClock } from './support/manual-clock.js'

const hourMs = 60 * 60 * 1000

test('[SIG49] a date is looked at each hour at least, so that a clock that is set is noticed', () => {
  const clock = createManualClock()
  let setMs = 0
  const waits: number[] = []
  const settable = {
    ...clock,
    now: () => clock.now() + setMs,
    schedule: (run: () => void, delayMs: number) => {
      waits.push(delayMs)
      return clock.schedule(run, delayMs)
    },
  }
  let runs = 0
  scheduleAt(settable, clock.now() + 100 * hourMs, () => (runs += 1))
  clock.advance(10 * hourMs)
  setMs = 95 * hourMs
  expect(runs).toBe(0)
  clock.advance(hourMs)
  expect(runs).toBe(1)
  expect(Math.max(...waits)).toBe(hourMs)
  expect(clock.waiting).toBe(0)
})

test('[SIG49] a date that has passed is now, and one that is cancelled does not come', () => {
  const clock = createManualClock()
  let runs = 0
  scheduleAt(clock, clock.now(), () => (runs += 1))
  expect(runs).toBe(1)
  const cancel = scheduleAt(clock, clock.now() + 2 * hourMs, () => (runs += 1))
  clock.advance(hourMs)
  cancel()
  clock.advance(hourMs)
  expect(runs).toBe(1)
})
