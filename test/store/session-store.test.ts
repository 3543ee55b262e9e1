import { describe, expect, test } from 'vitest'
import type { Change } from '../../src/store/session-store.js'
import { exchange, openReplica, type TestReplica } from '../support/replicas.js'

const pair = () => [openReplica('ana', 1), openReplica('bo', 2)] as const

/** What an observer of these keys is told, in short. */
function watch({ store }: TestReplica, keys: string | readonly string[]): string[] {
  const told: string[] = []
  store.observe(keys, ({ key, value, previousValue, source }: Change) =>
    told.push(`${source} ${key} ${JSON.stringify(previousValue)} -> ${JSON.stringify(value)}`),
  )
  return told
}

const codeOf = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return (error as { code: unknown }).code
  }
  return undefined
}

describe('reading', () => {
  test('[STORE1] what is not set is null, keys are in code unit order, getAll has them all', () => {
    const [{ store }] = pair()
    expect([store.get('b'), store.has('b'), store.keys(), store.getAll()]).toEqual([null, false, [], {}])
    for (const key of ['b', 'a', 'é', 'B']) store.set(key, key)
    store.set('__proto__', 1)
    expect(store.keys()).toEqual(['B', '__proto__', 'a', 'b', 'é'])
    expect(Object.keys(store.getAll())).toEqual(store.keys())
    store.delete('b')
    store.set('a', undefined)
    expect(store.keys()).toEqual(['B', '__proto__', 'é'])
  })

  test('[VALUE2] values are frozen all the way down, plain, and not what was handed in', () => {
    const [ana, bo] = pair()
    const mine = { z: [{ y: 1 }], a: 1, ['__proto__']: { own: true } }
    ana.store.set('x', mine)
    mine.z.length = 0
    exchange(ana, bo)
    for (const { store } of [ana, bo]) {
      const value = store.get('x') as { z: [{ y: number }] }
      expect(Object.isFrozen(value) && Object.isFrozen(value.z) && Object.isFrozen(value.z[0])).toBe(true)
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
      expect(Object.keys(value)).toEqual(['__proto__', 'a', 'z'])
    }
  })

  test('[VALUE2] __proto__ is a field like any other', () => {
    const [ana, bo] = pair()
    ana.store.set('x', JSON.parse('{"__proto__":{"admin":true},"b":1}'))
    exchange(ana, bo)
    const value = bo.store.get('x') as object
    expect(Object.keys(value)).toEqual(['__proto__', 'b'])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(JSON.stringify(value)).toBe('{"__proto__":{"admin":true},"b":1}')
  })
})

describe('values and keys', () => {
  class Point {
    x = 1
  }
  const ring: { self?: unknown } = {}
  ring.self = ring
  const nested = (depth: number): unknown => (depth === 0 ? 0 : [nested(depth - 1)])

  test.each([
    ['NaN', NaN],
    ['Infinity', { a: [Infinity] }],
    ['a BigInt', 1n],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a class instance', new Point()],
    ['a Date', new Date(0)],
    ['a Map', new Map()],
    ['a cycle', ring],
    ['undefined in an array', [undefined]],
    ['a hole in an array', Array(2)],
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate in a field name', { '\udc00': 1 }],
    ['too deep a nesting', nested(101)],
  ])('[VALUE1] %s is no value', (_, value) => {
    const ana = openReplica('ana', 1, { limits: { maxValueBytes: 100_000 } })
    ana.store.set('x', 1)
    expect(codeOf(() => ana.store.set('x', value as never))).toBe('invalid-value')
    expect(ana.store.get('x')).toBe(1)
    expect(ana.updates).toHaveLength(1)
  })

  test('[VALUE1] an error names the path to what is no value', () => {
    const [{ store }] = pair()
    try {
      store.set('x', { a: [0, { b: NaN }] })
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ name: 'SessionError', code: 'invalid-value', details: { path: ['a', 1, 'b'] } })
    }
  })

  test('[VALUE1] undefined fields are left out, null stays, -0 is 0, deep nesting within the limit is fine', () => {
    const ana = openReplica('ana', 1, { limits: { maxValueBytes: 10_000 } })
    const bo = openReplica('bo', 2, { limits: { maxValueBytes: 10_000 } })
    ana.store.set('x', { a: undefined as never, b: null, c: -0, d: [null, -0] })
    ana.store.set('deep', nested(100) as never)
    exchange(ana, bo)
    expect(bo.store.get('x')).toStrictEqual({ b: null, c: 0, d: [null, 0] })
    expect(bo.store.get('deep')).toEqual(nested(100))
  })

  test.each(['', 'x'.repeat(129), 'é'.repeat(65), '\ud800', 7, null])('[VALUE3] %j is no key', key => {
    const [{ store }] = pair()
    for (const call of [
      () => store.get(key as string),
      () => store.set(key as string, 1),
      () => store.delete(key as string),
      () => store.update(key as string, () => 1),
      () => store.has(key as string),
      () => store.conflicts(key as string),
      () => store.observe([key as string], () => undefined),
    ])
      expect(codeOf(call)).toBe('invalid-key')
    expect(store.keys()).toEqual([])
  })

  test('[VALUE3] a key of 128 bytes is one', () => {
    const [{ store }] = pair()
    store.set('é'.repeat(64), 1)
    expect(store.keys()).toEqual(['é'.repeat(64)])
  })
})

describe('transactions', () => {
  test('[MERGE13] are one update and one event per key', () => {
    const [ana] = pair()
    const told = watch(ana, '*')
    const result = ana.store.transact(() => {
      ana.store.set('a', 1)
      ana.store.set('a', 2)
      ana.store.set('b', [1])
      ana.store.update('b', b => [...(b as number[]), 2])
      return ana.store.get('b')
    })
    expect(result).toEqual([1, 2])
    expect(ana.updates).toHaveLength(1)
    expect(told).toEqual(['local a null -> 2', 'local b null -> [1,2]'])
  })

  test('[MERGE13] that throw leave nothing behind and send nothing', () => {
    const [ana, bo] = pair()
    ana.store.set('o', { a: [1, 2, 3] })
    const told = watch(ana, '*')
    const failure = () =>
      ana.store.transact(() => {
        ana.store.set('o', { a: [3, 1], b: {} })
        ana.store.set('new', { deep: [{ id: 1 }] })
        ana.store.delete('o')
        throw new Error('changed my mind')
      })
    expect(failure).toThrow('changed my mind')
    expect(ana.store.getAll()).toEqual({ o: { a: [1, 2, 3] } })
    expect(ana.store.usage.keys).toBe(1)
    expect(ana.updates).toHaveLength(1)
    expect(told).toEqual(['initial o null -> {"a":[1,2,3]}'])
    ana.store.set('o', { a: [1, 2, 3, 4] })
    exchange(ana, bo)
    expect(bo.store.getAll()).toEqual({ o: { a: [1, 2, 3, 4] } })
  })

  test('[MERGE13] an inner one that throws takes back its own part alone', () => {
    const [ana, bo] = pair()
    ana.store.transact(() => {
      ana.store.set('kept', 1)
      try {
        ana.store.transact(() => {
          ana.store.set('lost', 2)
          ana.store.delete('kept')
          throw new Error('inner')
        })
      } catch {
        ana.store.set('after', 3)
      }
    })
    exchange(ana, bo)
    expect(bo.store.getAll()).toEqual({ after: 3, kept: 1 })
    expect(ana.store.getAll()).toEqual(bo.store.getAll())
    expect(ana.updates).toHaveLength(1)
  })

  test('[MERGE13] that return a promise are refused whole', () => {
    const [{ store }] = pair()
    expect(codeOf(() => store.transact(() => (store.set('a', 1), Promise.resolve())))).toBe('invalid-value')
    expect(codeOf(() => store.update('a', (() => Promise.resolve(1)) as never))).toBe('invalid-value')
    expect(store.keys()).toEqual([])
  })

  test('[MERGE13] what is written and overwritten within one reaches others whole', () => {
    const [ana, bo] = pair()
    ana.store.transact(() => {
      ana.store.set('o', { first: [1, 2] })
      ana.store.set('o', 'text')
      ana.store.set('o', { second: [3] })
    })
    exchange(ana, bo)
    expect(bo.store.getAll()).toEqual({ o: { second: [3] } })
    ana.store.set('o', { second: [3, 4] })
    exchange(ana, bo)
    expect(bo.store.getAll()).toEqual({ o: { second: [3, 4] } })
  })
})

describe('observing', () => {
  test('[STORE2] tells each key once before it returns, null if not set', () => {
    const [ana] = pair()
    ana.store.set('a', 1)
    expect(watch(ana, ['a', 'b', 'a'])).toEqual(['initial a null -> 1', 'initial b null -> null'])
    expect(watch(ana, 'b')).toEqual(['initial b null -> null'])
    expect(watch(ana, '*')).toEqual(['initial a null -> 1'])
    expect(watch(openReplica('empty', 3), '*')).toEqual([])
  })

  test('[STORE3] tells each change of a visible value once, own ones included', () => {
    const [ana, bo] = pair()
    const atAna = watch(ana, ['x'])
    const atBo = watch(bo, '*')
    ana.store.set('x', 1)
    ana.store.set('x', 1)
    ana.store.set('y', 0)
    exchange(ana, bo)
    exchange(ana, bo)
    bo.store.delete('x')
    exchange(ana, bo)
    expect(atAna).toEqual(['initial x null -> null', 'local x null -> 1', 'remote x 1 -> null'])
    expect(atBo).toEqual(['remote x null -> 1', 'remote y null -> 0', 'local x 1 -> null'])
  })

  test('[STORE3] a write that loses, and a conflict that is settled to the same value, are no change', () => {
    const [ana, bo] = pair()
    ana.store.set('x', 'a')
    bo.store.set('x', 'b')
    const atBo = watch(bo, 'x')
    exchange(ana, bo)
    bo.store.set('x', 'b')
    expect(atBo).toEqual(['initial x null -> "b"'])
  })

  test('[STORE3] says who wrote last in the key, and when', () => {
    const [ana, bo] = pair()
    ana.store.set('o', { a: { b: 1 } })
    exchange(ana, bo)
    bo.wallClock.nowMs += 500
    bo.store.set('o', { a: { b: 2 } })
    const seen: unknown[] = []
    ana.store.observe('o', ({ updatedBy, updatedAt }) => seen.push([updatedBy, updatedAt]))
    exchange(ana, bo)
    bo.store.delete('o')
    exchange(ana, bo)
    expect(seen).toEqual([
      ['ana', 1_000_000],
      ['bo', 1_000_500],
      [null, null],
    ])
  })

  test('[STORE3] a change carries its conflicts', () => {
    const [ana, bo] = pair()
    ana.store.set('x', 'a')
    bo.store.set('x', 'b')
    const seen: unknown[] = []
    ana.store.observe('x', ({ conflicts }) => seen.push(conflicts.map(conflict => conflict.value)))
    exchange(ana, bo)
    expect(seen).toEqual([[], ['a']])
  })

  test('[STORE4] changes made by a listener are told after the one it was told of, to all in one order', () => {
    const [ana] = pair()
    const first = watch(ana, 'a')
    ana.store.observe('a', ({ value }) => {
      if (typeof value === 'number' && value < 3) ana.store.set('a', value + 1)
    })
    const last = watch(ana, 'a')
    ana.store.set('a', 1)
    const changes = ['local a null -> 1', 'local a 1 -> 2', 'local a 2 -> 3']
    expect(first.slice(1)).toEqual(changes)
    expect(last.slice(1)).toEqual(changes)
  })

  test('[STORE4] a listener that throws is reported, and the others are told', () => {
    const [ana] = pair()
    ana.store.observe('a', ({ source }) => {
      if (source !== 'initial') throw new Error('listener')
    })
    const told = watch(ana, 'a')
    ana.store.set('a', 1)
    expect(told.at(-1)).toBe('local a null -> 1')
    expect(ana.errors).toEqual(['listener-failed'])
    expect(ana.store.get('a')).toBe(1)
  })

  test('[STORE4] an ended listener is told nothing more, also when it was ended by another', () => {
    const [ana] = pair()
    const told: unknown[] = []
    const ends: (() => void)[] = []
    ana.store.observe('a', ({ source }) => source === 'local' && ends.forEach(end => end()))
    ends.push(ana.store.observe('a', ({ value }) => told.push(value)))
    ana.store.set('a', 1)
    ana.store.set('a', 2)
    expect(told).toEqual([null])
  })

  test('[STORE2] a listener added by a listener is not told twice of what it was told at first', () => {
    const [ana] = pair()
    let told: string[] = []
    const end = ana.store.observe('a', ({ source }) => {
      if (source === 'local' && told.length === 0) {
        ana.store.set('a', 2)
        told = watch(ana, 'a')
      }
    })
    ana.store.set('a', 1)
    end()
    expect(told).toEqual(['initial a null -> 2'])
  })

  test('[STORE2] [STORE3] what a listener changes when it is told its first values is told after those', () => {
    const [ana] = pair()
    ana.store.set('b', 'first')
    const told: unknown[] = []
    ana.store.observe(['a', 'b'], ({ key, value, source }) => {
      told.push([key, value, source])
      if (told.length === 1) ana.store.set('b', 'second')
    })
    expect(told).toEqual([
      ['a', null, 'initial'],
      ['b', 'first', 'initial'],
      ['b', 'second', 'local'],
    ])
    ana.store.set('b', 'third')
    expect(told.at(-1)).toEqual(['b', 'third', 'local'])
  })

  test('[STORE5] a write folds the keys it touches and no others', () => {
    const [ana, bo] = pair()
    for (let i = 0; i < 50; i++) ana.store.set(`key-${i}`, { n: i })
    exchange(ana, bo)
    const before = [...Array(50).keys()].map(i => bo.store.get(`key-${i}`))
    ana.store.set('key-7', { n: 70 })
    exchange(ana, bo)
    const after = [...Array(50).keys()].map(i => bo.store.get(`key-${i}`))
    // Folding makes a new frozen value: whatever is the same object was not folded again.
    expect(after.flatMap((value, i) => (value === before[i] ? [] : [i]))).toEqual([7])
  })
})
