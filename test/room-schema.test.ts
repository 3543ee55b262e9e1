import { type } from 'arktype'
import * as v from 'valibot'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import type { AnySessionError } from '../src/errors.js'
import type { Room } from '../src/room.js'
import type { JoinOptions } from '../src/room-options.js'
import { createRoomLab, type RoomLab } from './support/room-lab.js'

let lab: RoomLab

beforeEach(() => {
  lab = createRoomLab()
})
afterEach(async () => {
  await lab.close()
})

const errorsOf = (room: Room): AnySessionError[] => {
  const errors: AnySessionError[] = []
  room.on('error', error => errors.push(error))
  return errors
}

const poll = z.object({ q: z.string() })

test('[SCHEMA3] what a newcomer receives is judged like any value, and told once it can be heard', async () => {
  const bo = await lab.join()
  bo.store.set('poll', { q: 7 })
  bo.store.set('spotlight', 'bo')
  const ana = await lab.join({ schema: { poll } })
  const errors = errorsOf(ana)
  await lab.advance(1)
  expect(ana.store.getAll()).toEqual({ spotlight: 'bo' })
  expect(errors.map(({ code, details }) => [code, details])).toMatchObject([
    ['invalid-value', { key: 'poll', path: ['q'], issues: [{ path: ['q'] }] }],
  ])
  bo.store.set('poll', { q: 'Food?' })
  await lab.settle()
  expect(ana.store.get('poll')).toEqual({ q: 'Food?' })
  bo.store.set('poll', 'gone again')
  await lab.settle()
  expect(ana.store.get('poll')).toBeNull()
  expect(errors.map(({ code }) => code)).toEqual(['invalid-value', 'invalid-value'])
})

test('[SCHEMA2] a write that does not pass is sent to nobody', async () => {
  const schema = { poll }
  const [ana, bo] = [await lab.join({ schema }), await lab.join({ schema })]
  expect(() => ana.store.set('poll', { q: 7 })).toThrow('poll')
  await lab.settle()
  expect([ana.store.keys(), bo.store.keys(), errorsOf(bo)]).toEqual([[], [], []])
})

test.each<[string, unknown]>([
  ['zod', poll],
  ['valibot', v.object({ q: v.string() })],
  ['arktype, whose schemas are functions', type({ q: 'string' })],
])('[SCHEMA1] a schema of %s is taken as it is', async (_, schema) => {
  const room = await lab.join({ schema: { poll: schema } as NonNullable<JoinOptions['schema']> })
  expect(() => room.store.set('poll', {})).toThrow('poll')
  room.store.set('poll', { q: 'Food?' })
  expect(room.store.get('poll')).toEqual({ q: 'Food?' })
})

test.each<[string, unknown, string]>([
  ['what is no object', 'poll', 'schema'],
  ['a key without one', { poll: undefined }, 'schema.poll'],
  ['an object that is none', { poll: { parse: () => true } }, 'schema.poll'],
  ['another version', { poll: { '~standard': { version: 2, validate: () => ({}) } } }, 'schema.poll'],
  ['one that cannot validate', { poll: { '~standard': { version: 1 } } }, 'schema.poll'],
])('[SCHEMA1] %s in place of a schema rejects at once', async (_, schema, option) => {
  const joining = lab.start({ schema: schema as NonNullable<JoinOptions['schema']> })
  await expect(joining).rejects.toMatchObject({ code: 'invalid-option', details: { option } })
})

test('[SCHEMA1] what becomes of the object of schemas later changes nothing', async () => {
  const schema: Record<string, typeof poll> = { poll }
  const room = await lab.join({ schema })
  delete schema['poll']
  expect(() => room.store.set('poll', 1)).toThrow('poll')
})
