import fc from 'fast-check'
import type { Edit } from './edits.js'
import type { Json } from './oracle.js'
import { at, items, scalar, value } from './script-values.js'
import type { Use } from './uses.js'

const most = Number.MAX_SAFE_INTEGER
const stepBy = fc.constantFrom(1, 1, 2, 5, -1, -3, 0, most, -most)
const max = fc.constantFrom(undefined, undefined, undefined, 1, 2, 3)
const count = fc.integer({ min: 0, max: 2 })
const member = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Json[]>(1, 'u', { x: 1 }) },
  { weight: 1, arbitrary: value },
)
const members = fc.array(member, { maxLength: 2 })
/** What is done through the handle that fits, or through one that may not. */
export const handled: fc.Arbitrary<Use> = fc.record({
  edit: fc.constant('use' as const),
  handle: fc.constantFrom('counter' as const, 'list' as const, 'members' as const),
  isBlind: fc.constantFrom(false, false, false, true),
  counter: fc.oneof(
    { weight: 5, arbitrary: fc.record({ call: fc.constant('increment' as const), by: stepBy }) },
    { weight: 1, arbitrary: fc.record({ call: fc.constant('decrement' as const), by: stepBy }) },
    { weight: 2, arbitrary: fc.record({ call: fc.constant('reset' as const) }) },
  ),
  list: fc.oneof(
    { weight: 3, arbitrary: fc.record({ call: fc.constant('push' as const), items, max }) },
    { weight: 2, arbitrary: fc.record({ call: fc.constant('insert' as const), at, items, max }) },
    { weight: 2, arbitrary: fc.record({ call: fc.constant('remove' as const), at, count, max }) },
    { weight: 2, arbitrary: fc.record({ call: fc.constant('move' as const), from: at, to: at, max }) },
  ),
  members: fc.oneof(
    { weight: 2, arbitrary: fc.record({ call: fc.constant('add' as const), values: members }) },
    { weight: 1, arbitrary: fc.record({ call: fc.constant('remove' as const), values: members }) },
  ),
})
export const compared: fc.Arbitrary<Use> = fc.record({
  edit: fc.constant('compare' as const),
  expected: fc.oneof(
    fc.constant('what is there' as const),
    fc.record({ value: fc.oneof(fc.constant(null), scalar, fc.constantFrom<Json[]>([1], ['u'])) }),
  ),
  value: fc.oneof(fc.constant(null), scalar, value),
})

export const numbers = fc.record({ edit: fc.constant('replace' as const), value: fc.constantFrom<Json[]>(0, 1, 7) })

/** Values that what handles made can take (KIND2). */
export const fitted: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    edit: fc.constant('replace' as const),
    value: fc.constantFrom<Json[]>(0, 1, 7, [1, 'u'], [2, { x: 1 }], []),
  }),
  fc.record({ edit: fc.constant('push' as const), items }),
  fc.record({ edit: fc.constant('take' as const), at, count: fc.constant(1) }),
)
