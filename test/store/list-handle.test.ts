import { describe, expect, test } from 'vitest'
import type { List } from '../../src/store/list.js'
import type { Json } from '../../src/store/value.js'
import { rawLog } from '../support/raw-log.js'
import { exchange, openReplica, type TestReplica } from '../support/replicas.js'

const pair = () => [openReplica('ana', 1), openReplica('bo', 2)] as const
const queue = ({ store }: TestReplica, max?: number): List =>
  max === undefined ? store.list('queue') : store.list('queue', { max })
const receive = ({ replica }: TestReplica, bytes: Uint8Array) => replica.receive(bytes, () => true).outcome
const items = (replica: TestReplica) => replica.store.get('queue')

/** A list that both have. */
function sharing(...values: readonly Json[]) {
  const [ana, bo] = pair()
  queue(ana).push(...values)
  exchange(ana, bo)
  return [ana, bo] as const
}

describe('writing by index', () => {
  test('[LIST1] [KIND1] push, insert, remove and move name places by index', () => {
    const ana = openReplica('ana', 1)
    expect(queue(ana).items).toEqual([])
    queue(ana).push('a', 'b')
    queue(ana).insert(1, 'x', 'y')
    expect(items(ana)).toEqual(['a', 'x', 'y', 'b'])
    queue(ana).remove(1)
    queue(ana).insert(3, 'c')
    expect(queue(ana).items).toEqual(['a', 'y', 'b', 'c'])
    queue(ana).remove(1, 2)
    expect(queue(ana).items).toEqual(['a', 'c'])
  })

  test('[LIST1] the second index of a move counts without the moved element', () => {
    const ana = openReplica('ana', 1)
    queue(ana).push('a', 'b', 'c', 'd')
    queue(ana).move(0, 2)
    expect(items(ana)).toEqual(['b', 'c', 'a', 'd'])
    queue(ana).move(3, 0)
    expect(items(ana)).toEqual(['d', 'b', 'c', 'a'])
    queue(ana).move(0, 3)
    expect(items(ana)).toEqual(['b', 'c', 'a', 'd'])
  })

  test('[LIST1] an index that is not there throws, and nothing changes', () => {
    const ana = openReplica('ana', 1)
    const refusal = expect.objectContaining({ code: 'invalid-option' })
    expect(() => queue(ana).insert(1, 'a')).toThrow(refusal)
    expect(() => queue(ana).move(0, 0)).toThrow(refusal)
    expect(() => queue(ana).remove(0)).toThrow(refusal)
    queue(ana).push('a', 'b')
    const written = ana.updates.length
    for (const index of [-1, 3, 0.5, NaN, Infinity]) {
      expect(() => queue(ana).insert(index, 'x')).toThrow(refusal)
      expect(() => queue(ana).remove(index)).toThrow(refusal)
      expect(() => queue(ana).move(index, 0)).toThrow(refusal)
      expect(() => queue(ana).move(0, index)).toThrow(refusal)
    }
    expect(() => queue(ana).move(2, 0)).toThrow(refusal)
    expect(() => queue(ana).remove(0, 3)).toThrow(refusal)
    expect(() => queue(ana).remove(0, -1)).toThrow(refusal)
    expect(items(ana)).toEqual(['a', 'b'])
    expect(ana.updates).toHaveLength(written)
  })

  test('[LIST1] [MERGE11] what changes nothing is no write, and makes no list', () => {
    const ana = openReplica('ana', 1)
    queue(ana, 3).push()
    queue(ana, 3).insert(0)
    queue(ana, 3).remove(0, 0)
    expect(ana.updates).toEqual([])
    queue(ana).push('a', 'b')
    queue(ana, 3).remove(1, 0)
    queue(ana, 3).move(1, 1)
    expect(ana.updates).toHaveLength(1)
  })

  test('[VALUE1] an item that is no JSON is refused, and so are those beside it', () => {
    const ana = openReplica('ana', 1)
    for (const item of [undefined, NaN, new Map(), 1n])
      expect(() => queue(ana).push('a', item as never)).toThrow(expect.objectContaining({ code: 'invalid-value' }))
    expect(ana.store.has('queue')).toBe(false)
    queue(ana).push(null, -0)
    expect(items(ana)).toEqual([null, 0])
  })

  test('[LIST1] a list that was emptied is an empty list', () => {
    const [ana, bo] = sharing('a')
    queue(ana).remove(0)
    exchange(ana, bo)
    expect(items(bo)).toEqual([])
    expect(bo.store.has('queue')).toBe(true)
  })
})

describe('at once', () => {
  test('[LIST1] [MERGE4] concurrent pushes and inserts all survive, also of equal values, also where no list was', () => {
    const [ana, bo] = pair()
    queue(ana).push('x')
    queue(bo).push('x')
    exchange(ana, bo)
    expect(items(ana)).toEqual(['x', 'x'])
    queue(ana).insert(1, 'a1', 'a2')
    queue(bo).insert(1, 'b1')
    queue(bo).insert(2, 'b2')
    exchange(ana, bo)
    expect(['x,a1,a2,b1,b2,x', 'x,b1,b2,a1,a2,x']).toContain((items(ana) as string[]).join())
    expect(items(bo)).toEqual(items(ana))
  })

  test('[LIST1] [MERGE5] an element that two move at once is there once, in one place', () => {
    const [ana, bo] = sharing('a', 'b', 'c', 'd')
    queue(ana).move(0, 3)
    queue(bo).move(0, 1)
    exchange(ana, bo)
    expect((items(ana) as string[]).toSorted()).toEqual(['a', 'b', 'c', 'd'])
    expect(items(bo)).toEqual(items(ana))
    expect(ana.store.conflicts('queue')).toEqual([])
  })

  test('[LIST1] two who reorder other elements both succeed', () => {
    const [ana, bo] = sharing('a', 'b', 'c', 'd')
    queue(ana).move(0, 1)
    queue(bo).move(3, 2)
    exchange(ana, bo)
    for (const replica of [ana, bo]) expect(items(replica)).toEqual(['b', 'a', 'd', 'c'])
  })

  test('[MERGE5] [MERGE12] a removed element stays removed, whoever moves it at the same time, who is told', () => {
    const [ana, bo] = sharing('a', 'b', 'c')
    queue(ana).remove(0)
    queue(bo).move(0, 2)
    exchange(ana, bo)
    for (const replica of [ana, bo]) expect(items(replica)).toEqual(['b', 'c'])
    expect(bo.conflictEvents).toMatchObject([{ key: 'queue', rule: 'deleted', updatedBy: 'bo' }])
  })

  test('[MERGE5] two who remove one element remove one', () => {
    const [ana, bo] = sharing('a', 'a', 'a')
    queue(ana).remove(1)
    queue(bo).remove(1)
    exchange(ana, bo)
    for (const replica of [ana, bo]) expect(items(replica)).toEqual(['a', 'a'])
  })

  test('[MERGE6] an item of one id that two push at once is one element, its fields merged', () => {
    const [ana, bo] = pair()
    queue(ana).push({ id: 'p', text: 'hi' })
    queue(bo).push({ id: 'p', by: 'bo' })
    exchange(ana, bo)
    for (const replica of [ana, bo]) expect(items(replica)).toEqual([{ by: 'bo', id: 'p', text: 'hi' }])
  })

  test('[MERGE6] an id that is there already makes another element', () => {
    const [ana, bo] = sharing({ id: 'p' })
    queue(ana).push({ id: 'p' })
    queue(bo).push({ id: 'p' })
    exchange(ana, bo)
    for (const replica of [ana, bo]) expect(items(replica)).toHaveLength(3)
  })

  test('[LIST1] pushes through the handle and a rewrite by set merge', () => {
    const [ana, bo] = sharing('a', 'b')
    queue(ana).push('c')
    bo.store.set('queue', ['b', 'z'])
    exchange(ana, bo)
    for (const replica of [ana, bo]) expect(['b,c,z', 'b,z,c']).toContain((items(replica) as string[]).join())
    expect(items(ana)).toEqual(items(bo))
  })
})

describe('a bound', () => {
  test('[LIST2] the newest stay, in the order of the list', () => {
    const ana = openReplica('ana', 1)
    for (const item of ['a', 'b', 'c', 'd']) queue(ana, 3).push(item)
    expect(items(ana)).toEqual(['b', 'c', 'd'])
    queue(ana).insert(0, 'first')
    expect(items(ana)).toEqual(['first', 'c', 'd'])
    queue(ana).push('p', 'q', 'r', 's')
    expect(items(ana)).toEqual(['q', 'r', 's'])
    expect(ana.store.usage.bytes).toBe(5 + '["q","r","s"]'.length)
  })

  test('[LIST2] a move makes an element no newer', () => {
    const ana = openReplica('ana', 1)
    for (const item of ['a', 'b', 'c']) queue(ana, 3).push(item)
    queue(ana).move(0, 2)
    expect(items(ana)).toEqual(['b', 'c', 'a'])
    queue(ana).push('d')
    expect(items(ana)).toEqual(['b', 'c', 'd'])
  })

  test('[LIST2] several who push at once leave the same ones everywhere, whoever hears of them in what order', () => {
    const all = [openReplica('ana', 1), openReplica('bo', 2), openReplica('cy', 3)]
    const [ana] = all
    if (!ana) return
    queue(ana, 3).push('old')
    exchange(...all)
    for (const [i, replica] of all.entries()) {
      replica.wallClock.nowMs += 10 * (3 - i)
      queue(replica, 3).push(`${i}.1`)
      queue(replica, 3).push(`${i}.2`)
    }
    const late = openReplica('late', 4)
    exchange(...all.toReversed())
    exchange(late, ...all)
    for (const replica of [...all, late]) {
      expect((items(replica) as string[]).toSorted()).toEqual(['0.1', '0.2', '1.2'])
      expect(items(replica)).toEqual(items(ana))
    }
    queue(late, 3).push('next')
    exchange(late, ...all)
    for (const replica of all) expect((items(replica) as string[]).toSorted()).toEqual(['0.1', '0.2', 'next'])
  })

  test('[LIST2] it is a field of the list, and holds for who does not name it', () => {
    const [ana, bo] = pair()
    queue(ana, 2).push('a', 'b')
    exchange(ana, bo)
    queue(bo).push('c')
    exchange(ana, bo)
    for (const replica of [ana, bo]) expect(items(replica)).toEqual(['b', 'c'])
    bo.store.set('queue', ['x', 'y', 'z'])
    expect(items(bo)).toEqual(['y', 'z'])
  })

  test('[LIST2] it is written with the first write through a handle that names another, and not before', () => {
    const [ana, bo] = sharing('a', 'b', 'c')
    const written = bo.updates.length
    const two = queue(bo, 2)
    expect(two.items).toEqual(['a', 'b', 'c'])
    expect(bo.updates).toHaveLength(written)
    two.move(0, 1)
    expect(two.items).toEqual(['b', 'c'])
    queue(bo, 3).push('d', 'e')
    exchange(ana, bo)
    for (const replica of [ana, bo]) expect(items(replica)).toEqual(['c', 'd', 'e'])
  })

  test('[LIST2] two bounds named at once are one, and no conflict', () => {
    const [ana, bo] = sharing('a', 'b', 'c')
    queue(ana, 2).push('ana')
    bo.wallClock.nowMs += 5
    queue(bo, 1).push('bo')
    exchange(ana, bo)
    for (const { store } of [ana, bo]) {
      expect(store.get('queue')).toEqual(['bo'])
      expect(store.conflicts('queue')).toEqual([])
    }
  })

  test.each([0, -1, 1.5, NaN, Infinity, '3', null])('[LIST2] a bound of %j is refused', max => {
    const ana = openReplica('ana', 1)
    expect(() => ana.store.list('queue', { max: max as number })).toThrow(
      expect.objectContaining({ code: 'invalid-option' }),
    )
  })
})

describe('lists that no honest writer makes', () => {
  const elements = [0, 1, 2].map(i => [[0, 0, i], 1_000_000, `e${i}`, 2])

  test.each<[string, unknown]>([
    ['none', 0],
    ['below none', -1],
    ['half a one', 1.5],
    ['a text', '2'],
    ['true', true],
    ['null', null],
    ['an object', [1]],
    ['a tally', [1, 2]],
  ])('[LIST2] a bound that is %s is none, and nothing throws', (_, max) => {
    const [ana, bo] = pair()
    const log = rawLog(66, ['queue', 1_000_000, [6]], ...elements, ['max', 1_000_000, max, 2])
    const outcomes = [ana, bo].map(replica => receive(replica, log))
    expect(new Set(outcomes).size).toBe(1)
    if (outcomes[0] === 'refused') return
    expect(items(ana)).toEqual(['e0', 'e1', 'e2'])
    queue(bo, 2).push('x')
    exchange(ana, bo)
    for (const replica of [ana, bo]) expect(items(replica)).toEqual(['e2', 'x'])
  })

  test('[LIST2] of equal stamps and one writer the later entries stay', () => {
    const ana = openReplica('ana', 1)
    receive(ana, rawLog(66, ['queue', 1_000_000, [6]], ['max', 1_000_000, 2, 2], ...elements.toReversed()))
    expect(items(ana)).toEqual(['e0', 'e1'])
  })

  test('[LIST2] the bound of a list inside a value holds too', () => {
    const ana = openReplica('ana', 1)
    const log = [
      ['poll', 1_000_000, [1]],
      ['list', 1_000_000, [2], 2],
      ['max', 1_000_000, 1, 3],
    ]
    receive(ana, rawLog(66, ...log, [[0, 0, 0], 1_000_000, 'a', 3], [[0, 0, 1], 1_000_000, 'b', 3]))
    expect(ana.store.get('poll')).toEqual({ list: ['b'] })
    ana.store.set('poll', { list: ['b', 'c'] })
    expect(ana.store.get('poll')).toEqual({ list: ['c'] })
  })

  test('[LIST1] fields, tallies and baselines in a list are not seen', () => {
    const ana = openReplica('ana', 1)
    const strays = [
      ['x', 1_000_000, 1, 2],
      [0, 1_000_000, [1, 5], 2],
      [66, 1_000_000, [1, 5], 2],
    ]
    receive(ana, rawLog(66, ['queue', 1_000_000, [6]], ...elements, ...strays))
    expect(items(ana)).toEqual(['e0', 'e1', 'e2'])
    ana.store.set('queue', ['e1'])
    expect(items(ana)).toEqual(['e1'])
  })
})
