import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchItems } from '../../src/store/array-match.js'
import type { Json } from './oracle.js'
import { matchRewrite } from './rewrite.js'
import { check, patienceMs } from './seed.js'

const item = fc.oneof(
  fc.constantFrom<Json[]>(1, 2, 'u', [1, 2], [1, 3], [1, 2, 3], { x: 1, y: 1 }, { x: 1, y: 2 }, { x: 2, y: 2 }),
  fc.record({ id: fc.constantFrom('p', 'q', 1), x: fc.constantFrom(1, 2) }, { noNullPrototype: true }),
)
const array = fc.array(item, { maxLength: 6 })
/** Mostly what one makes of the other; two arrays of no relation tell little. */
const rewrite = fc.oneof(
  fc.record({ before: array, after: array }),
  fc
    .record({ before: array, added: array, picks: fc.array(fc.nat(11), { maxLength: 7 }) })
    .map(({ before, added, picks }) => ({
      before,
      after: picks.flatMap(pick => [...before, ...added][pick] ?? []),
    })),
)

test('[MERGE9] which element an item of a rewritten array is, is as SPEC.md has it', { timeout: patienceMs }, () => {
  check(rewrite, 5_000, ({ before, after }) => {
    expect(matchItems(before, after)).toEqual(matchRewrite(before, after))
  })
})
