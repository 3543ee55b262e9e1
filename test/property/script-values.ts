import fc from 'fast-check'
import type { Json } from './oracle.js'

/** Alphabets so small that replicas meet in the same places all the time. */
export const names = ['x', 'y', '__proto__']
export const ids = ['p', 'q', 1]
export const scalar = fc.constantFrom<Json[]>(1, 2, 'u', 'v', true, null)

export const { value } = fc.letrec<{ value: Json; item: Json; object: Json; array: Json }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 3, arbitrary: scalar },
    { weight: 2, arbitrary: tie('object') },
    { weight: 2, arbitrary: tie('array') },
  ),
  object: fc.dictionary(fc.constantFrom(...names), tie('value'), {
    maxKeys: 2,
    noNullPrototype: true,
  }),
  array: fc.oneof(
    fc.array(fc.oneof(scalar, tie('item')), { maxLength: 3 }),
    fc.uniqueArray(tie('item'), { maxLength: 3, selector: item => JSON.stringify((item as { id?: Json }).id) }),
    fc.constantFrom<Json[]>([], [1], ['u', 'v'], [{ x: 1, y: 2 }, 1], [{ id: 'p' }, { id: 'q', x: 1 }]),
  ),
  item: fc.oneof(
    fc.record({ id: fc.constantFrom(...ids), x: tie('value') }, { requiredKeys: ['id'], noNullPrototype: true }),
    fc.record({ x: scalar, y: scalar }, { noNullPrototype: true }),
    fc.array(scalar, { maxLength: 3 }),
  ),
}))

export const items = fc.array(fc.oneof(scalar, value), { minLength: 1, maxLength: 3 })
export const at = fc.nat(5)
