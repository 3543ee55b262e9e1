import { expect, test } from 'vitest'
import * as Y from 'yjs'
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
