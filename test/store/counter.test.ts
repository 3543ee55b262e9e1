import { describe, expect, test } from 'vitest'
import { rawLog } from '../support/raw-log.js'
import { encodedState, exchange, openReplica, type TestReplica } from '../support/replicas.js'

const pair = () => [openReplica('ana', 1), openReplica('bo', 2)] as const
const claps = ({ store }: TestReplica) => store.counter('claps')
const receive = ({ replica }: TestReplica, bytes: Uint8Array) => replica.receive(bytes, () => true).outcome

describe('counting', () => {
  test('[COUNTER1] [KIND1] steps add up, from 0 where nothing was', () => {
    const ana = openReplica('ana', 1)
    expect(claps(ana).value).toBe(0)
    claps(ana).increment()
    claps(ana).increment(5)
    claps(ana).decrement(2)
    claps(ana).decrement()
    expect(claps(ana).value).toBe(3)
    expect(ana.store.get('claps')).toBe(3)
  })

  test('[COUNTER2] increments and decrements made at once all count', () => {
    const [ana, bo] = pair()
    const cy = openReplica('cy', 3)
    claps(ana).increment(2)
    exchange(ana, bo, cy)
    claps(ana).increment(3)
    claps(bo).decrement(10)
    claps(bo).increment()
    claps(cy).increment()
    exchange(ana, bo, cy)
    for (const replica of [ana, bo, cy]) expect(claps(replica).value).toBe(-3)
    expect(ana.store.conflicts('claps')).toEqual([])
  })

  test('[COUNTER2] what a writer that has left had counted stays, also for a late joiner', () => {
    const [ana, bo] = pair()
    claps(ana).increment(7)
    exchange(ana, bo)
    ana.close()
    claps(bo).increment()
    const late = openReplica('late', 3)
    exchange(bo, late)
    expect(claps(late).value).toBe(8)
  })

  test('[COUNTER2] [KIND3] a counter that two make at once is one', () => {
    const [ana, bo] = pair()
    claps(ana).increment(2)
    claps(bo).increment(3)
    exchange(ana, bo)
    expect(claps(ana).value).toBe(5)
    claps(ana).increment()
    claps(bo).increment()
    exchange(ana, bo)
    for (const replica of [ana, bo]) expect(claps(replica).value).toBe(7)
  })

  test('[COUNTER1] [DATA6] a writer has one tally, however often it counts', () => {
    const ana = openReplica('ana', 1)
    claps(ana).increment()
    const before = encodedState(ana).length
    for (let i = 0; i < 500; i++) claps(ana).increment()
    expect(claps(ana).value).toBe(501)
    expect(encodedState(ana).length).toBeLessThan(before + 20)
  })

  test('[MERGE12] what is counted in a counter that is deleted at the same time is lost, and told', () => {
    const [ana, bo] = pair()
    claps(ana).increment(4)
    exchange(ana, bo)
    ana.store.delete('claps')
    claps(bo).increment()
    exchange(ana, bo)
    for (const { store } of [ana, bo]) expect(store.get('claps')).toBeNull()
    expect(bo.conflictEvents).toMatchObject([{ key: 'claps', rule: 'deleted', updatedBy: 'bo' }])
    expect(ana.conflictEvents).toEqual([])
    claps(bo).increment()
    exchange(ana, bo)
    expect(claps(ana).value).toBe(1)
  })
})

describe('resetting', () => {
  test('[COUNTER3] a reset gives 0, and one of 0 writes nothing', () => {
    const ana = openReplica('ana', 1)
    claps(ana).reset()
    expect(ana.store.has('claps')).toBe(false)
    claps(ana).increment(3)
    claps(ana).reset()
    const written = ana.updates.length
    claps(ana).reset()
    expect(ana.updates).toHaveLength(written)
    expect(claps(ana).value).toBe(0)
    claps(ana).increment()
    expect(claps(ana).value).toBe(1)
  })

  test('[COUNTER3] a reset of what has come to 0 and one that saw less, at once, give 0', () => {
    const [ana, bo] = [openReplica('ana', 1), openReplica('bo', 2)]
    claps(ana).increment(3)
    exchange(ana, bo)
    claps(ana).decrement(3)
    claps(ana).reset()
    claps(bo).reset()
    exchange(ana, bo)
    expect([claps(ana).value, claps(bo).value]).toEqual([0, 0])
  })

  test('[COUNTER3] two resets at once give 0', () => {
    const [ana, bo] = pair()
    claps(ana).increment(5)
    exchange(ana, bo)
    claps(bo).increment(2)
    exchange(ana, bo)
    claps(ana).reset()
    claps(bo).reset()
    exchange(ana, bo)
    for (const replica of [ana, bo]) expect(claps(replica).value).toBe(0)
    expect(ana.store.conflicts('claps')).toEqual([])
  })

  test('[COUNTER3] what is counted during a reset counts on', () => {
    const [ana, bo] = pair()
    claps(ana).increment(5)
    claps(bo).increment(4)
    exchange(ana, bo)
    claps(ana).reset()
    claps(bo).increment(2)
    exchange(ana, bo)
    for (const replica of [ana, bo]) expect(claps(replica).value).toBe(2)
  })

  test('[COUNTER1] [COUNTER3] of two resets that saw different counts, the one that saw more is taken', () => {
    const [ana, bo] = pair()
    const cy = openReplica('cy', 3, { nowMs: 5_000_000 })
    claps(ana).increment(1)
    exchange(ana, bo, cy)
    claps(ana).increment(10)
    exchange(ana, bo)
    bo.wallClock.nowMs -= 900_000
    claps(bo).reset()
    claps(cy).reset()
    exchange(ana, bo, cy)
    for (const replica of [ana, bo, cy]) expect(claps(replica).value).toBe(0)
    claps(ana).increment()
    exchange(ana, bo, cy)
    for (const replica of [ana, bo, cy]) expect(claps(replica).value).toBe(1)
  })

  test('[COUNTER3] set to a number is a reset to that number', () => {
    const [ana, bo] = pair()
    claps(ana).increment(5)
    exchange(ana, bo)
    ana.store.set('claps', 100)
    claps(bo).increment(2)
    exchange(ana, bo)
    for (const { store } of [ana, bo]) expect(store.get('claps')).toBe(102)
    ana.store.set('claps', 0)
    exchange(ana, bo)
    expect(claps(bo).value).toBe(0)
    expect(bo.store.has('claps')).toBe(true)
  })

  test('[COUNTER3] a number set anew wins over a reset that knew it from before', () => {
    const [ana, bo] = pair()
    claps(ana).increment(5)
    ana.store.set('claps', 100)
    exchange(ana, bo)
    claps(ana).increment()
    ana.store.set('claps', 100)
    claps(bo).reset()
    exchange(ana, bo)
    for (const { store } of [ana, bo]) expect(store.get('claps')).toBe(100)
  })

  test('[COUNTER3] [MERGE11] of two numbers set at once one wins, the other is a conflict, and setting settles it', () => {
    const [ana, bo] = pair()
    claps(ana).increment()
    exchange(ana, bo)
    ana.store.set('claps', 50)
    bo.store.set('claps', 70)
    exchange(ana, bo)
    for (const { store } of [ana, bo]) {
      expect(store.get('claps')).toBe(70)
      expect(store.conflicts('claps')).toMatchObject([{ path: [], value: 50, updatedBy: 'ana' }])
    }
    ana.store.set('claps', 70)
    exchange(ana, bo)
    for (const { store } of [ana, bo]) {
      expect(store.get('claps')).toBe(70)
      expect(store.conflicts('claps')).toEqual([])
    }
  })
})

describe('what cannot be counted', () => {
  const max = Number.MAX_SAFE_INTEGER

  test.each([0.5, NaN, Infinity, 2 ** 53])('[COUNTER4] a step of %d is refused', by => {
    const ana = openReplica('ana', 1)
    expect(() => claps(ana).increment(by)).toThrow(expect.objectContaining({ code: 'invalid-value' }))
    expect(() => claps(ana).decrement(by)).toThrow(expect.objectContaining({ code: 'invalid-value' }))
    expect(ana.store.has('claps')).toBe(false)
  })

  test('[COUNTER4] a value past the safe integers is refused', () => {
    const [ana, bo] = pair()
    claps(ana).increment(max)
    exchange(ana, bo)
    for (const replica of [ana, bo])
      expect(() => claps(replica).increment()).toThrow(expect.objectContaining({ code: 'invalid-value' }))
    expect(claps(ana).value).toBe(max)
    claps(bo).decrement()
    exchange(ana, bo)
    expect(claps(ana).value).toBe(max - 1)
  })

  test('[COUNTER4] so is a total of the writer itself past them, whatever others have taken off', () => {
    const [ana, bo] = pair()
    claps(ana).increment(max)
    exchange(ana, bo)
    claps(bo).decrement(max)
    exchange(ana, bo)
    expect(claps(ana).value).toBe(0)
    expect(() => claps(ana).increment()).toThrow(expect.objectContaining({ code: 'invalid-value' }))
    claps(bo).increment()
    expect(claps(bo).value).toBe(1)
  })

  test('[COUNTER4] what two count past the safe integers together is the same on all, and can be reset', () => {
    const [ana, bo] = pair()
    claps(ana).increment(max)
    claps(bo).increment(max)
    exchange(ana, bo)
    expect(claps(ana).value).toBe(claps(bo).value)
    expect(() => claps(ana).increment()).toThrow(expect.objectContaining({ code: 'invalid-value' }))
    claps(bo).reset()
    exchange(ana, bo)
    expect(claps(ana).value).toBe(0)
  })
})

describe('tallies that no honest writer has', () => {
  const counter = ['claps', 1_000_000, [3]]

  /** What all make of these logs, whichever comes first. */
  function readers(...logs: readonly Uint8Array[]): TestReplica[] {
    const orders = [logs, logs.toReversed(), [...logs, ...logs.slice(0, 1)]]
    return orders.map((order, i) => {
      const reader = openReplica('reader', 500 + i)
      for (const bytes of order) receive(reader, bytes)
      for (const bytes of order) receive(reader, bytes)
      return reader
    })
  }
  const values = (all: readonly TestReplica[]) => new Set(all.map(({ store }) => JSON.stringify(store.getAll())))

  test.each<[string, unknown]>([
    ['a count below 0', [-1, 5]],
    ['half a count', [1.5, 5]],
    ['a count past the safe integers', [2 ** 53, 5]],
    ['half a total', [1, 0.5]],
    ['a total past the safe integers', [1, 2 ** 53]],
    ['an endless total', [1, Infinity]],
    ['texts', ['1', '5']],
    ['a number that is missing', [1]],
  ])('[GATE2] [DATA3] a tally with %s is refused', (_, tally) => {
    const ana = openReplica('ana', 1)
    expect(receive(ana, rawLog(66, counter, [0, 1_000_000, tally, 2]))).toBe('refused')
    expect(ana.store.getAll()).toEqual({})
  })

  test('[GATE2] [DATA3] a baseline that is no pair of numbers is refused', () => {
    const ana = openReplica('ana', 1)
    for (const value of [9, 'many', null, [1], [1, 2, 3]])
      expect(receive(ana, rawLog(66, counter, [67, 1_000_000, value, 2]))).toBe('refused')
  })

  test('[COUNTER1] [COUNTER4] one with the greatest count and total is read alike by all, and stops nobody from a reset', () => {
    const huge = rawLog(66, counter, [0, 1_000_000, [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER], 2])
    const all = readers(huge, rawLog(67, ['claps', 1_000_001, [3]], [0, 1_000_001, [1, 5], 2]))
    expect(values(all).size).toBe(1)
    const [ana, bo] = all
    if (!ana || !bo) return
    claps(bo).reset()
    exchange(bo, ana)
    expect(claps(ana).value).toBe(0)
    claps(ana).increment()
    exchange(ana, bo)
    expect(claps(bo).value).toBe(1)
  })

  test('[COUNTER1] of two tallies of one writer that of the greater clock counts', () => {
    const all = readers(rawLog(66, counter, [0, 1_000_010, [2, 20], 2], [0, 1_000_009, [1, 300], 2]))
    expect([...values(all)]).toEqual(['{"claps":300}'])
  })

  test('[COUNTER1] a baseline for who never counted, and one of a count to come, take nothing off but what they say', () => {
    const made = rawLog(66, counter, [0, 1_000_000, [2, 20], 2], [99, 1_000_000, [5, 7], 2])
    const all = readers(made, rawLog(67, [66, 1_000_001, [9, 1], 66, 2], [0, 1_000_001, [1, 5], 66, 2]))
    // The tally of 66 counts again once its count is greater than 9.
    expect([...values(all)]).toEqual(['{"claps":5}'])
  })

  test.each(['many', 0.5, 2 ** 60, true])('[COUNTER1] a base that is no safe integer is none: %j', base => {
    const all = readers(rawLog(66, counter, [0, 1_000_000, [1, 5], 2], ['', 1_000_000, base, 2]))
    expect([...values(all)]).toEqual(['{"claps":5}'])
    for (const reader of all) expect(reader.store.usage.bytes).toBe(6)
  })

  test('[COUNTER1] a number where a tally should be counts nothing', () => {
    const all = readers(rawLog(66, counter, [0, 1_000_000, 5, 2]), rawLog(67, [0, 1_000_001, [3, 30], 66, 2]))
    expect([...values(all)]).toEqual(['{"claps":30}'])
  })

  test('[COUNTER1] fields, elements and members in a counter are not seen', () => {
    const strays = [
      ['x', 1_000_000, 1, 2],
      [[0, 0, 0], 1_000_000, 1, 2],
      ['"ana"', 1_000_000, null, 2],
    ]
    const all = readers(rawLog(66, counter, [0, 1_000_000, [1, 5], 2], ...strays))
    expect([...values(all)]).toEqual(['{"claps":5}'])
  })
})
