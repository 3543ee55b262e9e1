import { describe, expect, test } from 'vitest'
import type { Json } from '../../src/store/value.js'
import { rawLog } from '../support/raw-log.js'
import { encodedState, exchange, openReplica, type TestReplica } from '../support/replicas.js'

const pair = () => [openReplica('ana', 1), openReplica('bo', 2)] as const
const list = ({ store }: TestReplica) => store.get('list') as readonly Json[]
const edit = ({ store }: TestReplica, change: (items: readonly Json[]) => readonly Json[]) =>
  store.update('list', items => change(items as readonly Json[]))

describe('sequences', () => {
  test('[MERGE4] concurrent pushes and inserts all survive', () => {
    const [ana, bo] = pair()
    ana.store.set('list', ['b', 'd'])
    exchange(ana, bo)
    edit(ana, items => ['a', ...items, 'e'])
    edit(bo, ([b, d]) => [b ?? null, 'c', d ?? null, 'f'])
    exchange(ana, bo)
    expect(list(ana)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    expect(list(bo)).toEqual(list(ana))
  })

  test('[MERGE7] what takes the place of removed elements is not torn apart by what was put between those', () => {
    const [ana, bo] = pair()
    ana.store.list('list').push('a', 'b', 'c')
    exchange(ana, bo)
    ana.store.list('list').remove(1, 2)
    bo.store.list('list').insert(2, 'x', 'y')
    ana.store.list('list').push('d', 'e')
    exchange(ana, bo)
    expect(list(ana).join('')).toContain('de')
    expect(list(ana).join('')).toContain('xy')
    ana.store.list('list').remove(0, list(ana).length)
    ana.store.list('list').push('f')
    exchange(ana, bo)
    ana.store.list('list').remove(0)
    bo.store.list('list').push('z')
    ana.store.list('list').push('g', 'h')
    exchange(ana, bo)
    expect(list(bo).join('')).toContain('gh')
  })

  test('[MERGE4] two moderators who each set the list with one more name both stick', () => {
    const [ana, bo] = pair()
    ana.store.set('list', ['troll'])
    exchange(ana, bo)
    ana.store.set('list', [...list(ana), 'spammer'])
    bo.store.set('list', [...list(bo), 'bot'])
    exchange(ana, bo)
    expect(list(ana)).toEqual(['troll', 'spammer', 'bot'])
  })

  test('[MERGE5] a removed element stays removed although others rewrite the list', () => {
    const [ana, bo] = pair()
    ana.store.set('list', ['a', 'b', 'c'])
    exchange(ana, bo)
    edit(ana, items => items.filter(item => item !== 'b'))
    edit(bo, items => [...items, 'd'])
    exchange(ana, bo)
    expect(list(ana)).toEqual(['a', 'c', 'd'])
    expect(list(bo)).toEqual(['a', 'c', 'd'])
  })

  test('[MERGE5] a move of an element that somebody removed does not bring it back', () => {
    const [ana, bo] = pair()
    ana.store.set('list', ['a', 'b', 'c'])
    exchange(ana, bo)
    edit(ana, () => ['c', 'a', 'b'])
    edit(bo, () => ['a', 'b'])
    exchange(ana, bo)
    expect(list(ana)).toEqual(['a', 'b'])
    expect(list(bo)).toEqual(['a', 'b'])
  })

  test('[DATA8] the move of a removed element is deleted with the next write of that key', () => {
    const [ana, bo] = pair()
    ana.store.set('list', ['a', 'b', 'c'])
    exchange(ana, bo)
    edit(ana, () => ['c', 'a', 'b'])
    edit(bo, () => ['a', 'b'])
    exchange(ana, bo)
    const before = encodedState(ana).length
    edit(bo, items => items.filter(item => item !== 'b'))
    exchange(ana, bo)
    expect(encodedState(ana).length).toBeLessThan(before - 30)
  })

  test('[MERGE5] concurrent moves of one element leave it once', () => {
    const [ana, bo] = pair()
    ana.store.set('list', ['a', 'b', 'c', 'd'])
    exchange(ana, bo)
    edit(ana, () => ['d', 'a', 'b', 'c'])
    bo.wallClock.nowMs += 1
    edit(bo, () => ['a', 'd', 'b', 'c'])
    exchange(ana, bo)
    expect(list(ana)).toEqual(['a', 'd', 'b', 'c'])
    expect(list(bo)).toEqual(list(ana))
  })

  test('[MERGE5] a move and an edit of one element at once both stick', () => {
    const [ana, bo] = pair()
    ana.store.set('list', [
      { id: 1, n: 0 },
      { id: 2, n: 0 },
    ])
    exchange(ana, bo)
    edit(ana, ([first, second]) => [second ?? null, first ?? null])
    edit(bo, items => items.map(item => ({ ...(item as object), n: 5 })))
    exchange(ana, bo)
    expect(list(ana)).toEqual([
      { id: 2, n: 5 },
      { id: 1, n: 5 },
    ])
    expect(list(bo)).toEqual(list(ana))
  })
})

describe('elements keep who they are', () => {
  test('[MERGE9] concurrent edits of different fields of one element both stick', () => {
    const [ana, bo] = pair()
    ana.store.set('list', [{ id: 'x', text: 'hi', done: false }])
    exchange(ana, bo)
    edit(ana, items => items.map(item => ({ ...(item as object), done: true })))
    edit(bo, items => [...items.map(item => ({ ...(item as object), text: 'hello' })), { id: 'y' }])
    exchange(ana, bo)
    expect(list(ana)).toEqual([{ id: 'x', text: 'hello', done: true }, { id: 'y' }])
  })

  test('[MERGE9] an element without an id is known again by half of its fields', () => {
    const [ana, bo] = pair()
    ana.store.set('list', [
      { text: 'hi', done: false },
      { text: 'ho', done: false },
    ])
    exchange(ana, bo)
    ana.store.set('list', [
      { text: 'hi', done: true },
      { text: 'ho', done: false },
    ])
    bo.store.set('list', [
      { text: 'hi!', done: false },
      { text: 'ho', done: false },
    ])
    exchange(ana, bo)
    expect(list(ana)).toEqual([
      { text: 'hi!', done: true },
      { text: 'ho', done: false },
    ])
  })

  test('[MERGE9] rows of a grid are written into, so that two players at once both move', () => {
    const [ana, bo] = pair()
    const rows = (...cells: string[]) => [cells.slice(0, 3), cells.slice(3, 6)]
    ana.store.set('list', rows('', '', '', '', '', ''))
    exchange(ana, bo)
    ana.store.set('list', rows('x', '', '', '', '', ''))
    bo.store.set('list', rows('', '', '', '', '', 'o'))
    exchange(ana, bo)
    expect(list(ana)).toEqual(rows('x', '', '', '', '', 'o'))
  })

  test('[MERGE9] of equal elements the one that was removed is removed', () => {
    const [ana, bo] = pair()
    ana.store.set('list', ['a', 'b', 'a'])
    exchange(ana, bo)
    ana.store.set('list', ['b', 'a'])
    bo.store.set('list', ['a', 'x', 'b', 'a'])
    exchange(ana, bo)
    expect(list(ana)).toEqual(['x', 'b', 'a'])
  })

  test('[MERGE6] an element inserted twice at once under one id is one element, its fields merged', () => {
    const [ana, bo] = pair()
    ana.store.set('list', [])
    exchange(ana, bo)
    edit(ana, items => [...items, { id: 'm1', pinnedBy: 'ana' }, 'a'])
    edit(bo, items => ['b', ...items, { id: 'm1', at: 3 }])
    exchange(ana, bo)
    expect(list(ana).filter(item => typeof item === 'object')).toEqual([{ id: 'm1', pinnedBy: 'ana', at: 3 }])
    expect(list(ana)).toHaveLength(3)
    expect(list(bo)).toEqual(list(ana))
  })

  test('[MERGE6] the id 1 and the id "1" are two elements, and an id that is not unique keys nothing', () => {
    const [ana, bo] = pair()
    ana.store.set('list', [])
    exchange(ana, bo)
    edit(ana, () => [{ id: 1 }, { id: 'twice', a: 1 }, { id: 'twice', b: 1 }])
    edit(bo, () => [{ id: '1' }])
    exchange(ana, bo)
    expect(list(ana)).toHaveLength(4)
  })

  test('[MERGE6] an id inserted again after its removal is a fresh element', () => {
    const [ana, bo] = pair()
    ana.store.set('list', [{ id: 'm', old: true }])
    exchange(ana, bo)
    edit(ana, () => [])
    edit(ana, () => [{ id: 'm', fresh: true }])
    edit(bo, () => [{ id: 'm', old: true, stale: true }])
    exchange(ana, bo)
    expect(list(ana)).toEqual([{ id: 'm', fresh: true }])
    expect(list(bo)).toEqual(list(ana))
  })
})

describe('first versions', () => {
  test('[MERGE8] two equal first versions at once are one', () => {
    const [ana, bo] = pair()
    for (const { store } of [ana, bo]) store.set('list', ['a', 'b', 'a', { n: 1 }])
    exchange(ana, bo)
    expect(list(ana)).toEqual(['a', 'b', 'a', { n: 1 }])
    expect(ana.store.conflicts('list')).toEqual([])
  })

  test('[MERGE8] two different first versions at once keep their runs apart', () => {
    const [ana, bo] = pair()
    ana.store.set('list', ['a1', 'a2', 'a3'])
    bo.store.set('list', ['b1', 'b2', 'b3'])
    exchange(ana, bo)
    const joined = list(ana).join(' ')
    expect(['a1 a2 a3 b1 b2 b3', 'b1 b2 b3 a1 a2 a3']).toContain(joined)
  })

  test('[MERGE8] an element of a united first version that one peer removed is gone', () => {
    const [ana, bo] = pair()
    for (const { store } of [ana, bo]) store.set('list', ['a', 'b'])
    exchange(ana, bo)
    edit(ana, () => ['b'])
    exchange(ana, bo)
    expect(list(bo)).toEqual(['b'])
  })
})

describe('runs', () => {
  const words = (name: string) => ['1', '2', '3', '4'].map(n => name + n)
  const keepsRuns = (items: readonly Json[]) => {
    for (const name of ['a', 'b', 'c']) expect(items.join('')).toContain(words(name).join(''))
  }

  test('[MERGE7] runs pushed one call at a time do not interleave', () => {
    const peers = ['a', 'b', 'c'].map((name, i) => openReplica(name, i + 1))
    const [first] = peers
    first?.store.set('list', ['start', 'end'])
    exchange(...peers)
    for (let i = 0; i < 4; i++) for (const peer of peers) edit(peer, items => [...items, words(peer.name)[i] ?? ''])
    exchange(...peers)
    for (const peer of peers) keepsRuns(list(peer))
  })

  test('[MERGE7] runs inserted between two elements, forwards, do not interleave', () => {
    const peers = ['a', 'b', 'c'].map((name, i) => openReplica(name, i + 1))
    peers[0]?.store.set('list', ['start', 'end'])
    exchange(...peers)
    for (let i = 0; i < 4; i++)
      for (const peer of peers) edit(peer, items => [...items.slice(0, -1), words(peer.name)[i] ?? '', 'end'])
    exchange(...peers)
    for (const peer of peers) {
      keepsRuns(list(peer))
      expect([list(peer).at(0), list(peer).at(-1)]).toEqual(['start', 'end'])
    }
  })

  test('[MERGE7] runs inserted between two elements, backwards, do not interleave', () => {
    const peers = ['a', 'b', 'c'].map((name, i) => openReplica(name, i + 1))
    peers[0]?.store.set('list', ['start', 'end'])
    exchange(...peers)
    for (let i = 3; i >= 0; i--)
      for (const peer of peers) edit(peer, ([start, ...rest]) => [start ?? '', words(peer.name)[i] ?? '', ...rest])
    exchange(...peers)
    for (const peer of peers) {
      keepsRuns(list(peer))
      expect([list(peer).at(0), list(peer).at(-1)]).toEqual(['start', 'end'])
    }
  })

  test('[MERGE7] stay whole in a new list while somebody brings the deleted one back', () => {
    const [ana, bo] = pair()
    bo.store.list('list').push('a', 'b', 'c')
    exchange(ana, bo)
    ana.store.delete('list')
    ana.store.history.undo()
    bo.store.delete('list')
    bo.store.list('list').push('d', 'e', 'f')
    exchange(ana, bo)
    expect(list(ana).join('')).toBe('abcdef')
    expect(list(bo)).toEqual(list(ana))
  })
})

describe('positions stay short', () => {
  const state = (count: number, change: (items: readonly Json[], i: number) => readonly Json[]) => {
    const peers = [1, 2, 3, 4, 5].map(n => openReplica(`peer-${n}`, n))
    peers[0]?.store.set('list', ['first', 'second'])
    exchange(...peers)
    for (let i = 0; i < count; i++) {
      const peer = peers[i % 5]
      if (!peer) continue
      edit(peer, items => change(items, i))
      const update = peer.updates.at(-1)
      for (const other of peers) if (update && other !== peer) other.replica.receive(update, () => true)
    }
    return peers[0] ? encodedState(peers[0]).length : 0
  }

  test('[MERGE7] a queue of three that five authors push to in turn does not grow', () => {
    const push = (items: readonly Json[], i: number) => [...items.slice(-2), i]
    expect(state(600, push) - state(60, push)).toBeLessThanOrEqual(24)
  })

  test('[MERGE7] repeated insertion at one place by five authors in turn does not grow', () => {
    const insert = ([first, ...rest]: readonly Json[], i: number) => [first ?? '', i, ...rest.slice(0, 3)]
    expect(state(600, insert) - state(60, insert)).toBeLessThanOrEqual(24)
  })

  test('[MERGE7] insertion now left and now right of the last one still reads back as written', () => {
    const ana = openReplica('ana', 1)
    let expected: Json[] = [0, 1]
    ana.store.set('list', expected)
    for (let i = 2, at = 1; i < 120; i++) {
      expected = [...expected.slice(0, at), i, ...expected.slice(at)]
      ana.store.set('list', expected)
      expect(ana.store.get('list')).toEqual(expected)
      at += i % 2
    }
  })
})

test('[MERGE4] elements at one position are in the order of who inserted them, in whatever order they come', () => {
  const logs = [
    rawLog(50, ['list', 1_000_000, [2]], [[0, 0, 0], 1_000_000, 'a', 2]),
    rawLog(51, [[0, 50, 0], 1_000_000, 'b', 50, 2]),
    rawLog(52, [[0, 50, 0], 1_000_000, 'c', 50, 2]),
  ] as const
  const [first, ...others] = logs
  for (const order of [others, [...others].reverse()]) {
    const replica = openReplica('ana', 1)
    for (const log of [first, ...order]) expect(replica.replica.receive(log, () => true).outcome).toBe('applied')
    expect(replica.store.get('list')).toEqual(['a', 'b', 'c'])
  }
})
