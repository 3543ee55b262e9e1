import { describe, expect, test } from 'vitest'
import { rawLog } from '../support/raw-log.js'
import { encodedState, exchange, openReplica, type TestReplica } from '../support/replicas.js'

const pair = () => [openReplica('ana', 1), openReplica('bo', 2)] as const
const hands = ({ store }: TestReplica) => store.members('hands')
const receive = ({ replica }: TestReplica, bytes: Uint8Array) => replica.receive(bytes, () => true).outcome

describe('adding and removing', () => {
  test('[MEMBERS1] [KIND1] equal values are one member, whatever the order of their fields', () => {
    const ana = openReplica('ana', 1)
    expect(hands(ana).values).toEqual([])
    hands(ana).add('bo', { a: 1, b: [2] }, 'bo')
    hands(ana).add({ b: [2], a: 1 })
    expect(hands(ana).values).toEqual(['bo', { a: 1, b: [2] }])
    expect(hands(ana).has({ b: [2], a: 1 })).toBe(true)
    expect(hands(ana).has({ b: [2] })).toBe(false)
    hands(ana).remove({ b: [2], a: 1 })
    expect(ana.store.get('hands')).toEqual(['bo'])
  })

  test('[MEMBERS1] they are in code unit order of their JSON', () => {
    const [ana, bo] = pair()
    hands(ana).add({ z: 1 }, 'é', null, 10, true, [1])
    hands(bo).add(9, 'a', -1, false, 'Z')
    exchange(ana, bo)
    for (const replica of [ana, bo])
      expect(hands(replica).values).toEqual(['Z', 'a', 'é', -1, 10, 9, [1], false, null, true, { z: 1 }])
  })

  test('[MEMBERS1] 0 and -0 are one, 1 and "1" are two', () => {
    const ana = openReplica('ana', 1)
    hands(ana).add(0, -0, 1, '1')
    expect(hands(ana).values).toEqual(['1', 0, 1])
  })

  test('[MEMBERS2] add always writes, in the same room; remove of what is not there writes nothing', () => {
    const ana = openReplica('ana', 1)
    hands(ana).add('ana')
    const size = encodedState(ana).length
    hands(ana).add('ana')
    expect(ana.updates).toHaveLength(2)
    expect(encodedState(ana).length).toBeLessThan(size + 20)
    hands(ana).remove('bo')
    hands(ana).add()
    hands(ana).remove()
    expect(ana.updates).toHaveLength(2)
  })

  test('[MEMBERS2] nothing added, or removed where nothing is, makes no key', () => {
    const ana = openReplica('ana', 1)
    hands(ana).add()
    hands(ana).remove('ana')
    expect(ana.updates).toEqual([])
    hands(ana).add('ana')
    hands(ana).remove('ana')
    expect(ana.store.get('hands')).toEqual([])
  })

  test('[VALUE1] a member that is no JSON is refused, and so are those beside it', () => {
    const ana = openReplica('ana', 1)
    for (const value of [undefined, NaN, new Set(), Symbol('hand')]) {
      expect(() => hands(ana).add('bo', value as never)).toThrow(expect.objectContaining({ code: 'invalid-value' }))
      expect(() => hands(ana).remove(value as never)).toThrow(expect.objectContaining({ code: 'invalid-value' }))
    }
    expect(ana.store.has('hands')).toBe(false)
  })
})

describe('at once', () => {
  test('[MEMBERS2] members added at once are all there', () => {
    const [ana, bo] = pair()
    hands(ana).add('ana', 'both')
    hands(bo).add('bo', 'both')
    exchange(ana, bo)
    for (const replica of [ana, bo]) expect(hands(replica).values).toEqual(['ana', 'bo', 'both'])
    hands(bo).remove('both')
    exchange(ana, bo)
    expect(hands(ana).values).toEqual(['ana', 'bo'])
  })

  test.each(['ana', 'bo'])('[MEMBERS2] an add wins over a remove at the same time, whoever is later (%s)', later => {
    const [ana, bo] = pair()
    hands(ana).add('cy')
    exchange(ana, bo)
    const late = later === 'ana' ? ana : bo
    late.wallClock.nowMs += 1000
    hands(ana).add('cy')
    hands(bo).remove('cy')
    exchange(ana, bo)
    for (const replica of [ana, bo]) expect(hands(replica).has('cy')).toBe(true)
  })

  test('[MEMBERS2] a remove that has seen the add removes', () => {
    const [ana, bo] = pair()
    hands(ana).add('cy')
    exchange(ana, bo)
    hands(bo).add('cy')
    exchange(ana, bo)
    hands(ana).remove('cy')
    exchange(ana, bo)
    for (const replica of [ana, bo]) expect(hands(replica).has('cy')).toBe(false)
  })

  test('[MEMBERS2] [MERGE11] set writes what differs, so an add at the same time stays', () => {
    const [ana, bo] = pair()
    hands(ana).add('ana', 'bo')
    exchange(ana, bo)
    ana.store.set('hands', ['cy', 'bo'])
    hands(bo).add('di')
    hands(bo).remove('bo')
    exchange(ana, bo)
    for (const replica of [ana, bo]) expect(hands(replica).values).toEqual(['cy', 'di'])
  })

  test('[MERGE12] a member added to members that are deleted at the same time is lost, and told', () => {
    const [ana, bo] = pair()
    hands(ana).add('ana')
    exchange(ana, bo)
    ana.store.delete('hands')
    hands(bo).add('bo')
    exchange(ana, bo)
    for (const { store } of [ana, bo]) expect(store.get('hands')).toBeNull()
    expect(bo.conflictEvents).toMatchObject([{ key: 'hands', rule: 'deleted', updatedBy: 'bo' }])
  })
})

describe('members that no honest writer adds', () => {
  const members = ['hands', 1_000_000, [4]]
  const honest = ['"ana"', 1_000_000, null, 2]

  test.each([
    '{',
    'ana',
    '',
    ' "bo"',
    '"bo" ',
    '{"b":1,"a":2}',
    '1.0',
    '-0',
    '1e0',
    '"\\u0061"',
    'NaN',
    '[undefined]',
    '"\\ud800"',
    '{"a":1,"a":2}',
  ])('[MEMBERS1] %j, which is not the JSON of a value as it is written here, is not seen', name => {
    const [ana, bo] = pair()
    for (const replica of [ana, bo])
      expect(receive(replica, rawLog(66, members, honest, [name, 1_000_000, null, 2]))).toBe('applied')
    for (const { store } of [ana, bo]) {
      expect(store.get('hands')).toEqual(['ana'])
      expect(store.usage.bytes).toBe(5 + '["ana"]'.length)
    }
    hands(ana).add('bo')
    bo.store.set('hands', ['bo'])
    exchange(ana, bo)
    for (const replica of [ana, bo]) expect(hands(replica).values).toEqual(['bo'])
  })

  test('[MEMBERS1] one nested too deep is not seen', () => {
    const ana = openReplica('ana', 1)
    const deep = `${'['.repeat(101)}${']'.repeat(101)}`
    receive(ana, rawLog(66, members, honest, [deep, 1_000_000, null, 2]))
    expect(hands(ana).values).toEqual(['ana'])
  })

  test.each<[string, unknown]>([
    ['a text', 'x'],
    ['an object', [1]],
    ['members', [4]],
    ['a tally', [1, 1]],
  ])('[MEMBERS1] what a member holds does not matter: %s', (_, value) => {
    const [ana, bo] = pair()
    const outcomes = [ana, bo].map(replica =>
      receive(replica, rawLog(66, members, honest, ['"bo"', 1_000_000, value, 2])),
    )
    expect(new Set(outcomes).size).toBe(1)
    if (outcomes[0] === 'refused') return
    expect(hands(ana).values).toEqual(['ana', 'bo'])
    expect(ana.store.conflicts('hands')).toEqual([])
    hands(ana).remove('bo')
    exchange(ana, bo)
    expect(hands(bo).values).toEqual(['ana'])
  })

  test('[MEMBERS1] elements, tallies and baselines in members are not seen', () => {
    const ana = openReplica('ana', 1)
    const strays = [
      [[0, 0, 0], 1_000_000, 1, 2],
      [0, 1_000_000, [1, 5], 2],
      [66, 1_000_000, [1, 5], 2],
    ]
    receive(ana, rawLog(66, members, honest, ...strays))
    expect(hands(ana).values).toEqual(['ana'])
    hands(ana).remove('ana')
    expect(hands(ana).values).toEqual([])
  })
})
