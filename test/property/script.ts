import fc from 'fast-check'
import type { Edit } from './edits.js'
import { compared, fitted, handled, numbers } from './script-uses.js'
import { at, ids, items, names, scalar, value } from './script-values.js'
import type { Use } from './uses.js'

/** One edit of one key, some steps down in its value. */
export type KeyEdit = { readonly key: string; readonly path: readonly number[]; readonly edit: Edit | Use }

/** How a write is made: `throw` is a transaction that fails at its end, `nested` has an inner one that does. */
export type Manner = 'set' | 'update' | 'transact' | 'throw' | 'nested'

/** What happens next in a room. Replicas and messages are meant modulo how many there are. */
export type Step =
  | { readonly do: 'write'; readonly who: number; readonly how: Manner; readonly edits: readonly KeyEdit[] }
  /** All know all, and several do something to the same thing at once. */
  | {
      readonly do: 'clash'
      readonly key: string
      readonly path: readonly number[]
      readonly edits: readonly (Edit | Use)[]
    }
  /** One update that `to` does not have yet, in whatever order; or one it may have. */
  | { readonly do: 'deliver' | 'repeat'; readonly to: number; readonly pick: number }
  /** Several updates as one. */
  | { readonly do: 'batch'; readonly to: number; readonly picks: readonly number[] }
  /** By state vector. */
  | { readonly do: 'sync'; readonly from: number; readonly to: number }
  /** All that was written so far, to all. */
  | { readonly do: 'gather' }
  | { readonly do: 'clock'; readonly who: number; readonly byMs: number }
  | { readonly do: 'observe'; readonly who: number }

export type Script = {
  /** The writer and the wall clock of each replica. */
  readonly replicas: readonly { readonly writer: number; readonly skewMs: number }[]
  readonly steps: readonly Step[]
}

/** So few that replicas meet in the same places all the time. */
const keys = ['a', 'a', 'b', 'ü']
const name = fc.constantFrom(...names)
const valueEdit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ edit: fc.constant('replace' as const), value: scalar }) },
  { weight: 1, arbitrary: fc.record({ edit: fc.constant('replace' as const), value }) },
  { weight: 1, arbitrary: fc.record({ edit: fc.constant('remove' as const) }) },
  { weight: 3, arbitrary: fc.record({ edit: fc.constant('field' as const), name, value: fc.oneof(scalar, value) }) },
  { weight: 2, arbitrary: fc.record({ edit: fc.constantFrom('push' as const, 'unshift' as const), items }) },
  { weight: 1, arbitrary: fc.record({ edit: fc.constant('insert' as const), at, items }) },
  {
    weight: 1,
    arbitrary: fc.record({ edit: fc.constant('take' as const), at, count: fc.integer({ min: 1, max: 2 }) }),
  },
  { weight: 2, arbitrary: fc.record({ edit: fc.constant('move' as const), from: at, to: at }) },
  { weight: 1, arbitrary: fc.record({ edit: fc.constantFrom('reverse' as const, 'sort' as const) }) },
  { weight: 1, arbitrary: fc.record({ edit: fc.constant('duplicate' as const), at }) },
  {
    weight: 2,
    arbitrary: fc.record({ edit: fc.constant('by-id' as const), id: fc.constantFrom(...ids), name, value: scalar }),
  },
)

const path = fc.oneof(fc.constant([]), fc.array(fc.nat(5), { maxLength: 3 }))
type AnyEdit = fc.Arbitrary<Edit | Use>
const keyEdit = (edit: AnyEdit): fc.Arbitrary<KeyEdit> => fc.record({ key: fc.constantFrom(...keys), path, edit })

const who = fc.nat(4)
const how = fc.constantFrom<Manner[]>('set', 'set', 'set', 'update', 'transact', 'throw', 'nested')
const write = (edit: AnyEdit): fc.Arbitrary<Step> =>
  fc.record({
    do: fc.constant('write' as const),
    who,
    how,
    edits: fc.array(keyEdit(edit), { minLength: 1, maxLength: 3 }),
  })
const scalars = fc.record({ x: scalar, y: scalar }, { noNullPrototype: true })
const fields = fc.record({ edit: fc.constant('fields' as const), values: scalars })
const move = fc.record({ edit: fc.constant('move' as const), from: at, to: at })
const sameByAll = fc.oneof(handled, fitted).map(one => [one, one, one])
const clash = (edit: AnyEdit): fc.Arbitrary<Step> =>
  fc.oneof(
    fc.record({
      do: fc.constant('clash' as const),
      key: fc.constantFrom(...keys),
      path,
      edits: fc.array(edit, { minLength: 2, maxLength: 3 }),
    }),
    fc.record({
      do: fc.constant('clash' as const),
      key: fc.constantFrom(...keys),
      path: fc.constant([]),
      edits: fc.oneof(fc.tuple(move, move), fc.tuple(fields, fields, fields), sameByAll, sameByAll),
    }),
  )
const hourMs = 3_600_000
const byMs = fc.oneof(fc.nat(3), fc.integer({ min: -5000, max: 5000 }), fc.constantFrom(-50 * hourMs, 50 * hourMs))
const step = (edit: AnyEdit): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 10, arbitrary: write(edit) },
    { weight: 3, arbitrary: clash(edit) },
    { weight: 10, arbitrary: fc.record({ do: fc.constant('deliver' as const), to: who, pick: fc.nat(20) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat' as const), to: who, pick: fc.nat(50) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('batch' as const),
        to: who,
        picks: fc.array(fc.nat(20), { minLength: 2, maxLength: 4 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('sync' as const), from: who, to: who }) },
    { weight: 2, arbitrary: fc.constant<Step>({ do: 'gather' }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('clock' as const), who, byMs }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('observe' as const), who }) },
  )

const writer = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 2 ** 31 - 2 }))
const skewMs = fc.oneof(fc.constant(0), fc.nat(3), fc.constantFrom(-72 * hourMs, -hourMs, 23 * hourMs, 72 * hourMs))
const replicas = fc.uniqueArray(fc.record({ writer, skewMs }), {
  minLength: 2,
  maxLength: 5,
  selector: replica => replica.writer,
})

/** How many of them begin: with nothing, or with a list that all have. */
const opening = fc.constantFrom<Step[][]>(
  [],
  [],
  [
    {
      do: 'write',
      who: 0,
      how: 'set',
      edits: [
        { key: 'a', path: [], edit: { edit: 'replace', value: [1, { id: 'p', x: 1 }, 'u', { x: 1, y: 2 }, [1, 2]] } },
      ],
    },
    { do: 'gather' },
  ],
)

/** A key that begins anew as what a handle makes, by several at once, who then use it at once. */
const episode: fc.Arbitrary<Step[]> = fc
  .constantFrom('counter' as const, 'counter' as const, 'list' as const, 'members' as const)
  .chain(handle => {
    const made = handled.map(one => ({ ...one, handle, isBlind: true }))
    const set = handle === 'counter' ? numbers : fitted
    const used = fc.oneof({ weight: 2, arbitrary: handled }, { weight: 2, arbitrary: set })
    return fc.record({
      key: fc.constantFrom(...keys),
      first: fc.tuple(made, made, made),
      next: fc.tuple(used, used, used),
      // Here everybody knows something else.
      apart: fc.array(fc.record({ who: fc.nat(2), edit: used, to: fc.nat(2), pick: fc.nat(5) }), { maxLength: 6 }),
      last: fc.tuple(used, used, used),
    })
  })
  .map(({ key, first, next, apart, last }) => [
    { do: 'write', who: 0, how: 'set', edits: [{ key, path: [], edit: { edit: 'remove' } }] },
    ...[first, next].map(edits => ({ do: 'clash' as const, key, path: [], edits })),
    ...apart.flatMap(({ who, edit, to, pick }): Step[] => [
      { do: 'write', who, how: 'set', edits: [{ key, path: [], edit }] },
      { do: 'deliver', to, pick },
    ]),
    { do: 'clash', key, path: [], edits: last },
  ])

/** Programs that mostly set values, and programs that mostly use handles. */
const steps = (edit: AnyEdit) =>
  fc
    .array(fc.oneof({ weight: 20, arbitrary: step(edit).map(one => [one]) }, { weight: 1, arbitrary: episode }), {
      maxLength: 50,
      size: 'max',
    })
    .map(parts => parts.flat())
const ofValues = fc.oneof(
  { weight: 9, arbitrary: valueEdit },
  { weight: 2, arbitrary: handled },
  { weight: 1, arbitrary: compared },
)
const ofHandles = fc.oneof(
  { weight: 12, arbitrary: handled },
  { weight: 1, arbitrary: compared },
  { weight: 1, arbitrary: valueEdit },
  { weight: 4, arbitrary: fitted },
)

export const script: fc.Arbitrary<Script> = fc
  .noBias(fc.record({ replicas, opening, steps: fc.oneof(steps(ofValues), steps(ofHandles)) }))
  .map(({ replicas, opening, steps }) => ({ replicas, steps: [...opening, ...steps] }))
