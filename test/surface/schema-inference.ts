import type { StandardSchemaV1 } from '@standard-schema/spec'
import { type } from 'arktype'
import * as v from 'valibot'
import { expectTypeOf } from 'vitest'
import { z } from 'zod'
import { joinRoom, type List, type Members, type Room, type StandardSchema } from '../../src/index.js'
import { createNetwork } from '../../src/testing/index.js'

const room = await joinRoom({
  room: 'standup',
  signal: new AbortController().signal,
  limits: { maxKeys: 10 },
  schema: {
    poll: z.object({ q: z.string(), votes: z.record(z.string(), z.string()) }),
    pinned: v.array(v.object({ id: v.string(), text: v.string() })),
    seat: type({ by: 'string', 'at?': 'number' }),
    claps: z.number().int(),
    notes: v.pipe(v.string(), v.maxLength(1000)),
    tally: z.string().transform(text => text.length),
    title: z.string().default('None'),
    anything: z.unknown(),
  },
})
const { store } = room

expectTypeOf(store.get('poll')).toEqualTypeOf<{ q: string; votes: Record<string, string> } | null>()
expectTypeOf(store.get('pinned')).toEqualTypeOf<{ id: string; text: string }[] | null>()
expectTypeOf(store.get('seat')).toEqualTypeOf<{ by: string; at?: number } | null>()
expectTypeOf(store.get('anything')).toEqualTypeOf<unknown>()
// What goes in comes out: the result of a schema is not stored, and null says that a key is not set.
expectTypeOf(store.get('tally')).toEqualTypeOf<string | null>()
expectTypeOf(store.get('title')).toEqualTypeOf<string | null>()

store.update('poll', poll => ({ ...poll, votes: { ...poll.votes, [room.self.id]: 'pizza' } }))
store.counter('claps').increment()
store.text('notes').insert(0, 'Agenda: ')
expectTypeOf(store.list('pinned')).toEqualTypeOf<List<{ id: string; text: string }>>()
expectTypeOf(store.members('pinned')).toEqualTypeOf<Members<{ id: string; text: string }>>()

// @ts-expect-error it has no schema
store.get('spotlight')
// @ts-expect-error not what its schema takes
store.set('poll', { q: 1, votes: {} })
// @ts-expect-error an object is no counter
store.counter('poll')

// The types of the app beside schemas that only check.
type Standup = { spotlight: string; poll: { q: string } }
const typed = await joinRoom<Standup>({ room: 'standup', schema: { poll: z.object({ q: z.string() }) } })
expectTypeOf(typed).toEqualTypeOf<Room<Standup>>()
expectTypeOf(await joinRoom({ room: 'standup' })).toEqualTypeOf<Room>()

// @ts-expect-error no schema
joinRoom({ room: 'standup', schema: { poll: 'string' } }).catch(() => undefined)

// Any schema of the specification is one of ours, and the reverse.
declare const theirs: StandardSchemaV1<string, number>
declare const ours: StandardSchema<string, number>
export const schemas: [StandardSchema<string, number>, StandardSchemaV1<string, number>] = [theirs, ours]

// Test networks infer as joinRoom does.
const tested = await createNetwork().join({ room: 'standup', schema: { claps: z.number() } })
expectTypeOf(tested).toEqualTypeOf<Room<{ claps: number }>>()
expectTypeOf(await createNetwork().join<Standup>({ room: 'standup' })).toEqualTypeOf<Room<Standup>>()
