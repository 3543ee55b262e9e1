import { expect, test } from 'vitest'
import { createManualClock } from '../support/manual-clock.js'
import { createRandom } from '../support/random.js'
import type { SessionError } from '../../src/errors.js'
import { defaultLimits } from '../../src/store/limits.js'
import type { JsonSchema } from '../../src/store/schema.js'
import { openStore, type Change } from '../../src/store/session-store.js'

const open = (peerId = 'a', seed = 1) => {
  const errors: SessionError[] = []
  const late: (() => void)[] = []
  const opened = openStore({
    peerId,
    limits: defaultLimits,
    clock: createManualClock(),
    random: createRandom(seed),
    defer: run => void late.push(run),
    onError: error => void errors.push(error),
  })
  return { ...opened, opened, errors, endTick: () => late.splice(0).forEach(run => run()) }
}

const sync = (from: ReturnType<typeof open>, to: ReturnType<typeof open>) => {
  const { replica } = from.opened
  const update = replica.updateSince(new Uint8Array([0]))
  if (!update) throw new Error('no state')
  return to.opened.replica.receive(update, () => true, undefined, replica.texts.updatesSince([]))
}

test('[SESSION10] without its data a store is empty, and handles and observers go on in it', () => {
  const { opened, store } = open()
  const told: Change<JsonSchema>[] = []
  const claps = store.counter('claps')
  store.set('pinned', 'old')
  claps.increment(3)
  store.observe('*', change => told.push(change))
  const { writer } = opened.replica
  told.length = 0
  opened.restart({ peerId: 'b', keepsData: false })
  expect(told.map(({ key, value, previousValue }) => [key, value, previousValue])).toEqual([
    ['claps', null, 3],
    ['pinned', null, 'old'],
  ])
  expect(store.getAll()).toEqual({})
  expect(store.usage).toMatchObject({ keys: 0, bytes: 0 })
  expect(store.history.canUndo).toBe(false)
  expect(opened.replica.writer).not.toBe(writer)
  expect(opened.replica.clock()).toBe(0)
  claps.increment()
  expect(store.get('claps')).toBe(1)
  expect(told.at(-1)).toMatchObject({ key: 'claps', value: 1, source: 'local', updatedBy: 'b' })
})

test('[SESSION10] nothing of the store that ended is in what the next one sends, and it can be met again unharmed', () => {
  const a = open('a', 1)
  const b = open('b', 2)
  a.store.set('pinned', 'old')
  a.store.text('notes').insert(0, 'mine')
  a.endTick()
  sync(a, b)
  a.opened.restart({ peerId: 'a2', keepsData: false })
  expect(a.opened.replica.updateSince(new Uint8Array([0]))?.length).toBe(2)
  expect(a.opened.replica.texts.stateVectors()).toEqual([])
  // Whoever was in the room all the time has it still, and brings it back.
  sync(b, a)
  expect(a.store.getAll()).toEqual({ notes: 'mine', pinned: 'old' })
  a.store.text('notes').insert(4, '!')
  a.endTick()
  sync(a, b)
  expect(b.store.get('notes')).toBe('mine!')
})

test('[SESSION10] what is typed into a text of the store that ended is told, and goes nowhere', () => {
  const { opened, store, errors, endTick } = open()
  const dead = store.text('notes')
  dead.insert(0, 'old')
  endTick()
  opened.restart({ peerId: 'b', keepsData: false })
  dead.insert(0, 'lost')
  endTick()
  expect(errors.map(({ code }) => code)).toEqual(['session-ended'])
  expect(store.getAll()).toEqual({})
  const alive = store.text('notes')
  expect(alive).not.toBe(dead)
  alive.insert(0, 'new')
  endTick()
  expect(store.get('notes')).toBe('new')
})

test('[SESSION13] with its data a store goes on under another writer, and its texts are the same', () => {
  const a = open('a', 1)
  const told: Change<JsonSchema>[] = []
  a.store.set('pinned', ['one'])
  const notes = a.store.text('notes')
  notes.insert(0, 'mine')
  a.endTick()
  a.store.observe('*', change => told.push(change))
  told.length = 0
  const { writer } = a.opened.replica
  a.opened.restart({ peerId: 'a2', keepsData: true })
  expect(told).toEqual([])
  expect(a.opened.replica.writer).not.toBe(writer)
  expect(a.store.text('notes')).toBe(notes)
  notes.insert(4, ' too')
  a.store.set('pinned', ['one', 'two'])
  a.endTick()
  const b = open('b', 2)
  sync(a, b)
  expect(b.store.getAll()).toEqual({ notes: 'mine too', pinned: ['one', 'two'] })
  expect(b.opened.replica.peerOf(writer)).toBe('a')
  expect(b.opened.replica.peerOf(a.opened.replica.writer)).toBe('a2')
})

test('[SESSION13] what is typed at the end of a life is in the next one', () => {
  const { opened, store, endTick } = open()
  const notes = store.text('notes')
  notes.insert(0, 'typed')
  opened.restart({ peerId: 'a2', keepsData: true })
  endTick()
  expect(store.get('notes')).toBe('typed')
})

test('[SESSION13] a mark stands for all that was here before it', () => {
  const a = open('a', 1)
  const b = open('b', 2)
  a.store.set('pinned', 'mine')
  a.opened.restart({ peerId: 'a2', keepsData: true })
  a.opened.replica.writeMark()
  expect(a.opened.replica.clock()).toBeGreaterThan(0)
  expect(sync(a, b)).toMatchObject({ outcome: 'applied' })
  expect(b.store.get('pinned')).toBe('mine')
  // And no more than a mark: the next write takes it out.
  a.store.set('pinned', 'again')
  sync(a, b)
  expect(b.store.get('pinned')).toBe('again')
})
