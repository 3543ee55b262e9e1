import { expect, test } from 'vitest'
import { Crowd, expectLinkedAlike, expectQuiet, forSeeds } from './crowd.js'

const run = async (seed: number) => {
  const crashes = seed % 4 === 0 ? 'any time' : 'when quiet'
  const crowd = new Crowd({ seed, crashes, faults: 'none' })
  // Who crashes amid what it says keeps its links, until they are noticed, from hearing the rest through others.
  const noticeMs = crashes === 'any time' ? 5000 : 0
  const quiet = async () => {
    await crowd.network.settle()
    if (noticeMs > 0) await crowd.network.advance(noticeMs)
  }
  for (let step = 0; step < 60; step++) await crowd.step()
  await quiet()
  expectLinkedAlike(crowd.rooms)
  await expectQuiet(crowd.inFirstGroup())
  await crowd.heal()
  crowd.connectAll()
  await quiet()
  await expectQuiet(crowd.rooms)
  expect(crowd.network.clock.monotonic()).toBe(2 * noticeMs)
  expect(crowd.errors).toEqual([])
  await Promise.all(crowd.rooms.map(room => room.leave()))
}

test('[TEST5] without faults, after settle everything in reach is linked, synced and acknowledged, and no time has passed', () =>
  forSeeds('test/testing/quiet.test.ts', 100, run))
