import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { settlePromises } from '../support/manual-clock.js'
import { encodedState, exchange, openReplica, type TestReplica } from '../support/replicas.js'

const notes = ({ store }: TestReplica) => store.text('notes')
const shown = (...replicas: TestReplica[]) =>
  new Set(replicas.flatMap(replica => [replica.store.get('notes'), notes(replica).toString()]))

test('[TEXT2] [DATA6] the log stays flat however much is typed, and says who typed last', () => {
  const [ana, bo] = [openReplica('ana', 1), openReplica('bo', 2)]
  const changes: unknown[] = []
  ana.store.observe('notes', ({ value, updatedBy, source }) => changes.push([value, updatedBy, source]))
  notes(ana).insert(0, 'a')
  exchange(ana, bo)
  for (let i = 0; i < 500; i++) notes(i % 2 ? ana : bo).insert(0, 'x')
  exchange(ana, bo)
  expect(encodedState(ana).length).toBeLessThan(150)
  notes(bo).delete(0, 500)
  exchange(ana, bo)
  expect(changes.slice(0, 2)).toEqual([
    [null, null, 'initial'],
    ['a', 'ana', 'local'],
  ])
  expect(changes.at(-1)).toEqual(['a', 'bo', 'remote'])
})

test('[TEXT4] [MERGE13] a text begins as one change, with what was typed', () => {
  const [ana, bo] = [openReplica('ana', 1), openReplica('bo', 2)]
  const values: unknown[] = []
  bo.store.observe('notes', ({ value }) => values.push(value))
  notes(ana).insert(0, 'hello')
  exchange(ana, bo)
  expect(values).toEqual([null, 'hello'])
})

test('[TEXT3] a text that one has deleted while another began it anew shows only what is new', () => {
  const [ana, bo, cy] = [openReplica('ana', 1), openReplica('bo', 2), openReplica('cy', 3)]
  notes(ana).insert(0, 'old')
  exchange(ana, bo, cy)
  ana.store.delete('notes')
  bo.store.delete('notes')
  notes(bo).insert(0, 'new')
  notes(cy).insert(3, ' lost')
  exchange(ana, bo, cy)
  expect(shown(ana, bo, cy)).toEqual(new Set(['new']))
  expect(cy.conflictEvents.map(({ key, value, rule }) => [key, value, rule])).toEqual([['notes', ' lost', 'deleted']])
})

test('[TEXT3] two texts begun at once are one, and who deletes one of them unseen leaves the other', () => {
  const [ana, bo, cy] = [openReplica('ana', 1), openReplica('bo', 2), openReplica('cy', 3)]
  notes(ana).insert(0, 'ana ')
  notes(bo).insert(0, 'bo ')
  exchange(ana, cy)
  exchange(ana, bo)
  notes(bo).insert(0, 'together ')
  cy.store.delete('notes')
  exchange(ana, bo, cy)
  expect(shown(ana, bo, cy)).toEqual(new Set(['together bo ']))
  expect(encodedState(ana)).toEqual(encodedState(cy))
})

test('[KIND3] a text and another kind at once: one wins, the other is a conflict, and both can go on', () => {
  const [ana, bo] = [openReplica('ana', 1), openReplica('bo', 2, { nowMs: 2_000_000 })]
  notes(ana).insert(0, 'typed')
  bo.store.set('notes', 5)
  exchange(ana, bo)
  expect([ana.store.get('notes'), ana.store.conflicts('notes').map(({ value }) => value)]).toEqual([5, ['typed']])
  expect(ana.store.conflicts('notes')).toEqual(bo.store.conflicts('notes'))
  bo.store.set('notes', 'typed')
  exchange(ana, bo)
  expect(ana.store.conflicts('notes')).toEqual([])
  expect(shown(ana, bo)).toEqual(new Set(['typed']))
})

test('[TEXT8] [KIND3] who types on in a text that a string has won against writes over the string', () => {
  const [ana, bo] = [openReplica('ana', 1), openReplica('bo', 2, { nowMs: 2_000_000 })]
  notes(ana).insert(0, 'typed')
  bo.store.set('notes', 'a string')
  exchange(ana, bo)
  expect(bo.store.get('notes')).toBe('a string')
  notes(ana).insert(5, ' on')
  exchange(ana, bo)
  expect(shown(ana, bo)).toEqual(new Set(['typed on']))
  expect(ana.store.conflicts('notes')).toEqual([])
})

test('[TEXT8] a string that is open and not typed into follows what becomes of the key', () => {
  const [ana, bo] = [openReplica('ana', 1), openReplica('bo', 2)]
  const text = notes(ana)
  bo.store.set('notes', 'one')
  exchange(ana, bo)
  expect(text.toString()).toBe('one')
  bo.store.set('notes', 'another')
  exchange(ana, bo)
  expect(text.toString()).toBe('another')
  bo.store.set('notes', 7)
  exchange(ana, bo)
  expect(text.toString()).toBe('')
  expect(ana.updates).toHaveLength(0)
})

test('[TEXT8] [MERGE14] a string that was open where it lost can be typed into where it was seen alone', () => {
  const [ana, bo, cy] = [openReplica('ana', 1), openReplica('bo', 2, { nowMs: 2_000_000 }), openReplica('cy', 3)]
  ana.store.set('notes', 'of ana')
  exchange(ana, cy)
  expect(notes(ana).toString()).toBe('of ana')
  bo.store.set('notes', 'of bo')
  exchange(ana, bo)
  expect(notes(ana).toString()).toBe('of bo')
  notes(cy).insert(6, ', and cy')
  bo.store.delete('notes')
  exchange(bo, cy)
  exchange(ana, bo, cy)
  expect(new Set([ana, bo, cy].map(({ store }) => store.get('notes'))).size).toBe(1)
  expect(new Set([ana, bo, cy].map(replica => notes(replica).toString())).size).toBe(1)
})

test('[TEXT8] set does not cut a character in two', () => {
  const ana = openReplica('ana', 1)
  notes(ana).insert(0, 'a😀b')
  ana.store.set('notes', 'a😁b')
  expect(notes(ana).toString()).toBe('a😁b')
  ana.store.set('notes', 'a😁😁b')
  expect(notes(ana).toString()).toBe('a😁😁b')
})

test('[HISTORY4] [HISTORY6] a deleted text comes back by undo, and typing is none of it', () => {
  const [ana, bo] = [openReplica('ana', 1), openReplica('bo', 2)]
  notes(ana).insert(0, 'hello')
  expect(ana.store.history.canUndo).toBe(false)
  exchange(ana, bo)
  notes(bo).insert(5, ' you')
  exchange(ana, bo)
  ana.store.delete('notes')
  exchange(ana, bo)
  expect(ana.store.history.undo()).toBe(true)
  exchange(ana, bo)
  expect(shown(ana, bo)).toEqual(new Set(['hello you']))
  notes(bo).insert(9, '!')
  exchange(ana, bo)
  expect(shown(ana, bo)).toEqual(new Set(['hello you!']))
})

test('[HISTORY2] [HISTORY6] undo of a transaction that typed as well leaves what was typed', () => {
  const ana = openReplica('ana', 1)
  notes(ana).insert(0, 'hello')
  ana.store.transact(() => {
    ana.store.set('other', 1)
    notes(ana).insert(5, ' you')
  })
  ana.store.history.undo()
  expect(ana.store.getAll()).toEqual({ notes: 'hello you' })
})

test('[TEXT1] [STORE4] who types while being told of a change is heard like anybody else', async () => {
  const [ana, bo] = [openReplica('ana', 1), openReplica('bo', 2)]
  notes(bo).observe(event => {
    if (!event.transaction.local && notes(bo).toString().endsWith('?')) notes(bo).insert(notes(bo).length, ' yes')
  })
  const values: unknown[] = []
  bo.store.observe('notes', ({ value, source }) => values.push([value, source]))
  bo.store.observe('notes', ({ value }) => {
    if (value === 'well? yes') bo.store.transact(() => notes(bo).insert(9, '!'))
  })
  notes(ana).insert(0, 'well?')
  exchange(ana, bo)
  await settlePromises()
  expect(values.at(-1)).toEqual(['well? yes!', 'local'])
  exchange(ana, bo)
  expect(shown(ana, bo)).toEqual(new Set(['well? yes!']))
  expect(encodedState(ana)).toEqual(encodedState(bo))
})

test('[TEXT1] [STORE4] a listener of the text that throws is told as such, and nothing else goes wrong', () => {
  const [ana, bo] = [openReplica('ana', 1), openReplica('bo', 2)]
  notes(bo).observe(() => {
    throw new Error('of the app')
  })
  notes(ana).insert(0, 'hello')
  exchange(ana, bo)
  expect([bo.store.get('notes'), bo.errors]).toEqual(['hello', ['listener-failed']])
})

test('[TEXT2] who types in two texts that were begun at once types in both, and is seen while one of them is there', () => {
  const [ana, bo, cy, dan] = [openReplica('ana', 1), openReplica('bo', 2), openReplica('cy', 3), openReplica('dan', 4)]
  notes(ana).insert(0, 'ana ')
  notes(bo).insert(0, 'bo ')
  exchange(ana, cy)
  exchange(bo, dan)
  exchange(ana, bo)
  notes(bo).insert(0, 'together ')
  dan.store.delete('notes')
  exchange(ana, bo, cy, dan)
  expect(shown(ana, bo, cy, dan)).toEqual(new Set(['together ana ']))
})

test('[TEXT2] [TEXT3] a client that is dead is never used again, or old things would come back where all comes at once', () => {
  const [ana, bo, cy] = [openReplica('ana', 1), openReplica('bo', 2), openReplica('cy', 3)]
  notes(ana).insert(0, 'old')
  exchange(ana, bo, cy)
  notes(ana).insert(3, ' more')
  exchange(ana, cy)
  const [fromAna, fromBo] = [ana.updates.length, bo.updates.length]
  bo.store.delete('notes')
  notes(bo).insert(0, 'bo ')
  exchange(ana, bo)
  notes(ana).insert(3, 'new')
  const updates = [...bo.updates.slice(fromBo), ...ana.updates.slice(fromAna)]
  const texts = [...bo.textUpdates.slice(fromBo), ...ana.textUpdates.slice(fromAna)].flat()
  expect(cy.replica.receive(Y.mergeUpdates(updates), () => true, undefined, texts).outcome).toBe('applied')
  expect(shown(ana, cy)).toEqual(new Set(['bo new']))
})

test('[TEXT4] what is typed beside something deleted arrives where nobody knew of that', () => {
  const [ana, bo, cy] = [openReplica('ana', 1), openReplica('bo', 2), openReplica('cy', 3)]
  notes(ana).insert(0, 'old')
  ana.store.delete('notes')
  exchange(ana, bo, cy)
  const from = ana.updates.length
  notes(ana).insert(0, 'new')
  const [update, texts] = [ana.updates[from] ?? new Uint8Array(), ana.textUpdates[from] ?? []]
  expect(cy.replica.receive(update, () => true, undefined, texts).outcome).toBe('applied')
  expect(shown(ana, cy)).toEqual(new Set(['new']))
  expect(cy.replica.texts.isWaiting).toBe(false)
})

test('[TEXT7] [TEXT3] a text deleted and begun anew in one transaction shows only what is new', () => {
  const [ana, bo] = [openReplica('ana', 1), openReplica('bo', 2)]
  notes(ana).insert(0, 'hello')
  exchange(ana, bo)
  ana.store.transact(() => {
    ana.store.delete('notes')
    notes(ana).insert(0, 'b')
    expect(ana.store.get('notes')).toBe('b')
  })
  exchange(ana, bo)
  expect(shown(ana, bo)).toEqual(new Set(['b']))
})
