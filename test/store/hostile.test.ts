import * as encoding from 'lib0/encoding'
import { describe, expect, test } from 'vitest'
import { maxContainers } from '../../src/store/entry.js'
import { maxNumber } from '../../src/store/position.js'
import { encodedState, openReplica, type TestReplica } from '../support/replicas.js'

/** What a member of the room can send that Yjs itself would never write, and what must not come of it. */

type Struct = (encoder: encoding.Encoder) => void
type Section = { readonly writer: number; readonly clock: number; readonly structs: readonly Struct[] }

const structKind = { any: 8, type: 7 } as const
const hasOrigin = 128
const hasKey = 32

const logHead =
  (writer: number): Struct =>
  encoder => {
    encoding.writeUint8(encoder, structKind.type | hasKey)
    encoding.writeVarUint(encoder, 1)
    encoding.writeVarString(encoder, 'session')
    encoding.writeVarString(encoder, String(writer))
    encoding.writeVarUint(encoder, 0)
  }

/** Elements of a log, from this clock on. */
const elements =
  (writer: number, clock: number, content: readonly unknown[]): Struct =>
  encoder => {
    encoding.writeUint8(encoder, clock === 1 ? structKind.any : structKind.any | hasOrigin)
    // The first element names its log, each other one the element before it.
    if (clock === 1) encoding.writeVarUint(encoder, 0)
    encoding.writeVarUint(encoder, writer)
    encoding.writeVarUint(encoder, clock - 1)
    encoding.writeVarUint(encoder, content.length)
    for (const element of content) encoding.writeAny(encoder, element as Parameters<typeof encoding.writeAny>[1])
  }

const updateOf = (...sections: readonly Section[]): Uint8Array =>
  encoding.encode(encoder => {
    encoding.writeVarUint(encoder, sections.length)
    for (const { writer, clock, structs } of sections) {
      encoding.writeVarUint(encoder, structs.length)
      encoding.writeVarUint(encoder, writer)
      encoding.writeVarUint(encoder, clock)
      for (const struct of structs) struct(encoder)
    }
    encoding.writeVarUint(encoder, 0)
  })

const logOf = (writer: number, ...entries: readonly unknown[]): Section => ({
  writer,
  clock: 0,
  structs: [logHead(writer), elements(writer, 1, ['mallory', ...entries])],
})

const receive = ({ replica }: TestReplica, update: Uint8Array | undefined) =>
  replica.receive(update ?? new Uint8Array(), () => true)

const pair = () => [openReplica('ana', 1), openReplica('bo', 2)] as const

describe('updates that Yjs would read otherwise than the gate', () => {
  const rest: Section = { writer: 66, clock: 3, structs: [elements(66, 3, [['y', 1, 2]])] }

  test('[GATE2] [GATE4] a log in two parts with another between them is refused', () => {
    const ana = openReplica('ana', 1)
    const update = updateOf(logOf(66, ['x', 1, 1]), logOf(67), rest)
    expect(receive(ana, update).outcome).toBe('refused')
    expect(receive(openReplica('newcomer', 3), encodedState(ana)).outcome).toBe('known')
  })

  test('[GATE4] of a log in two adjoining parts both are taken, and nothing rests in pending structs', () => {
    const ana = openReplica('ana', 1)
    expect(receive(ana, updateOf(logOf(66, ['x', 1, 1]), rest)).outcome).toBe('applied')
    const newcomer = openReplica('newcomer', 3)
    expect(receive(newcomer, encodedState(ana)).outcome).toBe('applied')
    expect(newcomer.store.getAll()).toEqual({ x: 1, y: 2 })
  })

  test.each([1, 2, 3])('[GATE1] [GATE2] a struct without elements at clock %i is refused', clock => {
    const ana = openReplica('ana', 1)
    const before = clock === 1 ? [] : [elements(66, 1, ['mallory', ['x', 1, 1]].slice(0, clock - 1))]
    const structs = [logHead(66), ...before, elements(66, clock, [])]
    expect(receive(ana, updateOf({ writer: 66, clock: 0, structs })).outcome).toBe('refused')
  })
})

describe('what a hostile writer leaves behind', () => {
  test('[GATE1] [MERGE2] a ring of containers that an entry names beside a dead one makes nothing throw', () => {
    const ana = openReplica('ana', 1)
    const ring = updateOf(
      logOf(66, ['f', 1, [1], 67, 2], ['g', 1, 1, 66, 0, 66, 2]),
      logOf(67, ['f', 1, [1], 66, 2, 66, 2]),
    )
    expect(receive(ana, ring).outcome).toBe('applied')
    ana.store.set('x', 1)
    expect(ana.store.getAll()).toEqual({ x: 1 })
  })

  test('[GATE2] [MERGE2] an object made more often than an entry can name is still written by everybody', () => {
    const [ana, bo] = pair()
    const objects = Array.from({ length: maxContainers + 1 }, () => ['k', 1, [1]])
    for (const replica of [ana, bo]) receive(replica, updateOf(logOf(66, ...objects)))
    ana.store.set('k', { x: 1 })
    expect(receive(bo, ana.updates[0]).outcome).toBe('applied')
    expect(bo.store.get('k')).toEqual({ x: 1 })
  })

  test('[GATE2] [MERGE9] an element inserted more often than a move can name is still moved by everybody', () => {
    const [ana, bo] = pair()
    const insertions = Array.from({ length: maxContainers + 1 }, () => [['c.0', 0, 0, 1], 1, 'x', 2])
    const others = [1, 2].map(at => [[at, 0, 0], 1, at, 2])
    for (const replica of [ana, bo]) receive(replica, updateOf(logOf(66, ['l', 1, [2]], ...insertions, ...others)))
    ana.store.set('l', [1, 2, 'x'])
    expect(receive(bo, ana.updates[0]).outcome).toBe('applied')
    expect(bo.store.get('l')).toEqual([1, 2, 'x'])
  })

  test.each([
    ['behind', maxNumber, ['x', 'new']],
    ['before', -maxNumber, ['new', 'x']],
  ])('[GATE2] [MERGE7] an element at the end of all numbers lets others be written %s it', (_, number, list) => {
    const [ana, bo] = pair()
    const position = [number, 0, 0, number, 0, 0]
    for (const replica of [ana, bo]) receive(replica, updateOf(logOf(66, ['l', 1, [2]], [position, 1, 'x', 2])))
    ana.store.set('l', list)
    expect(receive(bo, ana.updates[0]).outcome).toBe('applied')
    expect(bo.store.get('l')).toEqual(list)
  })
})

// Each of these would take minutes, or longer, if its cost grew with the square of what was sent.
describe('what costs no more than its length', () => {
  const chain = (from: unknown[], length: number) =>
    Array.from({ length }, (_, index) => (index === 0 ? from : ['f', 1, [1], index + 1]))

  test('[STORE5] containers, each in the one before', () => {
    const ana = openReplica('ana', 1)
    receive(ana, updateOf(logOf(66, ...chain(['k', 1, [1]], 20_000))))
    ana.store.set('k', { f: 1 })
    expect(ana.store.get('k')).toEqual({ f: 1 })
  })

  test('[STORE5] [MERGE12] containers, each in the one before, below a dead one', () => {
    const ana = openReplica('ana', 1)
    receive(ana, updateOf(logOf(66, ...chain(['f', 1, [1], 0], 20_000))))
    ana.store.set('k', 1)
    expect(ana.store.getAll()).toEqual({ k: 1 })
  })

  test('[STORE5] [MERGE2] entries that name a dead chain before what they are in', () => {
    const ana = openReplica('ana', 1)
    const containers = [...chain(['f', 1, [1], 0], 10_000), ['k', 1, [1]]]
    const key = containers.length + 1
    const entries = Array.from({ length: 5000 }, (_, index) => [`${index}`, 1, 1, 66, key - 1, 66, key])
    receive(ana, updateOf(logOf(66, ...containers, ...entries)))
    expect(ana.store.get('k')).toMatchObject({ 0: 1, 4999: 1 })
  })

  test('[STORE5] [MERGE11] the removal of many values of one key', () => {
    const ana = openReplica('ana', 1)
    receive(ana, updateOf(logOf(66, ...Array.from({ length: 50_000 }, (_, index) => ['k', 1, index]))))
    ana.store.set('k', 'settled')
    expect(ana.store.conflicts('k')).toEqual([])
  })

  test('[STORE5] [MERGE5] many moves of one element', () => {
    const ana = openReplica('ana', 1)
    const moves = Array.from({ length: 30_000 }, (_, index) => [[66, 3], 1, [index, 0, 0], 2])
    receive(ana, updateOf(logOf(66, ['l', 1, [2]], [[0, 0, 1], 1, 'x', 2], ...moves)))
    expect(ana.store.get('l')).toEqual(['x'])
  })
})
