import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Json } from '../../src/store/value.js'
import { encodedState, exchange, openReplica, type TestReplica } from '../support/replicas.js'

/** Faults that the property tests found, each by its smallest case. */

const pair = () => [openReplica('ana', 1), openReplica('bo', 2)] as const
const list = ({ store }: TestReplica, key = 'list') => store.get(key) as readonly Json[]
const update = (replica: TestReplica, nth: number) => replica.updates.at(nth) ?? new Uint8Array()
const receive = (to: TestReplica, bytes: Uint8Array) => to.replica.receive(bytes, () => true)

describe('what replicas say', () => {
  test('[MERGE10] conflicts of one transaction are listed in one order, however they arrived', () => {
    const [ana, bo] = pair()
    const cy = openReplica('cy', 3)
    ana.store.set('poll', { w: 0 })
    exchange(ana, bo, cy)
    ana.store.set('poll', { w: 0, x: 1, y: 1 })
    bo.store.set('poll', { w: 0, y: 2 })
    bo.wallClock.nowMs += 1
    bo.store.set('poll', { w: 0, x: 2, y: 2 })
    receive(cy, update(bo, -2))
    receive(cy, update(bo, -1))
    receive(cy, update(ana, -1))
    exchange(ana, bo, cy)
    expect(ana.store.conflicts('poll').map(({ path }) => path)).toEqual(
      cy.store.conflicts('poll').map(({ path }) => path),
    )
    expect(ana.store.conflicts('poll')).toHaveLength(2)
  })
})

describe('what the author of a lost write is told', () => {
  test('[MERGE12] of a move of an element that was removed at the same time', () => {
    const [ana, bo] = pair()
    ana.store.set('list', [{ id: 1 }, { id: 2 }])
    exchange(ana, bo)
    bo.store.set('list', [{ id: 2 }, { id: 1 }])
    ana.store.set('list', [])
    exchange(ana, bo)
    expect(bo.conflictEvents).toMatchObject([{ key: 'list', rule: 'deleted', updatedBy: 'bo' }])
    expect(ana.conflictEvents).toEqual([])
  })

  test('[MERGE12] also if the list of the element is in conflict with something else', () => {
    const [ana, bo] = pair()
    const cy = openReplica('cy', 3, { nowMs: 2_000_000 })
    ana.store.set('list', [{ id: 1 }, { id: 2 }])
    exchange(ana, bo)
    cy.store.set('list', 'none')
    bo.store.set('list', [{ id: 2 }, { id: 1 }])
    exchange(bo, cy)
    ana.store.set('list', [])
    exchange(ana, bo, cy)
    expect(bo.conflictEvents).toContainEqual(expect.objectContaining({ key: 'list', rule: 'deleted', updatedBy: 'bo' }))
  })

  test('[MERGE12] of a write into what a third peer had made in the deleted thing at the same time', () => {
    const [ana, bo] = pair()
    const cy = openReplica('cy', 3)
    ana.store.set('poll', {})
    exchange(ana, bo, cy)
    ana.store.delete('poll')
    cy.store.set('poll', { votes: {} })
    exchange(bo, cy)
    bo.store.set('poll', { votes: { bo: 'pizza' } })
    exchange(ana, bo, cy)
    expect(bo.conflictEvents).toMatchObject([{ key: 'poll', path: ['votes', 'bo'], value: 'pizza', rule: 'deleted' }])
  })

  test('[MERGE12] once, with all that was in it', () => {
    const [ana, bo] = pair()
    ana.store.set('poll', {})
    exchange(ana, bo)
    ana.store.delete('poll')
    bo.store.set('poll', { votes: { bo: ['pizza', 'soup'] } })
    exchange(ana, bo)
    expect(bo.conflictEvents).toMatchObject([{ key: 'poll', path: ['votes'], value: { bo: ['pizza', 'soup'] } }])
    expect(bo.conflictEvents).toHaveLength(1)
  })
})

describe('what replicas pass on', () => {
  test('[MERGE13] a transaction that is passed on keeps the deletions that were known already', () => {
    const [ana, bo] = pair()
    const [cy, di] = [openReplica('cy', 3), openReplica('di', 4)]
    ana.store.set('spotlight', 'ana')
    exchange(ana, bo, cy, di)
    bo.store.set('spotlight', 'bo')
    cy.store.set('spotlight', 'cy')
    receive(ana, update(cy, -1))
    const receipt = receive(ana, update(bo, -1))
    receive(di, receipt.outcome === 'applied' ? receipt.update : new Uint8Array())
    expect(di.store.get('spotlight')).toBe('bo')
    expect(di.store.conflicts('spotlight')).toEqual([])
  })

  test('[GATE3] updates merged into one leave no gap where what is between them is here', () => {
    const [ana, bo] = pair()
    for (const value of [1, 2, 3]) ana.store.set('n', value)
    receive(bo, update(ana, 0))
    receive(bo, update(ana, 1))
    expect(receive(bo, Y.mergeUpdates([update(ana, 0), update(ana, 2)])).outcome).toBe('applied')
    expect(bo.store.get('n')).toBe(3)
  })
})

describe('what replicas write', () => {
  test('[MERGE11] a set that changes nothing writes nothing, also where something is to be cleared away', () => {
    const [ana, bo] = pair()
    ana.store.set('poll', { q: 'Food?' })
    ana.store.set('n', 1)
    exchange(ana, bo)
    ana.store.delete('poll')
    bo.store.set('poll', { q: 'Food?', votes: 1 })
    exchange(ana, bo)
    const before = ana.updates.length
    ana.store.set('n', 1)
    expect(ana.updates).toHaveLength(before)
    ana.store.set('n', 2)
    exchange(ana, bo)
    const cy = openReplica('cy', 3)
    exchange(ana, cy)
    expect(encodedState(cy)).toEqual(encodedState(bo))
  })

  test('[MERGE9] equal content is one element also where its id is unique only afterwards', () => {
    const [ana, bo] = pair()
    ana.store.set('list', ['a', { id: 1, n: 1 }, { id: 1, n: 2 }, 'z'])
    exchange(ana, bo)
    ana.store.set('list', ['b', { id: 1, n: 2 }, 'y'])
    bo.store.set('list', ['a', { id: 1, n: 1 }, 'z'])
    exchange(ana, bo)
    expect(list(ana)).toEqual(['b', 'y'])
  })

  test('[MERGE9] an element is known again by half of its fields also behind one that is new', () => {
    const [ana, bo] = pair()
    ana.store.set('list', [{ text: 'hi', done: false }])
    exchange(ana, bo)
    ana.store.set('list', ['new', { text: 'hi', done: true }])
    bo.store.set('list', [{ text: 'hi!', done: false }])
    exchange(ana, bo)
    expect(list(ana)).toEqual(['new', { text: 'hi!', done: true }])
  })

  test('[MERGE7] a run made backwards behind an element of one’s own stays together', () => {
    for (const writers of [
      [1, 2],
      [2, 1],
    ] as const) {
      const [ana, bo, end] = [openReplica('ana', writers[0]), openReplica('bo', writers[1]), openReplica('end', 3)]
      ana.store.set('list', [])
      ana.store.set('list', ['start'])
      exchange(ana, end)
      end.store.set('list', ['start', 'end'])
      exchange(ana, bo, end)
      ana.store.set('list', ['start', 2, 'end'])
      ana.store.set('list', ['start', 1, 2, 'end'])
      bo.store.set('list', ['start', 'b', 'end'])
      exchange(ana, bo)
      expect(list(ana).join()).toContain('1,2')
    }
  })
})

describe('what replicas place', () => {
  for (const how of ['forwards', 'backwards'] as const)
    test(`[MERGE7] runs made ${how}, one element at a time, where no list was, stay together`, () => {
      const [ana, bo] = pair()
      const made = { ana: [] as string[], bo: [] as string[] }
      for (const replica of [ana, bo])
        for (let i = 0; i < 3; i++) {
          const item = `${replica.name}-${i}`
          const items = replica.store.get('list') === null ? [] : list(replica)
          replica.store.set('list', how === 'forwards' ? [...items, item] : [item, ...items])
          made[replica.name as 'ana' | 'bo'] = [...list(replica)] as string[]
        }
      exchange(ana, bo)
      for (const run of [made.ana, made.bo]) expect(list(ana).join()).toContain(run.join())
    })

  test('[MERGE7] between what stood left and right of an element that is gone, no position is that of the element', () => {
    const [ana, bo] = pair()
    ana.store.set('list', ['a', 'b'])
    ana.store.set('list', ['a', 'b', 'z'])
    exchange(ana, bo)
    bo.store.set('list', ['a', 'left', 'b', 'right', 'z'])
    bo.store.set('list', ['a', 'left', 'right', 'z'])
    exchange(ana, bo)
    ana.store.set('list', ['a', 'left', 'middle', 'right', 'z'])
    exchange(ana, bo)
    expect(list(bo)).toEqual(['a', 'left', 'middle', 'right', 'z'])
  })
})

describe('what replicas refuse', () => {
  const limits = { maxValueBytes: 20 }
  const overfull = () => {
    const [ana, bo] = [openReplica('ana', 1, { limits }), openReplica('bo', 2, { limits })]
    ana.store.set('list', ['0123'])
    ana.store.set('n', 1)
    exchange(ana, bo)
    ana.store.set('list', ['0123', 'abcd', 'ab'])
    bo.store.set('list', ['0123', 'efgh', 'ef'])
    exchange(ana, bo)
    expect(ana.store.usage.overLimit).toBe(true)
    return ana
  }

  test('[LIMIT6] a refused write of a value that is over its limit does not stand in the way of others', () => {
    const ana = overfull()
    expect(() => ana.store.set('list', [...list(ana), 'more'])).toThrow(/bytes/)
    ana.store.set('n', 2)
    ana.store.transact(() => {
      ana.store.set('n', 3)
      expect(() =>
        ana.store.transact(() => {
          ana.store.set('list', [...list(ana), 'more'])
          throw new Error('changed my mind')
        }),
      ).toThrow('changed my mind')
    })
    expect(ana.store.get('n')).toBe(3)
  })

  test('[LIMIT6] a value that shrinks and is still over its limit may not be one that others would refuse', () => {
    const ana = overfull()
    expect(() => ana.store.set('list', 'nineteen characters')).toThrow(/bytes/)
    expect(() => ana.store.set('list', { 'twenty-one characters': 1 })).toThrow(/bytes/)
    ana.store.set('list', ['0123', 'abcd', 'efgh'])
    expect(ana.store.usage.overLimit).toBe(true)
  })

  test('[LIMIT7] not a store that one peer filled with the values that take most', () => {
    const total = { maxTotalBytes: 4_096 }
    const [ana, bo] = [openReplica('ana', 2 ** 31 - 1, { limits: total }), openReplica('bo', 2, { limits: total })]
    const digits = Array.from({ length: 508 }, (_, i) => i % 10)
    for (const key of ['a', 'b', 'c', 'd']) ana.store.set(key, digits)
    expect(ana.store.usage.bytes).toBeGreaterThan(4_050)
    expect(receive(bo, encodedState(ana)).outcome).toBe('applied')
  })

  test('[LIMIT5] [LIMIT7] not stores that five peers filled apart with the values that take most', () => {
    const total = { maxTotalBytes: 4_096 }
    const peers = [1, 2, 3, 4, 5].map(n => openReplica(`peer-${n}`, 2 ** 31 - n, { limits: total }))
    for (const [n, { store }] of peers.entries())
      for (const key of ['a', 'b', 'c', 'd'])
        store.set(
          key + n,
          Array.from({ length: 507 }, (_, i) => (i * n + n) % 10),
        )
    exchange(...peers)
    for (const { store } of peers) expect(store.keys()).toHaveLength(20)
  })

  test('[LIMIT6] a set that changes nothing is no write, and so not refused where the store is over its limit', () => {
    const total = { maxTotalBytes: 10 }
    const [ana, bo] = [openReplica('ana', 1, { limits: total }), openReplica('bo', 2, { limits: total })]
    ana.store.set('a', '1234')
    bo.store.set('b', '1234')
    exchange(ana, bo)
    expect(ana.store.usage.overLimit).toBe(true)
    ana.store.set('a', '1234')
    ana.store.transact(() => undefined)
    expect(() => ana.store.set('a', '4321')).toThrow(/bytes/)
  })
})

describe('counters and bounded lists', () => {
  test('[COUNTER3] a reset that has seen less of a tally than another does not undo that one', () => {
    const [ana, bo] = pair()
    const cy = openReplica('cy', 3)
    const claps = ({ store }: TestReplica) => store.counter('claps')
    claps(ana).increment()
    exchange(ana, bo, cy)
    claps(ana).increment(10)
    receive(bo, update(ana, -1))
    claps(bo).reset()
    receive(cy, update(bo, -1))
    claps(cy).increment()
    claps(cy).reset()
    exchange(ana, bo, cy)
    for (const replica of [ana, bo, cy]) expect(claps(replica).value).toBe(0)
  })

  test('[LIST2] what the bound has hidden does not come back when something else is removed', () => {
    const [ana, bo] = pair()
    const pins = (replica: TestReplica) => replica.store.list('list', { max: 3 })
    for (const remove of [() => pins(ana).remove(0), () => ana.store.set('list', list(ana).slice(1))]) {
      pins(ana).push('a', 'b', 'c')
      exchange(ana, bo)
      bo.wallClock.nowMs += 1
      pins(ana).push('d')
      pins(bo).push('e')
      exchange(ana, bo)
      expect(list(ana)).toEqual(['c', 'd', 'e'])
      remove()
      exchange(ana, bo)
      for (const replica of [ana, bo]) expect(list(replica)).toEqual(['d', 'e'])
    }
  })
})
