import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { settlePromises } from '../support/manual-clock.js'
import { encodedState, exchange, openReplica, type TestReplica } from '../support/replicas.js'

const notes = ({ store }: TestReplica) => store.text('notes')
/** The end of a tick. */
const settle = ({ replica }: TestReplica) => replica.texts.settle()

test('[TEXT6] an edit over the limit is taken back in the same tick, told by an error, and nothing is sent', async () => {
  const ana = openReplica('ana', 1, { limits: { maxTextBytes: 10 } })
  const text = notes(ana)
  text.insert(0, '12345')
  const sent = ana.updates.length
  const deltas: unknown[] = []
  text.observe(event => deltas.push(event.delta))
  text.insert(2, 'abcdef')
  expect(ana.store.get('notes')).toBe('12345')
  await settlePromises()
  expect(text.toString()).toBe('12345')
  expect(deltas).toEqual([
    [{ retain: 2 }, { insert: 'abcdef' }],
    [{ retain: 2 }, { delete: 6 }],
  ])
  expect(ana.errors).toEqual(['value-too-large'])
  expect(ana.updates).toHaveLength(sent)
})

test('[TEXT6] what was taken back does not stand in the way of what is typed next', () => {
  const [ana, bo] = [openReplica('ana', 1, { limits: { maxTextBytes: 10 } }), openReplica('bo', 2)]
  notes(ana).insert(0, '12345')
  exchange(ana, bo)
  notes(ana).insert(5, 'x'.repeat(20))
  settle(ana)
  notes(ana).insert(5, '6')
  const [update, texts] = [ana.updates.at(-1) ?? new Uint8Array(), ana.textUpdates.at(-1) ?? []]
  expect(bo.replica.receive(update, () => true, undefined, texts).outcome).toBe('applied')
  expect(bo.store.get('notes')).toBe('123456')
  expect(texts[0]?.bytes.length).toBeLessThan(60)
})

test('[TEXT6] what an edit that is taken back had deleted is typed anew, for everybody', () => {
  const [ana, bo] = [openReplica('ana', 1, { limits: { maxTextBytes: 10 } }), openReplica('bo', 2)]
  notes(bo).insert(0, 'from bo')
  exchange(ana, bo)
  notes(ana).doc?.transact(() => {
    notes(ana).delete(0, 4)
    notes(ana).insert(0, 'x'.repeat(20))
  })
  settle(ana)
  expect(notes(ana).toString()).toBe('from bo')
  expect(ana.errors).toEqual(['value-too-large'])
  exchange(ana, bo)
  expect(notes(bo).toString()).toBe('from bo')
  expect(encodedState(ana)).toEqual(encodedState(bo))
})

test('[TEXT6] an edit that is over the limit only until the next one of its tick stays', () => {
  const ana = openReplica('ana', 1, { limits: { maxTextBytes: 10 } })
  notes(ana).insert(0, 'x'.repeat(20))
  notes(ana).delete(0, 15)
  settle(ana)
  expect(ana.store.get('notes')).toBe('xxxxx')
  expect(ana.errors).toEqual([])
})

test.each([
  ['store-full', { maxTotalBytes: 20 }, 'x'.repeat(30)],
  ['too-many-keys', { maxKeys: 1 }, 'x'],
] as const)('[TEXT6] [KIND4] a text counts for %s', (code, limits, string) => {
  const ana = openReplica('ana', 1, { limits })
  ana.store.set('other', 1)
  notes(ana).insert(0, string)
  settle(ana)
  expect([ana.errors, ana.store.get('notes'), notes(ana).toString()]).toEqual([[code], null, ''])
})

test('[TEXT6] set throws, and nothing has changed', () => {
  const ana = openReplica('ana', 1, { limits: { maxTextBytes: 10 } })
  notes(ana).insert(0, 'short')
  expect(() => ana.store.set('notes', 'x'.repeat(11))).toThrow(expect.objectContaining({ code: 'value-too-large' }))
  expect(ana.store.get('notes')).toBe('short')
  expect(notes(ana).toString()).toBe('short')
})

test('[TEXT6] a text may be longer than any other value', () => {
  const ana = openReplica('ana', 1)
  notes(ana).insert(0, 'x'.repeat(16 * 1024))
  expect(ana.store.get('notes')).toHaveLength(16 * 1024)
  notes(ana).insert(0, 'x')
  settle(ana)
  expect(ana.errors).toEqual(['value-too-large'])
  expect(ana.store.usage.overLimit).toBe(false)
})

test('[TEXT6] [LIMIT5] [LIMIT6] two who grow a text past its limit together keep both, and may only shrink it', () => {
  const limits = { maxTextBytes: 10 }
  const [ana, bo] = [openReplica('ana', 1, { limits }), openReplica('bo', 2, { limits })]
  notes(ana).insert(0, 'aaaaaaaa')
  notes(bo).insert(0, 'bbbbbbbb')
  exchange(ana, bo)
  expect(ana.store.get('notes')).toHaveLength(16)
  expect([ana.store.usage.overLimit, bo.store.usage.overLimit]).toEqual([true, true])
  notes(ana).insert(0, 'c')
  settle(ana)
  expect(ana.errors).toEqual(['value-too-large'])
  notes(ana).delete(0, 1)
  settle(ana)
  expect(ana.store.get('notes')).toHaveLength(15)
})

test('[TEXT6] a document whose history is too long takes no more edits', () => {
  const ana = openReplica('ana', 1)
  const text = notes(ana)
  const type = (edits: number) =>
    text.doc?.transact(() => {
      // Now here, now there, so that nothing can be written as one.
      for (let i = 0; i < edits; i++) text.insert(i % 2 ? 0 : text.length, 'y')
      text.delete(0, text.length - 1)
    })
  for (let round = 0; round < 60 && ana.errors.length === 0; round++) {
    type(1000)
    settle(ana)
  }
  expect(ana.errors).toEqual(['value-too-large'])
  expect(ana.store.usage.historyBytes).toBeGreaterThan(256 * 1024)
  expect(ana.store.usage.historyBytes).toBeLessThan(300 * 1024)
  expect(encodedState(ana).length).toBeLessThan(200)
})

test('[TEXT6] in a room that was left nothing is typed', () => {
  const ana = openReplica('ana', 1)
  const text = notes(ana)
  text.insert(0, 'kept')
  ana.close()
  text.insert(0, 'not ')
  settle(ana)
  expect(text.toString()).toBe('kept')
  expect(ana.errors).toEqual(['left'])
  expect(() => notes(ana)).toThrow(expect.objectContaining({ code: 'left' }))
})

test('[KIND1] a key of another kind has no text, and what is typed into one that had is taken back', () => {
  const ana = openReplica('ana', 1)
  const text = notes(ana)
  ana.store.set('notes', { a: 1 })
  text.insert(0, 'x')
  settle(ana)
  expect([text.toString(), ana.errors]).toEqual(['', ['type-mismatch']])
  expect(() => notes(ana)).toThrow(expect.objectContaining({ code: 'type-mismatch' }))
})

test('[TEXT6] [SCHEMA2] what is no text cannot be put into one', () => {
  const [ana, bo] = [openReplica('ana', 1), openReplica('bo', 2)]
  const text = notes(ana)
  text.insert(0, 'hello')
  text.setAttribute('of', 'the type')
  text.insertEmbed(2, new Y.Map())
  text.insert(0, '\ud800')
  text.doc?.getMap('other').set('a', 1)
  settle(ana)
  expect(ana.errors).toEqual(['invalid-value'])
  expect(text.toDelta()).toEqual([{ insert: 'hello' }])
  text.format(0, 2, { bold: true })
  text.insertEmbed(5, { image: 'x' })
  exchange(ana, bo)
  expect(notes(bo).toDelta()).toEqual(text.toDelta())
  expect(bo.store.get('notes')).toBe('hello')
})

test('[TEXT7] an edit within a transaction that fails is taken back with it', () => {
  const [ana, bo] = [openReplica('ana', 1), openReplica('bo', 2)]
  notes(ana).insert(0, 'hello')
  exchange(ana, bo)
  const fail = () =>
    bo.store.transact(() => {
      bo.store.set('other', 1)
      notes(bo).insert(5, ' you')
      notes(bo).delete(0, 2)
      expect(bo.store.get('notes')).toBe('llo you')
      throw new Error('no')
    })
  expect(fail).toThrow('no')
  expect([bo.store.getAll(), notes(bo).toString()]).toEqual([{ notes: 'hello' }, 'hello'])
  exchange(ana, bo)
  expect(notes(ana).toString()).toBe('hello')
  expect(encodedState(ana)).toEqual(encodedState(bo))
})

test('[TEXT7] [MERGE13] an edit is part of the transaction it is made in', () => {
  const ana = openReplica('ana', 1, { limits: { maxTextBytes: 5 } })
  const changes: unknown[] = []
  ana.store.observe('*', ({ key, value }) => changes.push([key, value]))
  ana.store.transact(() => {
    notes(ana).insert(0, 'hello you')
    ana.store.set('other', 1)
    notes(ana).delete(5, 4)
  })
  expect(changes).toEqual([
    ['notes', 'hello'],
    ['other', 1],
  ])
  expect(ana.updates).toHaveLength(1)
  const tooLong = () => ana.store.transact(() => notes(ana).insert(0, 'more'))
  expect(tooLong).toThrow(expect.objectContaining({ code: 'value-too-large' }))
  expect(notes(ana).toString()).toBe('hello')
})
