import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { rawLog } from '../support/raw-log.js'
import { openReplica } from '../support/replicas.js'
import { readDocument } from './document-reader.js'
import { fold } from './oracle.js'

/** The example in SPEC.md (DATA), written with nothing but Yjs. */
function exampleDocument(): Uint8Array {
  const [ana, bo] = [new Y.Doc(), new Y.Doc()]
  ana.clientID = 7
  bo.clientID = 9
  const anasLog = new Y.Array<unknown>()
  ana.getMap('session').set('7', anasLog)
  anasLog.push(['ana', ['poll', 1760000000000, [1]], ['q', 1760000000000, 'Food?', 2]])
  Y.applyUpdate(bo, Y.encodeStateAsUpdate(ana))
  const bosLog = new Y.Array<unknown>()
  bo.getMap('session').set('9', bosLog)
  bosLog.push(['bo', ['votes', 1760000001000, [1], 7, 2]])
  anasLog.push([['spotlight', 1760000002000, 'ana']])
  ana.transact(() => {
    anasLog.delete(3, 1)
    anasLog.push([['spotlight', 1760000002500, 'bo']])
  })
  Y.applyUpdate(ana, Y.encodeStateAsUpdate(bo))
  return Y.encodeStateAsUpdate(ana)
}

const expected = { poll: { q: 'Food?', votes: {} }, spotlight: 'bo' }

test('[DATA3] the oracle reads the example of SPEC.md as it is meant', () => {
  const tree = fold(readDocument(exampleDocument()).values())
  expect(Object.fromEntries([...tree].map(([key, place]) => [key, place.winner.value]))).toEqual(expected)
})

test('[DATA3] the store takes the example of SPEC.md, written with nothing but Yjs, and reads it as it is meant', () => {
  const reader = openReplica('reader', 1, { nowMs: 1760000003000 })
  expect(reader.replica.receive(exampleDocument(), () => true).outcome).toBe('applied')
  expect(reader.store.getAll()).toEqual(expected)
  expect(reader.replica.peerOf(9)).toBe('bo')
})

/** One of each form of DATA3, by two writers that had not seen each other's latest. */
function kindsDocument(): readonly Uint8Array[] {
  const at = 1760000000000
  const sevens = rawLog(
    7,
    ['claps', at, [3]],
    ['', at, 10, 2],
    [0, at, [3, 5], 2],
    [9, at, [1, 2], 2],
    ['hands', at, [4]],
    ['"bo"', at, null, 6],
    ['{"id":1}', at, null, 6],
    ['queue', at, [6]],
    ['max', at, 2, 9],
    [[0, 0, 0], at, 'oldest', 9],
    [['i"p"', 0, 0, 1], at + 1, [1], 9],
    ['id', at + 1, 'p', 12],
    [[0, 0, 2], at + 2, 'newest', 9],
    [['i"p"', 7, 12], at + 2, [0, 0, 5], 9],
  )
  const nines = rawLog(9, [0, at + 3, [2, 6], 7, 2], ['"ana"', at + 3, null, 7, 6], ['claps', at - 5, 'none'])
  return [sevens, nines]
}

test('[DATA3] [COUNTER1] [LIST2] [MEMBERS1] counters, members and bounded lists, written with nothing but Yjs, are read as SPEC.md has it', () => {
  const updates = kindsDocument()
  const all = { claps: 10 + 5 + (6 - 2), hands: ['ana', 'bo', { id: 1 }], queue: ['newest', { id: 'p' }] }
  const tree = fold(readDocument(Y.mergeUpdates([...updates])).values())
  expect(Object.fromEntries([...tree].map(([key, place]) => [key, place.winner.value]))).toEqual(all)
  for (const order of [updates, updates.toReversed()]) {
    const reader = openReplica('reader', 1, { nowMs: 1760000003000 })
    for (const update of [...order, ...order]) reader.replica.receive(update, () => true)
    expect(reader.store.getAll()).toEqual(all)
    expect(reader.store.conflicts('claps').map(({ value }) => value)).toEqual(['none'])
  }
})
