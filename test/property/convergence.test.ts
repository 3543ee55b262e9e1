import { expect, test } from 'vitest'
import type { Limits } from '../../src/store/limits.js'
import { encodedState } from '../support/replicas.js'
import { demandSeen, type Counts } from './counts.js'
import { fatesOf } from './fates.js'
import { pastFailures } from './past-failures.js'
import { script, type Script } from './script.js'
import { check, patienceMs } from './seed.js'
import { World } from './world.js'

const limits: Partial<Limits> = { maxValueBytes: 40, maxKeys: 2, maxTotalBytes: 70 }

/** Plays a script, lets everybody have everything, and one more come late; each step is checked by itself. */
function play({ replicas, steps }: Script, counts?: Counts, limits?: Partial<Limits>): World {
  const world = new World({ replicas }, counts, limits)
  world.play(steps)
  world.deliverAll()
  const [first] = world.peers
  if (first) world.sync(first, world.join(2 ** 31 - 1))
  const states = world.peers.map(peer => Buffer.from(encodedState(peer)).toString('hex'))
  expect(new Set(states).size).toBe(1)
  return world
}

test(
  '[MERGE14] [STORE3] whatever is written, and however it travels, all replicas are as SPEC.md has it, and end the same',
  { timeout: patienceMs },
  () => {
    const counts: Counts = new Map()
    check(script, 50, one => play(one, counts))
    demandSeen(counts, 'conflicts', 'conflicts of kinds', 'united containers', 'writes into united containers')
    demandSeen(counts, 'united ids', 'united first versions', 'moves')
    demandSeen(counts, 'counters of several', 'resets at once', 'counters set at once', 'united counter')
    demandSeen(counts, 'united members', 'members added at once', 'hidden elements')
    demandSeen(counts, 'answered true', 'answered false', 'answered done', 'answered type-mismatch')
    demandSeen(counts, 'answered invalid-option', 'answered invalid-value')
    demandSeen(counts, 'waiting', 'known', 'batches', 'transactions that only delete', 'transactions that threw')
  },
)

test(
  '[DATA5] [MERGE12] no accepted write disappears unless what had seen it took its place, or the thing it was in was deleted and its author told',
  { timeout: patienceMs },
  () => {
    const counts: Counts = new Map()
    check(script, 40, one => {
      for (const [fate, times] of fatesOf(play(one).peers)) counts.set(fate, (counts.get(fate) ?? 0) + times)
    })
    demandSeen(counts, 'kept', 'replaced', 'deleted above')
  },
)

test(
  '[LIMIT5] [LIMIT6] what peers fill up together stays, all see that it is too much, and from then on it only shrinks',
  { timeout: patienceMs },
  () => {
    const counts: Counts = new Map()
    check(script, 60, one => play(one, counts, limits))
    demandSeen(counts, 'over a limit', 'value-too-large', 'too-many-keys', 'store-full')
  },
)

test.each(pastFailures)('[MERGE14] once failed: $name', ({ script, isSmall }) => {
  fatesOf(play(script, new Map(), isSmall ? limits : undefined).peers)
})
