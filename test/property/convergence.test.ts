import { expect, test } from 'vitest'
import { encodedState } from '../support/replicas.js'
import { fatesOf } from './fates.js'
import type { Limits } from '../../src/store/limits.js'
import { check } from './seed.js'
import { script, type Script } from './script.js'
import { World, type Counts } from './world.js'

function run({ replicas, steps }: Script, counts: Counts, limits?: Limits): World {
  const world = new World(replicas, counts, limits)
  for (const step of steps) world.play(step)
  world.deliverAll()
  for (const [fate, n] of fatesOf(world.peers)) counts.set(fate, (counts.get(fate) ?? 0) + n)
  const [first] = world.peers
  if (!first) return world
  const late = world.join(2 ** 31 - 1)
  world.sync(first, late)
  const state = Buffer.from(encodedState(first)).toString('hex')
  for (const peer of world.peers) expect(Buffer.from(encodedState(peer)).toString('hex')).toBe(state)
  return world
}

test('[LIMIT5] [LIMIT6] what peers fill up together stays, and from then on only gets less', () => {
  const counts: Counts = new Map()
  const limits = { maxValueBytes: 40, maxKeys: 2, maxTotalBytes: 70 }
  check(script, 100, it => run(it, counts, limits))
  console.log(counts)
})

test('[MERGE14] replicas that wrote whatever, and got it in whatever order, end the same, as SPEC.md has it', () => {
  const counts: Counts = new Map()
  check(script, 100, it => run(it, counts))
  console.log(counts)
})
