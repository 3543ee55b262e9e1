import { describe, expect, test } from 'vitest'
import { encodedState, exchange, openReplica } from '../support/replicas.js'

const pair = () => [openReplica('ana', 1), openReplica('bo', 2)] as const

describe('registers', () => {
  test('[MERGE1] of two concurrent values the later one wins, and the other is a conflict', () => {
    const [ana, bo] = pair()
    bo.wallClock.nowMs += 5
    ana.store.set('title', 'Standup')
    bo.store.set('title', 'Retro')
    exchange(ana, bo)
    for (const { store } of [ana, bo]) {
      expect(store.get('title')).toBe('Retro')
      expect(store.conflicts('title')).toEqual([{ path: [], value: 'Standup', updatedBy: 'ana', updatedAt: 1_000_000 }])
    }
  })

  test('[MERGE1] of two values of one instant the greater writer wins', () => {
    const [ana, bo] = pair()
    ana.store.set('title', 'Standup')
    bo.store.set('title', 'Retro')
    exchange(ana, bo)
    expect(ana.store.get('title')).toBe('Retro')
    expect(bo.store.get('title')).toBe('Retro')
  })

  test('[MERGE1] equal values are no conflict', () => {
    const [ana, bo] = pair()
    ana.store.set('title', 'Standup')
    bo.store.set('title', 'Standup')
    exchange(ana, bo)
    expect(ana.store.conflicts('title')).toEqual([])
  })

  test('[DATA7] a clock that is behind cannot lose a sequential write', () => {
    const [ana, bo] = pair()
    ana.wallClock.nowMs = 9_000_000
    ana.store.set('title', 'Standup')
    exchange(ana, bo)
    bo.wallClock.nowMs = 5
    bo.store.set('title', 'Retro')
    exchange(ana, bo)
    expect(ana.store.get('title')).toBe('Retro')
    expect(ana.store.conflicts('title')).toEqual([])
  })

  test('[DATA7] a stamp more than a day ahead counts but is not adopted', () => {
    const dayMs = 86_400_000
    const [ana, bo] = pair()
    ana.wallClock.nowMs += 2 * dayMs
    ana.store.set('title', 'from the day after tomorrow')
    exchange(ana, bo)
    bo.store.set('topic', 'today')
    let stampedAt: number | null = 0
    bo.store.observe('topic', change => (stampedAt = change.updatedAt))
    expect(stampedAt).toBe(1_000_000)
    ana.store.set('other', 1)
    bo.wallClock.nowMs += 1
    bo.store.set('title', 'later')
    exchange(ana, bo)
    expect(ana.store.get('title')).toBe('later')
  })

  test('[DATA7] a stamp within a day ahead is adopted, so that later writes have greater ones', () => {
    const [ana, bo] = pair()
    ana.wallClock.nowMs += 60_000
    ana.store.set('title', 'early')
    exchange(ana, bo)
    bo.store.set('topic', 'after')
    let stampedAt: number | null = 0
    bo.store.observe('topic', change => (stampedAt = change.updatedAt))
    expect(stampedAt).toBe(1_060_001)
  })

  test('[MERGE10] conflicts are the same for a late joiner, newest first, and end with the next write', () => {
    const [ana, bo] = pair()
    const cy = openReplica('cy', 3)
    ana.store.set('title', 'a')
    bo.wallClock.nowMs += 1
    bo.store.set('title', 'b')
    cy.wallClock.nowMs += 2
    cy.store.set('title', 'c')
    exchange(ana, bo, cy)
    const late = openReplica('late', 4)
    exchange(ana, late)
    expect(late.store.conflicts('title').map(conflict => conflict.value)).toEqual(['b', 'a'])
    expect(late.store.conflicts('title')).toEqual(ana.store.conflicts('title'))
    late.store.set('title', 'd')
    exchange(late, ana, bo, cy)
    for (const { store } of [ana, bo, cy]) expect(store.conflicts('title')).toEqual([])
  })

  test('[MERGE10] a new conflict is told once on every replica that sees it', () => {
    const [ana, bo] = pair()
    ana.store.set('title', 'a')
    bo.store.set('title', 'b')
    exchange(ana, bo)
    exchange(ana, bo)
    const told = {
      key: 'title',
      path: [],
      value: 'a',
      updatedBy: 'ana',
      updatedAt: 1_000_000,
      rule: 'newer',
      winner: 'b',
      winnerUpdatedBy: 'bo',
      winnerUpdatedAt: expect.any(Number),
    }
    expect(ana.conflictEvents).toEqual([told])
    expect(bo.conflictEvents).toEqual([told])
  })
})

describe('objects', () => {
  test('[MERGE2] concurrent edits of different fields both stick', () => {
    const [ana, bo] = pair()
    ana.store.set('poll', { q: 'Food?', votes: {} })
    exchange(ana, bo)
    ana.store.update('poll', poll => ({ ...(poll as object), q: 'Lunch?' }))
    bo.store.update('poll', poll => ({ ...(poll as object), votes: { bo: 'pizza' } }))
    exchange(ana, bo)
    for (const { store } of [ana, bo]) {
      expect(store.get('poll')).toEqual({ q: 'Lunch?', votes: { bo: 'pizza' } })
      expect(store.conflicts('poll')).toEqual([])
    }
  })

  test('[MERGE2] objects that two peers create at once are united', () => {
    const [ana, bo] = pair()
    ana.store.set('votes', { ana: 'pizza', round: { n: 1 } })
    bo.store.set('votes', { bo: 'soup', round: { m: 2 } })
    exchange(ana, bo)
    expect(ana.store.get('votes')).toEqual({ ana: 'pizza', bo: 'soup', round: { m: 2, n: 1 } })
    expect(bo.store.get('votes')).toEqual(ana.store.get('votes'))
  })

  test('[MERGE2] a write into united containers outlives the deletion of one of them', () => {
    const ana = openReplica('ana', 1)
    const bo = openReplica('bo', 2)
    const cy = openReplica('cy', 3)
    ana.store.set('votes', { ana: 1 })
    exchange(ana, cy)
    bo.store.set('votes', { bo: 2 })
    exchange(ana, bo)
    bo.store.update('votes', votes => ({ ...(votes as object), more: 3 }))
    // cy knows the container of ana alone, and deletes that.
    cy.store.delete('votes')
    exchange(ana, bo, cy)
    for (const { store } of [ana, bo, cy]) expect(store.get('votes')).toEqual({ bo: 2, more: 3 })
  })

  test('[MERGE2] a field of united objects is written over in all of them', () => {
    const [ana, bo] = pair()
    ana.store.set('o', { x: 1 })
    bo.store.set('o', { x: 2 })
    exchange(ana, bo)
    ana.store.set('o', { x: 3 })
    exchange(ana, bo)
    expect(bo.store.get('o')).toEqual({ x: 3 })
    expect(bo.store.conflicts('o')).toEqual([])
  })

  test('[MERGE3] an object and a scalar at once: one wins, the other is one conflict with all its fields', () => {
    const [ana, bo] = pair()
    ana.store.set('x', { a: { b: 1 }, l: [1, 2] })
    bo.store.set('x', 'text')
    exchange(ana, bo)
    expect(ana.store.get('x')).toBe('text')
    expect(bo.store.conflicts('x')).toEqual([
      { path: [], value: { a: { b: 1 }, l: [1, 2] }, updatedBy: 'ana', updatedAt: 1_000_000 },
    ])
  })

  test('[MERGE10] a conflict inside a value has its path', () => {
    const [ana, bo] = pair()
    ana.store.set('o', { list: [{ id: 1, name: '' }] })
    exchange(ana, bo)
    ana.store.set('o', { list: [{ id: 1, name: 'a' }] })
    bo.store.set('o', { list: [{ id: 1, name: 'b' }] })
    exchange(ana, bo)
    expect(ana.store.get('o')).toEqual({ list: [{ id: 1, name: 'b' }] })
    expect(ana.store.conflicts('o').map(({ path, value }) => ({ path, value }))).toEqual([
      { path: ['list', 0, 'name'], value: 'a' },
    ])
  })
})

describe('writing', () => {
  test('[MERGE11] a set that changes nothing is no write', () => {
    const [ana] = pair()
    ana.store.set('o', { a: [1, { b: null }], c: 'x' })
    ana.store.set('o', { c: 'x', a: [1, { b: null }] })
    ana.store.set('missing', null)
    ana.store.delete('missing')
    ana.store.transact(() => undefined)
    ana.store.update('o', o => o)
    expect(ana.updates.length).toBe(1)
  })

  test('[MERGE11] set writes only what differs', () => {
    const [ana, bo] = pair()
    ana.store.set('o', { a: 1, b: 2 })
    exchange(ana, bo)
    const stale = bo.store.get('o') as object
    ana.store.set('o', { a: 10, b: 2 })
    bo.store.set('o', { ...stale, b: 20 })
    exchange(ana, bo)
    expect(ana.store.get('o')).toEqual({ a: 10, b: 20 })
  })

  test('[MERGE11] set of a key in conflict settles it, also to the value that won', () => {
    const [ana, bo] = pair()
    ana.store.set('x', 1)
    bo.store.set('x', 2)
    exchange(ana, bo)
    ana.store.set('x', 2)
    exchange(ana, bo)
    expect(bo.store.get('x')).toBe(2)
    expect(bo.store.conflicts('x')).toEqual([])
  })

  test('[MERGE11] set of a container in conflict only removes its rivals', () => {
    const [ana, bo] = pair()
    bo.store.set('x', { a: 1 })
    ana.store.set('x', 7)
    exchange(ana, bo)
    expect(ana.store.get('x')).toEqual({ a: 1 })
    const cy = openReplica('cy', 3)
    exchange(ana, cy)
    cy.store.set('x', { a: 1, c: 3 })
    ana.store.set('x', { a: 1 })
    exchange(ana, bo, cy)
    expect(bo.store.get('x')).toEqual({ a: 1, c: 3 })
    expect(bo.store.conflicts('x')).toEqual([])
  })

  test('[MERGE11] a read-modify-write does not settle the conflicts of other fields', () => {
    const [ana, bo] = pair()
    ana.store.set('o', { x: 0, y: 0 })
    exchange(ana, bo)
    ana.store.set('o', { x: 1, y: 0 })
    bo.store.set('o', { x: 2, y: 0 })
    exchange(ana, bo)
    ana.store.update('o', o => ({ ...(o as object), y: 9 }))
    exchange(ana, bo)
    expect(bo.store.get('o')).toEqual({ x: 2, y: 9 })
    expect(bo.store.conflicts('o').map(conflict => conflict.value)).toEqual([1])
  })

  test('[MERGE11] a value of another kind replaces all that was there', () => {
    const [ana, bo] = pair()
    ana.store.set('x', { a: 1 })
    exchange(ana, bo)
    bo.store.set('x', ['a'])
    exchange(ana, bo)
    expect(ana.store.get('x')).toEqual(['a'])
    expect(ana.store.conflicts('x')).toEqual([])
  })
})

describe('deletion', () => {
  test('[DATA4] two replicas that differ by a deletion alone have different state vectors', () => {
    const [ana, bo] = pair()
    ana.store.set('x', 1)
    exchange(ana, bo)
    bo.store.delete('x')
    expect(bo.replica.stateVector()).not.toEqual(ana.replica.stateVector())
    exchange(ana, bo)
    expect(ana.store.has('x')).toBe(false)
    expect(bo.replica.stateVector()).toEqual(ana.replica.stateVector())
  })

  test('[DATA4] the mark of a deletion goes with the next write, and many deletions leave one', () => {
    const [ana] = pair()
    const sizes: number[] = []
    for (let round = 0; round < 200; round++) {
      ana.store.set('x', 1)
      ana.store.delete('x')
      sizes.push(encodedState(ana).length)
    }
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(4)
  })

  test('[MERGE12] deleting a container beats an edit inside it, and its author is told once', () => {
    const [ana, bo] = pair()
    ana.store.set('poll', { votes: { ana: 'x' } })
    exchange(ana, bo)
    ana.store.delete('poll')
    bo.store.set('poll', { votes: { ana: 'x', bo: 'y' } })
    exchange(ana, bo)
    exchange(ana, bo)
    expect(bo.store.get('poll')).toBeNull()
    expect(ana.conflictEvents).toEqual([])
    expect(bo.conflictEvents).toEqual([
      {
        key: 'poll',
        path: ['votes', 'bo'],
        value: 'y',
        updatedBy: 'bo',
        updatedAt: expect.any(Number),
        rule: 'deleted',
        winner: null,
        winnerUpdatedBy: null,
        winnerUpdatedAt: null,
      },
    ])
  })

  test('[MERGE12] a write of a field beats its deletion at the same time', () => {
    const [ana, bo] = pair()
    ana.store.set('x', 1)
    exchange(ana, bo)
    ana.store.delete('x')
    bo.store.set('x', 2)
    exchange(ana, bo)
    expect(ana.store.get('x')).toBe(2)
    expect(bo.store.get('x')).toBe(2)
  })

  test('[MERGE12] a key written anew shows nothing of what was edited inside the deleted one', () => {
    const [ana, bo] = pair()
    ana.store.set('o', { a: 1 })
    exchange(ana, bo)
    ana.store.delete('o')
    ana.store.set('o', { fresh: true })
    bo.store.set('o', { a: 1, stale: true })
    exchange(ana, bo)
    expect(ana.store.get('o')).toEqual({ fresh: true })
    expect(bo.store.get('o')).toEqual({ fresh: true })
  })

  test('[DATA8] what is left below a dead container goes with the next write of anyone', () => {
    const [ana, bo] = pair()
    ana.store.set('o', { a: {} })
    exchange(ana, bo)
    ana.store.delete('o')
    bo.store.set('o', { a: { deep: { x: 'a long text that takes its room in the document' } } })
    exchange(ana, bo)
    const withLeftovers = encodedState(ana).length
    ana.store.set('other', 1)
    exchange(ana, bo)
    expect(encodedState(ana).length).toBeLessThan(withLeftovers - 40)
    expect(encodedState(bo)).toEqual(encodedState(ana))
  })

  test('[DATA8] [MERGE2] fields that still hang on a living container are not swept with a dead one', () => {
    const ana = openReplica('ana', 1)
    const bo = openReplica('bo', 2)
    const cy = openReplica('cy', 3)
    ana.store.set('o', { a: 1 })
    exchange(ana, cy)
    bo.store.set('o', { b: 1 })
    exchange(ana, bo)
    ana.store.update('o', o => ({ ...(o as object), both: true }))
    cy.store.delete('o')
    exchange(ana, bo, cy)
    cy.store.set('sweep', 1)
    exchange(ana, bo, cy)
    for (const { store } of [ana, bo, cy]) expect(store.get('o')).toEqual({ b: 1, both: true })
  })
})

describe('flatness', () => {
  test('[DATA6] state is bounded by live values, however many writes there were', () => {
    const writers = [1, 2, 3, 4, 5].map(n => openReplica(`peer-${n}`, n))
    const keys = Array.from({ length: 20 }, (_, i) => `key-${i}`)
    const write = (count: number) => {
      for (let i = 0; i < count; i++) {
        const writer = writers[i % 5]
        writer?.store.set(keys[(i * 7) % 20] ?? '', i)
        const update = writer?.updates.at(-1)
        for (const other of writers) if (update && other !== writer) other.replica.receive(update, () => true)
      }
      const [first] = writers
      return first ? encodedState(first).length : 0
    }
    const early = write(500)
    const late = write(5_000)
    expect(late).toBeLessThan(early * 1.2)
  })
})

test('[MERGE10] a conflict is told once, not again with each change of its key', () => {
  const [ana, bo] = [openReplica('ana', 1), openReplica('bo', 2)]
  ana.store.set('poll', { q: 'a' })
  bo.store.set('poll', { q: 'b' })
  exchange(ana, bo)
  const told = ana.conflictEvents.length
  expect(told).toBe(1)
  ana.store.update('poll', poll => ({ ...(poll as object), x: 1 }))
  bo.store.update('poll', poll => ({ ...(poll as object), y: 1 }))
  exchange(ana, bo)
  expect(ana.store.conflicts('poll')).toHaveLength(1)
  for (const { conflictEvents } of [ana, bo]) expect(conflictEvents).toHaveLength(told)
})
