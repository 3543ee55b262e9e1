import { expect, test } from 'vitest'
import type { Clock } from '../../src/clock.js'
import { createResumeWindow } from '../../src/session/resume-window.js'

const windowMs = 60_000

/** A clock whose two times move apart. */
const createTimes = () => {
  const times = { wall: 1_000_000, monotonic: 0 }
  const clock: Clock = { now: () => times.wall, monotonic: () => times.monotonic, schedule: () => () => {} }
  return {
    clock,
    pass: (wallMs: number, monotonicMs = wallMs) => {
      times.wall += wallMs
      times.monotonic += monotonicMs
    },
  }
}

test('[SESSION11] who returns within the window is part of the session, who returns after it has left', () => {
  const { clock, pass } = createTimes()
  const resumeWindow = createResumeWindow({ clock, windowMs })
  expect(resumeWindow.judge('return')).toBe('in')
  pass(windowMs)
  expect(resumeWindow.judge('return')).toBe('in')
  pass(windowMs + 1)
  expect(resumeWindow.judge('return')).toBe('stale')
  expect(resumeWindow.judge('return')).toBe('stale')
  resumeWindow.restart()
  expect(resumeWindow.judge('return')).toBe('in')
})

test('[SESSION11] the larger of wall and monotonic time counts, whichever of them stood still or jumped', () => {
  for (const [wallMs, monotonicMs] of [
    [windowMs + 1, 0],
    [0, windowMs + 1],
    [-3_600_000, windowMs + 1],
  ] as const) {
    const { clock, pass } = createTimes()
    const resumeWindow = createResumeWindow({ clock, windowMs })
    resumeWindow.judge('tick')
    pass(wallMs, monotonicMs)
    expect(resumeWindow.judge('return')).toBe('stale')
  }
})

test('[SESSION11] who was never in the room is not cut off from it', () => {
  const { clock, pass } = createTimes()
  const resumeWindow = createResumeWindow({ clock, windowMs })
  expect(resumeWindow.connectedAt).toBe(Infinity)
  pass(10 * windowMs)
  expect(resumeWindow.judge('return')).toBe('in')
})

test('[SESSION11] a window without end never closes, and one of nothing closes at once', () => {
  const { clock, pass } = createTimes()
  const endless = createResumeWindow({ clock, windowMs: Infinity })
  const none = createResumeWindow({ clock, windowMs: 0 })
  for (const each of [endless, none]) each.judge('tick')
  pass(1)
  expect(none.judge('return')).toBe('stale')
  pass(1e12)
  expect(endless.judge('return')).toBe('in')
})

test('[SESSION12] who saw time pass unseen for longer than the window has left, whatever its links say', () => {
  const { clock, pass } = createTimes()
  const resumeWindow = createResumeWindow({ clock, windowMs })
  resumeWindow.judge('tick')
  pass(windowMs + 1)
  expect(resumeWindow.judge('tick')).toBe('stale')
  expect(resumeWindow.judge('heard')).toBe('stale')
})

test('[SESSION12] timers that are a little late prove nothing, however short the window', () => {
  const { clock, pass } = createTimes()
  const resumeWindow = createResumeWindow({ clock, windowMs: 10 })
  for (let tick = 0; tick < 5; tick++) {
    pass(1900)
    expect(resumeWindow.judge('tick')).toBe('in')
  }
})

test('[SESSION12] by the wall clock alone it is in doubt, until something arrives a second later', () => {
  const { clock, pass } = createTimes()
  const resumeWindow = createResumeWindow({ clock, windowMs })
  resumeWindow.judge('tick')
  pass(windowMs + 1, 500)
  expect(resumeWindow.judge('tick')).toBe('doubtful')
  // What was on the way before.
  expect(resumeWindow.judge('heard')).toBe('doubtful')
  pass(1000)
  expect(resumeWindow.judge('tick')).toBe('doubtful')
  expect(resumeWindow.judge('heard')).toBe('in')
  pass(500)
  expect(resumeWindow.judge('tick')).toBe('in')
})

test('[SESSION12] who finds nobody there, and its signaling still, has missed nobody, as shows in 5 seconds', () => {
  for (const monotonicMs of [0, windowMs + 1]) {
    const { clock, pass } = createTimes()
    const resumeWindow = createResumeWindow({ clock, windowMs })
    resumeWindow.judge('alone')
    pass(windowMs + 1, monotonicMs)
    expect(resumeWindow.judge('alone')).toBe('doubtful')
    pass(4999)
    expect(resumeWindow.judge('alone')).toBe('doubtful')
    pass(1)
    expect(resumeWindow.judge('alone')).toBe('in')
  }
})

test('[SESSION12] who finds somebody there then has left, unless only the wall clock says so', () => {
  for (const evidence of ['tick', 'heard', 'return'] as const) {
    const { clock, pass } = createTimes()
    const resumeWindow = createResumeWindow({ clock, windowMs })
    resumeWindow.judge('alone')
    pass(windowMs + 1)
    resumeWindow.judge('alone')
    pass(3000)
    expect(resumeWindow.judge(evidence)).toBe('stale')
  }
  const { clock, pass } = createTimes()
  const resumeWindow = createResumeWindow({ clock, windowMs })
  resumeWindow.judge('alone')
  pass(windowMs + 1, 500)
  resumeWindow.judge('alone')
  pass(3000)
  expect(resumeWindow.judge('heard')).toBe('in')
})

test('[SESSION12] by the wall clock alone the answer to a question ends the doubt', () => {
  const { clock, pass } = createTimes()
  const resumeWindow = createResumeWindow({ clock, windowMs })
  resumeWindow.judge('tick')
  pass(windowMs + 1, 0)
  expect(resumeWindow.judge('tick')).toBe('doubtful')
  expect(resumeWindow.judge('answered')).toBe('in')
  pass(windowMs + 1)
  expect(resumeWindow.judge('answered')).toBe('stale')
})

test('[SESSION12] who is in doubt and has to come back has left', () => {
  const { clock, pass } = createTimes()
  const resumeWindow = createResumeWindow({ clock, windowMs })
  resumeWindow.judge('tick')
  pass(windowMs + 1, 500)
  resumeWindow.judge('heard')
  pass(3000)
  expect(resumeWindow.judge('return')).toBe('stale')
})

test('[SESSION11] who comes from a copy is cut off since that was last in the room', () => {
  const { clock, pass } = createTimes()
  const resumeWindow = createResumeWindow({ clock, windowMs, connectedAt: clock.now() - windowMs })
  expect(resumeWindow.connectedAt).toBe(clock.now() - windowMs)
  pass(1)
  expect(resumeWindow.judge('return')).toBe('stale')
})
