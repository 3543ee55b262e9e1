import { expect, test } from 'vitest'
import { exchange, openReplica } from '../support/replicas.js'

const pair = () => [openReplica('ana', 1), openReplica('bo', 2)] as const

test('[CAS1] sets a key whose value is the expected one, and gives whether it was', () => {
  const { store, updates } = openReplica('ana', 1)
  expect(store.compareAndSet('seat', 'bo', 'ana')).toBe(false)
  expect(store.compareAndSet('seat', null, 'ana')).toBe(true)
  expect(store.compareAndSet('seat', null, 'bo')).toBe(false)
  expect(store.compareAndSet('seat', undefined, 'bo')).toBe(false)
  expect(updates).toHaveLength(1)
  expect(store.compareAndSet('seat', 'ana', { by: 'bo', n: [1] })).toBe(true)
  expect(store.compareAndSet('seat', { n: [1] }, null)).toBe(false)
  expect(store.compareAndSet('seat', { n: [1], by: 'bo' }, null)).toBe(true)
  expect(store.has('seat')).toBe(false)
  expect(store.compareAndSet('seat', undefined, undefined)).toBe(true)
})

test('[CAS1] what is there already is true and no write; what is no value throws', () => {
  const { store, updates } = openReplica('ana', 1)
  store.set('seat', 'ana')
  expect(store.compareAndSet('seat', 'ana', 'ana')).toBe(true)
  expect(updates).toHaveLength(1)
  for (const value of [NaN, new Map()]) {
    expect(() => store.compareAndSet('seat', 'ana', value as never)).toThrow(
      expect.objectContaining({ code: 'invalid-value' }),
    )
  }
  expect(store.get('seat')).toBe('ana')
})

test('[CAS1] [KIND2] counters, lists and members are compared by their value', () => {
  const { store } = openReplica('ana', 1)
  store.counter('claps').increment(3)
  store.members('hands').add('b', 'a')
  expect(store.compareAndSet('claps', 2, 0)).toBe(false)
  expect(store.compareAndSet('claps', 3, 10)).toBe(true)
  expect(store.counter('claps').value).toBe(10)
  expect(store.compareAndSet('hands', ['b', 'a'], [])).toBe(false)
  expect(store.compareAndSet('hands', ['a', 'b'], ['c'])).toBe(true)
  expect(store.members('hands').values).toEqual(['c'])
})

test('[CAS1] [MERGE13] within a transaction it sees what that has written', () => {
  const { store, updates } = openReplica('ana', 1)
  const answers = store.transact(() => {
    store.set('seat', 'ana')
    return [store.compareAndSet('seat', null, 'bo'), store.compareAndSet('seat', 'ana', 'cy')]
  })
  expect(answers).toEqual([false, true])
  expect(store.get('seat')).toBe('cy')
  expect(updates).toHaveLength(1)
})

test('[CAS2] of two that claim a seat at once both are given true, one has it everywhere, and both are told', () => {
  const [ana, bo] = pair()
  bo.wallClock.nowMs += 5
  expect(ana.store.compareAndSet('seat', null, 'ana')).toBe(true)
  expect(bo.store.compareAndSet('seat', null, 'bo')).toBe(true)
  exchange(ana, bo)
  for (const { store, conflictEvents } of [ana, bo]) {
    expect(store.get('seat')).toBe('bo')
    expect(conflictEvents).toMatchObject([{ key: 'seat', value: 'ana', winner: 'bo', rule: 'newer' }])
  }
  expect(ana.store.compareAndSet('seat', 'ana', null)).toBe(false)
  expect(bo.store.compareAndSet('seat', 'bo', 'bo')).toBe(true)
  exchange(ana, bo)
  expect(ana.store.conflicts('seat')).toEqual([])
})

test('[CAS2] who has seen the claim does not get the seat', () => {
  const [ana, bo] = pair()
  ana.store.compareAndSet('seat', null, 'ana')
  exchange(ana, bo)
  expect(bo.store.compareAndSet('seat', null, 'bo')).toBe(false)
  expect(bo.updates).toEqual([])
})
