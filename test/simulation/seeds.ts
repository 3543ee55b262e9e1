import { beforeAll, expect, test } from 'vitest'
import { explain, missingFrom, runBatch, type Batch } from './batch.js'
import { checkers } from './checkers/catalogue.js'
import { completion } from './trial.js'

/** Runs spent on making a failing program small. */
const shrinkAttempts = 300

/** Runs these seeds, and makes a test of each invariant. `npm run simulate` runs as many more as one likes. */
export const testSeeds = (from: number, seeds: number): void => {
  let batch: Batch = { failures: [], counts: new Map(), seeds: 0 }
  const reasons = new Map<number, Promise<string>>()
  beforeAll(async () => {
    batch = await runBatch(from, seeds)
  }, 600_000)

  const reasonOf = (seed: number) => {
    const reason = reasons.get(seed) ?? explain(seed, shrinkAttempts)
    reasons.set(seed, reason)
    return reason
  }

  test.each([completion, ...checkers.map(({ name }) => name)])('%s', async name => {
    const [failure] = batch.failures.filter(({ checker }) => checker === name)
    if (failure) throw new Error(await reasonOf(failure.seed))
  })

  test('[MERGE14] conflicts, overflow, partitions, faults, crashes and late joins did occur', () => {
    expect(batch.seeds).toBe(seeds)
    expect(missingFrom(batch.counts)).toEqual([])
  })
}
