import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { SessionError } from '../../src/errors.js'
import type { Schemas } from '../../src/store/schema.js'
import type { SchemaResult, StandardSchema } from '../../src/store/standard-schema.js'
import type { Json } from '../../src/store/value.js'
import { exchange, openReplica, type TestReplica } from '../support/replicas.js'

/** A schema of no library: it takes what `test` takes, and counts how often it was asked. */
function schemaOf(test: (value: Json) => boolean) {
  const validate = vi.fn((value: unknown): SchemaResult<unknown> =>
    test(value as Json) ? { value } : { issues: [{ message: 'no', path: ['a', { key: 0 }] }] },
  )
  const schema: StandardSchema = { '~standard': { version: 1, vendor: 'test', validate } }
  return { schema, validate }
}

const answering = (validate: StandardSchema['~standard']['validate']): StandardSchema => ({
  '~standard': { version: 1, vendor: 'test', validate },
})

/** `ana` keeps to the schemas, `bo` knows of none. */
const pair = (schema: Schemas) => [openReplica('ana', 1, { schema }), openReplica('bo', 2)] as const

const errorOf = (run: () => unknown): SessionError => {
  try {
    run()
  } catch (error) {
    if (error instanceof SessionError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** What an observer of every key is told, in short. */
function watch({ store }: TestReplica): string[] {
  const told: string[] = []
  store.observe('*', ({ key, value, previousValue, source }) =>
    told.push(`${source} ${key} ${JSON.stringify(previousValue)} -> ${JSON.stringify(value)}`),
  )
  return told
}

describe('local writes', () => {
  const libraries: [string, StandardSchema][] = [
    ['zod', z.object({ q: z.string(), votes: z.record(z.string(), z.number()) })],
    ['valibot', v.object({ q: v.string(), votes: v.record(v.string(), v.number()) })],
    ['arktype', type({ q: 'string', votes: 'Record<string, number>' })],
  ]

  test.each(libraries)('[SCHEMA2] a schema of %s is kept to, and says where it is not', (_, poll) => {
    const [{ store, updates, errors }] = pair({ poll })
    store.set('poll', { q: 'Food?', votes: { ana: 1 } })
    const sent = updates.length
    const error = errorOf(() => store.update('poll', value => ({ ...(value as object), votes: { ana: 'pizza' } })))
    expect(error.code).toBe('invalid-value')
    expect(error.details).toMatchObject({ key: 'poll', path: ['votes', 'ana'], issues: [{ path: ['votes', 'ana'] }] })
    expect(store.get('poll')).toEqual({ q: 'Food?', votes: { ana: 1 } })
    expect([updates.length - sent, errors]).toEqual([0, []])
  })

  test('[SCHEMA2] issues are plain data, and the first of them is the reason', () => {
    const [{ store }] = pair({ a: schemaOf(() => false).schema })
    const error = errorOf(() => store.set('a', 1))
    const issues = [{ message: 'no', path: ['a', 0] }]
    expect(error.details).toEqual({ key: 'a', path: ['a', 0], reason: 'no', issues })
  })

  test('[SCHEMA2] a transaction is judged by its end', () => {
    const { schema, validate } = schemaOf(value => value === 3)
    const [{ store }] = pair({ a: schema })
    store.transact(() => {
      store.set('a', 1)
      expect(store.get('a')).toBe(1)
      store.set('a', 2)
      store.set('a', 3)
    })
    expect(store.get('a')).toBe(3)
    expect(validate).toHaveBeenCalledOnce()
    expect(
      errorOf(() =>
        store.transact(() => {
          store.set('b', 'goes with it')
          store.set('a', 4)
        }),
      ).code,
    ).toBe('invalid-value')
    expect(store.getAll()).toEqual({ a: 3 })
  })

  test('[SCHEMA2] handles are judged as what they are read as', () => {
    const [{ store }] = pair({
      claps: z.number().max(2),
      queue: z.array(z.string()),
      hands: z.array(z.string()).max(1),
    })
    store.counter('claps').increment(2)
    expect(errorOf(() => store.counter('claps').increment()).code).toBe('invalid-value')
    store.list('queue').push('ana')
    expect(errorOf(() => store.list('queue').push(7)).code).toBe('invalid-value')
    store.members('hands').add('ana')
    expect(errorOf(() => store.members('hands').add('bo')).code).toBe('invalid-value')
    expect(store.getAll()).toEqual({ claps: 2, hands: ['ana'], queue: ['ana'] })
  })

  test('[SCHEMA2] undo is judged like any write, and is there to be tried again', () => {
    const [ana, bo] = pair({ queue: z.array(z.string()).max(2) })
    ana.store.list('queue').push('ana', 'bo')
    ana.store.list('queue').remove(0)
    exchange(ana, bo)
    bo.store.list('queue').push('cy')
    exchange(ana, bo)
    expect(errorOf(() => ana.store.history.undo()).code).toBe('invalid-value')
    expect(ana.store.get('queue')).toEqual(['bo', 'cy'])
    bo.store.list('queue').remove(1)
    exchange(ana, bo)
    expect(ana.store.history.undo()).toBe(true)
    expect(ana.store.get('queue')).toEqual(['ana', 'bo'])
  })

  test('[SCHEMA2] a key can always be deleted, and one without a schema holds anything', () => {
    const [{ store }] = pair({ a: schemaOf(value => value === 1).schema })
    store.set('a', 1)
    store.set('toString', 'no schema')
    store.delete('a')
    expect(store.getAll()).toEqual({ toString: 'no schema' })
  })

  test('[SCHEMA1] what a schema makes of a value is not stored', () => {
    const [{ store }] = pair({
      a: z.string().transform(text => text.length),
      b: z.object({ x: z.number().default(1) }),
    })
    store.set('a', 'four')
    store.set('b', {})
    expect(store.getAll()).toEqual({ a: 'four', b: {} })
  })

  test('[SCHEMA1] a schema that answers by a promise throws `invalid-option`, whatever becomes of the promise', async () => {
    const slow = answering(value => Promise.resolve({ value }))
    const broken = answering(() => Promise.reject(new Error('late')))
    const [{ store }] = pair({ slow, broken, zod: z.string().refine(async () => true) })
    for (const key of ['slow', 'broken', 'zod'])
      expect(errorOf(() => store.set(key, 'x'))).toMatchObject({
        code: 'invalid-option',
        details: { option: `schema.${key}` },
      })
    await Promise.resolve()
    expect(store.keys()).toEqual([])
  })

  test('[SCHEMA1] a schema that throws, or answers nothing, throws `invalid-option` with the cause', () => {
    const cause = new Error('broken')
    const throwing = answering(() => {
      throw cause
    })
    const [{ store }] = pair({ throwing, silent: answering(() => undefined as unknown as SchemaResult<unknown>) })
    const error = errorOf(() => store.set('throwing', 1))
    expect([error.code, error.cause]).toEqual(['invalid-option', cause])
    expect(errorOf(() => store.set('silent', 1)).code).toBe('invalid-option')
    expect(store.keys()).toEqual([])
  })
})

describe('values from others', () => {
  const number = () => schemaOf(value => typeof value === 'number')

  test('[SCHEMA3] what does not pass reads as not set, counts in usage, and is told once', () => {
    const [ana, bo] = pair({ a: number().schema })
    const told = watch(ana)
    bo.store.set('a', 'text')
    bo.store.set('b', 'text')
    exchange(ana, bo)
    const { store } = ana
    expect([store.get('a'), store.has('a'), store.keys(), store.getAll()]).toEqual([null, false, ['b'], { b: 'text' }])
    expect(store.usage).toEqual(bo.store.usage)
    expect(told).toEqual(['remote b null -> "text"'])
    expect(ana.problems.map(({ code, details }) => [code, details])).toEqual([
      ['invalid-value', { key: 'a', path: ['a', 0], reason: 'no', issues: [{ message: 'no', path: ['a', 0] }] }],
    ])
    const initial: Json[] = []
    store.observe(['a', 'b'], ({ key, value, updatedBy }) => initial.push([key, value, updatedBy]))
    expect(initial).toEqual([
      ['a', null, null],
      ['b', 'text', 'bo'],
    ])
    expect(watch(ana)).toEqual(['initial b null -> "text"'])
  })

  test('[SCHEMA3] what was shown is told to be gone when it is hidden, and what it is when it is shown again', () => {
    const [ana, bo] = pair({ a: number().schema })
    const told = watch(ana)
    for (const value of [1, 'x', 'y', 2, null, 'z', null]) {
      bo.store.set('a', value)
      exchange(ana, bo)
    }
    expect(told).toEqual(['remote a null -> 1', 'remote a 1 -> null', 'remote a null -> 2', 'remote a 2 -> null'])
    expect(ana.errors).toEqual(['invalid-value', 'invalid-value', 'invalid-value'])
  })

  test('[SCHEMA3] a schema is asked once per value, and never by a read', () => {
    const { schema, validate } = number()
    const [ana, bo] = pair({ a: schema })
    bo.store.set('a', 'text')
    exchange(ana, bo)
    bo.store.set('b', 1)
    exchange(ana, bo)
    ana.store.getAll()
    ana.store.observe('*', () => undefined)
    ana.store.get('a')
    expect(validate).toHaveBeenCalledOnce()
    ana.store.set('a', 1)
    ana.store.get('a')
    expect(validate).toHaveBeenCalledTimes(2)
  })

  test('[SCHEMA3] a schema that throws or answers by a promise hides too, and throws at nobody', () => {
    const throwing = answering(() => {
      throw new Error('broken')
    })
    const [ana, bo] = pair({ a: throwing, b: answering(value => Promise.resolve({ value })) })
    bo.store.set('a', 1)
    bo.store.set('b', 1)
    exchange(ana, bo)
    expect([ana.store.keys(), ana.errors]).toEqual([[], ['invalid-option', 'invalid-option']])
  })

  test('[SCHEMA3] conflicts of a hidden value are not listed', () => {
    const [ana, bo] = pair({ a: number().schema })
    ana.store.set('a', 1)
    bo.store.set('a', 'wins the tie')
    exchange(ana, bo)
    expect([ana.store.get('a'), ana.store.conflicts('a'), ana.conflictEvents]).toEqual([null, [], []])
    expect(bo.store.conflicts('a')).toHaveLength(1)
  })

  test.each<[string, (replica: TestReplica) => void]>([
    ['set', ({ store }) => store.set('a', 5)],
    ['update', ({ store }) => store.update('a', value => (value === null ? 5 : 6))],
    ['compareAndSet', ({ store }) => store.compareAndSet('a', null, 5)],
  ])('[SCHEMA3] a hidden value is written over by %s', (_, write) => {
    const [ana, bo] = pair({ a: number().schema })
    bo.store.set('a', { deep: ['text'] })
    exchange(ana, bo)
    const told = watch(ana)
    write(ana)
    exchange(ana, bo)
    expect([ana, bo].map(({ store }) => [store.get('a'), store.conflicts('a')])).toEqual([
      [5, []],
      [5, []],
    ])
    expect(told).toEqual(['local a null -> 5'])
  })

  test('[SCHEMA3] a hidden value is deleted like any other', () => {
    const [ana, bo] = pair({ a: number().schema })
    bo.store.set('a', 'text')
    exchange(ana, bo)
    const told = watch(ana)
    ana.store.delete('a')
    exchange(ana, bo)
    expect([bo.store.has('a'), ana.store.usage.keys, told]).toEqual([false, 0, []])
  })

  test('[SCHEMA3] handles read a hidden value as empty, and write to what is there', () => {
    const [ana, bo] = pair({ queue: z.array(z.string()), claps: z.number().max(10) })
    bo.store.list('queue').push('bo', 7)
    bo.store.counter('claps').increment(11)
    exchange(ana, bo)
    const queue = ana.store.list('queue')
    const claps = ana.store.counter('claps')
    expect([queue.items, claps.value]).toEqual([[], 0])
    expect(errorOf(() => queue.push('ana')).code).toBe('invalid-value')
    queue.remove(1)
    claps.decrement(2)
    exchange(ana, bo)
    for (const { store } of [ana, bo]) expect(store.getAll()).toEqual({ claps: 9, queue: ['bo'] })
  })

  test('[SCHEMA2] to set the very value that is hidden is refused as well', () => {
    const [ana, bo] = pair({ a: number().schema })
    bo.store.set('a', 'text')
    exchange(ana, bo)
    expect(errorOf(() => ana.store.set('a', 'text')).code).toBe('invalid-value')
  })

  test('[SCHEMA3] a transaction that fails leaves a hidden value hidden, and stands in no other write', () => {
    const [ana, bo] = pair({ a: number().schema })
    bo.store.set('a', 'text')
    exchange(ana, bo)
    const failing = () =>
      ana.store.transact(() => {
        ana.store.set('a', 1)
        expect(ana.store.get('a')).toBe(1)
        throw new SessionError('left', 'out', {})
      })
    expect(errorOf(failing).code).toBe('left')
    ana.store.transact(() => {
      ana.store.set('b', 1)
      expect(ana.store.get('a')).toBeNull()
    })
    expect(ana.store.getAll()).toEqual({ b: 1 })
    expect(ana.errors).toEqual(['invalid-value'])
  })

  test('[SCHEMA3] a schema may read the store', () => {
    const schema: Record<string, StandardSchema> = {}
    const [ana, bo] = pair(schema)
    schema['vote'] = answering(value =>
      (ana.store.get('options') as Json[] | null)?.includes(value as Json)
        ? { value }
        : { issues: [{ message: 'no' }] },
    )
    bo.store.set('options', ['pizza'])
    bo.store.set('vote', 'pizza')
    exchange(ana, bo)
    expect(ana.store.get('vote')).toBe('pizza')
    expect(errorOf(() => ana.store.set('vote', 'pasta')).code).toBe('invalid-value')
  })
})

describe('texts', () => {
  const notes = z.string().max(5)

  test('[SCHEMA2] typing that does not pass is taken back at the end of the tick, and told', async () => {
    const [ana, bo] = pair({ notes })
    const text = ana.store.text('notes')
    text.insert(0, 'short')
    text.insert(5, ' no more')
    await Promise.resolve()
    expect([text.toString(), ana.store.get('notes'), ana.errors]).toEqual(['short', 'short', ['invalid-value']])
    text.delete(0, 1)
    exchange(ana, bo)
    expect([ana, bo].map(({ store }) => store.get('notes'))).toEqual(['hort', 'hort'])
  })

  test('[SCHEMA3] what others typed that does not pass is hidden, and is there to be corrected', () => {
    const [ana, bo] = pair({ notes })
    bo.store.text('notes').insert(0, 'too long')
    exchange(ana, bo)
    const text = ana.store.text('notes')
    expect([ana.store.get('notes'), ana.errors, text.toString()]).toEqual([null, ['invalid-value'], 'too long'])
    text.delete(3, 5)
    exchange(ana, bo)
    expect([ana, bo].map(({ store }) => store.get('notes'))).toEqual(['too', 'too'])
  })
})
