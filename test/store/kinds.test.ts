import { describe, expect, test } from 'vitest'
import type { Json } from '../../src/store/value.js'
import { rawLog } from '../support/raw-log.js'
import { exchange, openReplica, type TestReplica } from '../support/replicas.js'

const pair = () => [openReplica('ana', 1), openReplica('bo', 2)] as const
const receive = ({ replica }: TestReplica, bytes: Uint8Array) => replica.receive(bytes, () => true).outcome
const mismatch = (expected: string) =>
  expect.objectContaining({ code: 'type-mismatch', details: expect.objectContaining({ key: 'k', expected }) })

describe('a handle and what the key holds', () => {
  test('[KIND1] handles of a key that is not set read as 0 or empty, and make nothing', () => {
    const { store, updates } = openReplica('ana', 1)
    expect(store.counter('k').value).toBe(0)
    expect(store.list('k').items).toEqual([])
    expect(store.members('k').values).toEqual([])
    expect(store.members('k').has(1)).toBe(false)
    expect(store.keys()).toEqual([])
    expect(updates).toEqual([])
  })

  test('[KIND1] the first write makes the key', () => {
    const { store } = openReplica('ana', 1)
    store.counter('claps').increment()
    store.list('queue').push('a')
    store.members('hands').add('a')
    expect(store.getAll()).toEqual({ claps: 1, hands: ['a'], queue: ['a'] })
  })

  /** What each kind is made by, and what it is taken for. */
  const kinds: readonly [what: string, make: (replica: TestReplica) => void, takes: readonly string[]][] = [
    ['a number', ({ store }) => store.set('k', 5), ['counter']],
    ['half a number', ({ store }) => store.set('k', 0.5), []],
    ['a number past the safe ones', ({ store }) => store.set('k', 2 ** 60), []],
    ['a text', ({ store }) => store.set('k', 'x'), []],
    ['true', ({ store }) => store.set('k', true), []],
    ['an object', ({ store }) => store.set('k', { x: 1 }), []],
    ['an array', ({ store }) => store.set('k', [1, 2]), ['list', 'members']],
    ['an array with equal items', ({ store }) => store.set('k', [{ x: 1 }, { x: 1 }]), ['list']],
    ['a counter', ({ store }) => store.counter('k').increment(), ['counter']],
    ['a list', ({ store }) => store.list('k').push(1), ['list']],
    ['members', ({ store }) => store.members('k').add(1), ['members']],
  ]
  const uses: readonly [kind: string, uses: readonly ((replica: TestReplica) => unknown)[]][] = [
    [
      'counter',
      [
        ({ store }) => store.counter('k').value,
        ({ store }) => store.counter('k').increment(),
        ({ store }) => store.counter('k').reset(),
      ],
    ],
    [
      'list',
      [
        ({ store }) => store.list('k').items,
        ({ store }) => store.list('k').push(3),
        ({ store }) => store.list('k').remove(0, 0),
      ],
    ],
    [
      'members',
      [
        ({ store }) => store.members('k').values,
        ({ store }) => store.members('k').has(1),
        ({ store }) => store.members('k').add(3),
        ({ store }) => store.members('k').remove(1),
      ],
    ],
  ]
  const cases = kinds.flatMap(([what, make, takes]) =>
    uses.map(([kind, calls]) => [what, kind, takes.includes(kind), make, calls] as const),
  )

  test.each(cases.filter(([, , isTaken]) => !isTaken))(
    '[KIND1] %s is no %s: reading and writing throw, and nothing changes',
    (_, kind, __, make, calls) => {
      const ana = openReplica('ana', 1)
      make(ana)
      const before = ana.store.get('k')
      for (const call of calls) expect(() => call(ana)).toThrow(mismatch(kind))
      expect(ana.store.get('k')).toEqual(before)
      expect(ana.updates).toHaveLength(1)
    },
  )

  test.each(cases.filter(([, , isTaken]) => isTaken))('[KIND2] %s can be used as a %s', (_, __, ___, make, calls) => {
    for (const call of calls) {
      const ana = openReplica('ana', 1)
      make(ana)
      expect(() => call(ana)).not.toThrow()
    }
  })

  test('[KIND2] counting on from a number that was set', () => {
    const [ana, bo] = pair()
    ana.store.set('k', 40)
    exchange(ana, bo)
    ana.store.counter('k').increment(2)
    expect(ana.store.get('k')).toBe(42)
    exchange(ana, bo)
    ana.store.counter('k').increment()
    bo.store.counter('k').increment()
    exchange(ana, bo)
    expect(bo.store.get('k')).toBe(44)
  })

  test('[KIND3] one number that two make a counter of at once counts once', () => {
    const [ana, bo] = pair()
    ana.store.set('k', 40)
    exchange(ana, bo)
    ana.store.counter('k').increment(1)
    bo.store.counter('k').increment(2)
    exchange(ana, bo)
    for (const { store } of [ana, bo]) {
      expect(store.get('k')).toBe(43)
      expect(store.conflicts('k')).toEqual([])
    }
  })

  test('[KIND2] a list goes on from an array that was set, and what others do to that at the same time merges', () => {
    const [ana, bo] = pair()
    ana.store.set('k', ['a', { id: 'p', x: 1 }])
    exchange(ana, bo)
    ana.store.list('k').push('z')
    ana.store.list('k').move(1, 0)
    bo.store.set('k', ['a', { id: 'p', x: 2 }])
    exchange(ana, bo)
    for (const { store } of [ana, bo]) expect(store.get('k')).toEqual([{ id: 'p', x: 2 }, 'a', 'z'])
  })

  test('[KIND2] members go on from an array that was set, and two who begin with it at once are united', () => {
    const [ana, bo] = pair()
    ana.store.set('k', ['b', 'a'])
    exchange(ana, bo)
    ana.store.members('k').add('c')
    bo.store.members('k').remove('a')
    exchange(ana, bo)
    for (const { store } of [ana, bo]) expect(store.members('k').values).toEqual(['a', 'b', 'c'])
  })

  test('[KIND2] to remove what an array does not have leaves the array an array', () => {
    const ana = openReplica('ana', 1)
    ana.store.set('k', ['b', 'a'])
    ana.store.members('k').remove('x')
    expect(ana.store.get('k')).toEqual(['b', 'a'])
    expect(ana.updates).toHaveLength(1)
  })

  test('[KIND2] what set gives a counter, a list, members stays of that kind if it can be', () => {
    const { store } = openReplica('ana', 1)
    store.counter('claps').increment()
    store.set('claps', 7)
    expect(store.counter('claps').value).toBe(7)
    expect(() => store.list('claps').items).toThrow()
    store.list('queue').push(1)
    store.set('queue', [2, 2])
    expect(store.list('queue').items).toEqual([2, 2])
    expect(() => store.members('queue').values).toThrow()
    store.members('hands').add(1)
    store.set('hands', [3, 2])
    expect(store.members('hands').values).toEqual([2, 3])
    expect(() => store.list('hands').items).toThrow()
  })

  test.each<[string, Json, Json]>([
    ['claps', 0.5, 0.5],
    ['claps', 'x', 'x'],
    ['queue', 1, 1],
    ['queue', { x: 1 }, { x: 1 }],
    ['hands', [2, 1, 2], [2, 1, 2]],
    ['hands', true, true],
  ])('[KIND2] any other value replaces what was there (%s: %j)', (key, value, expected) => {
    const [ana, bo] = pair()
    ana.store.counter('claps').increment()
    ana.store.list('queue').push(1)
    ana.store.members('hands').add(1)
    exchange(ana, bo)
    bo.store.set(key, value)
    exchange(ana, bo)
    for (const { store } of [ana, bo]) {
      expect(store.get(key)).toEqual(expected)
      expect(store.conflicts(key)).toEqual([])
    }
  })

  test('[KIND2] a list of united containers, one of them made by its handle, is no array to make members of', () => {
    const [ana, bo] = pair()
    ana.store.list('k').push(1)
    bo.store.set('k', [2])
    exchange(ana, bo)
    for (const { store } of [ana, bo]) {
      expect(store.get('k')).toHaveLength(2)
      expect(() => store.members('k').values).toThrow(mismatch('members'))
    }
  })
})

describe('kinds at once', () => {
  test('[KIND3] [MERGE3] of two kinds the later wins, and the other with all that is in it is a conflict', () => {
    const [ana, bo] = pair()
    bo.wallClock.nowMs += 5
    ana.store.counter('k').increment(3)
    bo.store.members('k').add('b', 'a')
    exchange(ana, bo)
    for (const { store, conflictEvents } of [ana, bo]) {
      expect(store.get('k')).toEqual(['a', 'b'])
      expect(store.conflicts('k')).toMatchObject([{ path: [], value: 3, updatedBy: 'ana' }])
      expect(conflictEvents).toMatchObject([{ key: 'k', value: 3, rule: 'newer', winner: ['a', 'b'] }])
    }
    ana.store.set('k', 3)
    exchange(ana, bo)
    for (const { store } of [ana, bo]) {
      expect(store.get('k')).toBe(3)
      expect(store.conflicts('k')).toEqual([])
    }
  })

  test('[KIND3] a counter, a list, members, an object and a scalar at once are one value and four conflicts', () => {
    const all = [1, 2, 3, 4, 5].map(writer => openReplica(`peer-${writer}`, writer))
    const [a, b, c, d, e] = all
    a?.store.counter('k').increment()
    b?.store.list('k').push('b')
    c?.store.members('k').add('c')
    d?.store.set('k', { d: 1 })
    e?.store.set('k', 'e')
    exchange(...all)
    const late = openReplica('late', 9)
    exchange(...all, late)
    for (const { store } of [...all, late]) {
      expect(store.get('k')).toBe('e')
      expect(store.conflicts('k').map(({ value }) => value)).toEqual([{ d: 1 }, ['c'], ['b'], 1])
    }
  })

  test('[KIND3] a write into the kind that lost stays with it', () => {
    const [ana, bo] = pair()
    bo.wallClock.nowMs += 5
    ana.store.counter('k').increment(3)
    bo.store.set('k', 'x')
    ana.store.counter('k').increment(4)
    exchange(ana, bo)
    for (const { store } of [ana, bo]) {
      expect(store.get('k')).toBe('x')
      expect(store.conflicts('k')).toMatchObject([{ value: 7 }])
    }
  })

  test('[KIND3] [MERGE11] a handle writes into what won, and leaves the conflict', () => {
    const [ana, bo] = pair()
    bo.wallClock.nowMs += 5
    ana.store.set('k', 'x')
    bo.store.counter('k').increment(3)
    exchange(ana, bo)
    ana.store.counter('k').increment()
    exchange(ana, bo)
    for (const { store } of [ana, bo]) {
      expect(store.get('k')).toBe(4)
      expect(store.conflicts('k')).toMatchObject([{ value: 'x' }])
    }
  })
})

describe('what handles write', () => {
  test('[KIND4] shows in get, getAll, keys, has, usage and observe, once per change', () => {
    const [ana, bo] = pair()
    const told: unknown[] = []
    bo.store.observe('*', ({ key, value, previousValue, source, updatedBy }) =>
      told.push([key, value, previousValue, source, updatedBy]),
    )
    ana.store.counter('claps').increment(2)
    ana.store.list('queue').push('a', 'b')
    ana.store.members('hands').add('a', 'b')
    exchange(ana, bo)
    bo.store.list('queue').move(0, 1)
    bo.store.members('hands').add('a')
    bo.store.counter('claps').increment(0)
    expect(told).toEqual([
      ['claps', 2, null, 'remote', 'ana'],
      ['hands', ['a', 'b'], null, 'remote', 'ana'],
      ['queue', ['a', 'b'], null, 'remote', 'ana'],
      ['queue', ['b', 'a'], ['a', 'b'], 'local', 'bo'],
    ])
    expect(bo.store.keys()).toEqual(['claps', 'hands', 'queue'])
    expect(bo.store.getAll()).toEqual({ claps: 2, hands: ['a', 'b'], queue: ['b', 'a'] })
    expect(bo.store.usage).toMatchObject({ keys: 3, bytes: 'clapshandsqueue2["a","b"]["b","a"]'.length })
  })

  test('[KIND4] values are frozen, and handles see what was written since', () => {
    const { store } = openReplica('ana', 1)
    const queue = store.list('queue')
    queue.push({ x: 1 })
    expect(Object.isFrozen(queue.items)).toBe(true)
    expect(Object.isFrozen(queue.items[0])).toBe(true)
    const { items } = queue
    queue.push(2)
    expect(items).toHaveLength(1)
    expect(queue.items).toHaveLength(2)
  })

  test('[KIND4] [MERGE13] a transaction over several kinds is one update, and whole or nothing', () => {
    const [ana, bo] = pair()
    ana.store.transact(() => {
      ana.store.counter('claps').increment()
      ana.store.list('queue').push('a')
      expect(ana.store.list('queue').items).toEqual(['a'])
      ana.store.members('hands').add('a')
      ana.store.counter('claps').increment()
    })
    expect(ana.updates).toHaveLength(1)
    expect(() =>
      ana.store.transact(() => {
        ana.store.counter('claps').reset()
        ana.store.list('queue').remove(0)
        ana.store.members('hands').remove('a')
        throw new Error('no')
      }),
    ).toThrow('no')
    expect(ana.updates).toHaveLength(1)
    exchange(ana, bo)
    expect(bo.store.getAll()).toEqual({ claps: 2, hands: ['a'], queue: ['a'] })
  })

  test('[KIND4] [LIMIT1] [LIMIT2] [LIMIT3] is judged by the same limits, and changes nothing beyond them', () => {
    const { store } = openReplica('ana', 1, { limits: { maxValueBytes: 12, maxKeys: 2, maxTotalBytes: 24 } })
    store.list('queue').push('abc')
    store.members('hands').add('abc')
    for (const call of [() => store.list('queue').push('abc'), () => store.members('hands').add('abcd')])
      expect(call).toThrow(expect.objectContaining({ code: 'value-too-large' }))
    expect(() => store.counter('claps').increment()).toThrow(expect.objectContaining({ code: 'too-many-keys' }))
    expect(() => store.list('queue').push(1)).toThrow(expect.objectContaining({ code: 'store-full' }))
    expect(store.getAll()).toEqual({ hands: ['abc'], queue: ['abc'] })
  })

  test('[KIND4] [LIMIT4] a bounded list is judged by what stays', () => {
    const { store } = openReplica('ana', 1, { limits: { maxValueBytes: 12 } })
    for (const item of ['aaaa', 'bbbb', 'cccc']) store.list('queue', { max: 1 }).push(item)
    expect(store.get('queue')).toEqual(['cccc'])
  })

  test('[VALUE3] handles take keys that can be keys', () => {
    const { store } = openReplica('ana', 1)
    for (const key of ['', 'x'.repeat(129), '\ud800'])
      for (const call of [
        () => store.counter(key).increment(),
        () => store.list(key).push(1),
        () => store.members(key).add(1),
      ])
        expect(call).toThrow(expect.objectContaining({ code: 'invalid-key' }))
  })
})

describe('kinds that no honest writer makes', () => {
  test.each<[string, Json, unknown[]]>([
    ['a counter', 3, [[0, 1_000_000, [1, 3], 3]]],
    ['members', ['a'], [['"a"', 1_000_000, null, 3]]],
    ['a list of its handle', ['a'], [[[0, 0, 0], 1_000_000, 'a', 3]]],
  ])('[KIND1] %s inside a value is read as that, and set over like any other value', (what, value, entries) => {
    const kind = what === 'a counter' ? 3 : what === 'members' ? 4 : 6
    const log = rawLog(66, ['k', 1_000_000, [1]], ['x', 1_000_000, [kind], 2], ...entries)
    const [ana, bo] = pair()
    const cy = openReplica('cy', 3)
    for (const replica of [ana, bo, cy]) expect(receive(replica, log)).toBe('applied')
    for (const { store } of [ana, bo]) expect(store.get('k')).toEqual({ x: value })
    ana.store.set('k', { x: value, y: 1 })
    bo.store.set('k', { x: ['other', 'other'] })
    exchange(ana, bo, cy)
    for (const { store } of [ana, bo, cy]) expect(store.get('k')).toEqual({ x: ['other', 'other'], y: 1 })
    for (const { store } of [ana, bo, cy]) expect(store.conflicts('k')).toEqual(ana.store.conflicts('k'))
    ana.store.delete('k')
    exchange(ana, bo, cy)
    expect(cy.store.has('k')).toBe(false)
  })

  test.each([[0], [-1], [7], [1.5], ['3'], [null], []].map(kind => [kind]))(
    '[GATE2] [DATA3] the kind %j is refused',
    kind => {
      const ana = openReplica('ana', 1)
      expect(receive(ana, rawLog(66, ['k', 1_000_000, kind]))).toBe('refused')
    },
  )

  test('[KIND3] every kind of field in every kind of container: the same on all replicas, and nothing throws', () => {
    const fields: readonly (readonly [field: unknown, value: unknown])[] = [
      ['', 5],
      ['max', 1],
      ['"m"', null],
      ['x', [1]],
      [[0, 0, 0], 'e'],
      [[0, 0, 1], [3]],
      [['k', 0, 0, 2], [4]],
      [0, [2, 9]],
      [0, 7],
      [66, [1, 4]],
    ]
    for (const kind of [1, 2, 3, 4, 6]) {
      const entries = fields.map(([field, value]) => [field, 1_000_000, value, 2])
      const log = rawLog(66, ['k', 1_000_000, [kind]], ...entries)
      const [ana, bo] = pair()
      expect(receive(ana, log)).toBe(receive(bo, log))
      const values = [ana.store.get('k'), bo.store.get('k')]
      expect(values[0]).toEqual(values[1])
      for (const call of [
        () => ana.store.counter('k').increment(),
        () => ana.store.list('k', { max: 2 }).push('x'),
        () => ana.store.members('k').add('x'),
      ])
        try {
          call()
        } catch (error) {
          expect(error).toMatchObject({ code: 'type-mismatch' })
        }
      bo.store.set('k', { y: 1 })
      exchange(ana, bo)
      expect(ana.store.get('k')).toEqual(bo.store.get('k'))
      ana.store.set('k', 1)
      exchange(ana, bo)
      expect(bo.store.get('k')).toBe(1)
      expect(bo.errors).toEqual([])
    }
  })
})
