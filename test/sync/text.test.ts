import { expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Room } from '../../src/room.js'
import { encodedState, openReplica } from '../support/replicas.js'
import { roomLabOfFile } from '../support/room-lab.js'
import { createStranger } from '../support/stranger.js'

const lab = roomLabOfFile()

const notes = (room: Room) => room.store.text('notes')
const shown = (...rooms: Room[]) => new Set(rooms.flatMap(room => [room.store.get('notes'), notes(room).toString()]))
/** Loses what one has sent another since the last tick. */
const lose = async (from: Room, to: Room) => {
  await Promise.resolve()
  await Promise.resolve()
  lab().network.lose(from.self.id, to.self.id)
  await lab().settle()
}

test('[TEXT4] two peers who type at once see the same, and so do those who join later', async () => {
  const [ana, bo] = [await lab().join(), await lab().join()]
  notes(ana).insert(0, 'from ana ')
  notes(bo).insert(0, 'from bo ')
  await lab().settle()
  expect(ana.store.get('notes')).toHaveLength(17)
  const cy = await lab().join()
  notes(cy).insert(0, 'and cy ')
  await lab().settle()
  expect(shown(ana, bo, cy).size).toBe(1)
})

test('[TEXT4] [SYNC3] what is typed in a tick is one message to each peer, and nobody echoes', async () => {
  const [ana] = [await lab().join(), await lab().join(), await lab().join()]
  notes(ana).insert(0, 'a')
  await lab().settle()
  lab().sent.splice(0)
  for (const letter of 'bcd') notes(ana).insert(1, letter)
  await lab().settle()
  expect(lab().sent.filter(({ message }) => message.type === 'update')).toHaveLength(2)
  expect(
    lab()
      .sent.map(({ message }) => message.type)
      .sort(),
  ).toEqual(['ack', 'ack', 'update', 'update'])
})

test('[TEXT2] [SYNC6] a lost edit is found by comparing states, also one that only deletes', async () => {
  const [ana, bo] = [await lab().join(), await lab().join()]
  notes(ana).insert(0, 'hello')
  await lab().settle()
  notes(ana).delete(0, 2)
  await lose(ana, bo)
  expect(bo.store.get('notes')).toBe('hello')
  await lab().advance(10_500)
  expect(shown(ana, bo)).toEqual(new Set(['llo']))
})

test('[TEXT2] [SESSION9] whenDelivered covers typing', async () => {
  const [ana, bo] = [await lab().join(), await lab().join()]
  notes(ana).insert(0, 'hello')
  await lab().settle()
  notes(ana).delete(0, 5)
  let isDelivered = false
  void ana.store.whenDelivered({ timeoutMs: 60_000 }).then(() => (isDelivered = true))
  await lose(ana, bo)
  expect(isDelivered).toBe(false)
  await lab().advance(10_500)
  expect(isDelivered).toBe(true)
  expect(bo.store.get('notes')).toBe('')
})

test('[TEXT3] [MERGE12] what is typed into a text while another deletes it is lost, and told at who typed it', async () => {
  const [ana, bo] = [await lab().join(), await lab().join()]
  notes(ana).insert(0, 'old ')
  await lab().settle()
  const lost: unknown[] = []
  bo.on('conflict', ({ key, value, rule }) => lost.push({ key, value, rule }))
  ana.store.delete('notes')
  notes(bo).insert(4, 'more')
  await lab().settle()
  expect(shown(ana, bo)).toEqual(new Set([null, '']))
  expect(lost).toEqual([{ key: 'notes', value: 'more', rule: 'deleted' }])
  notes(bo).insert(0, 'new')
  await lab().settle()
  expect(shown(ana, bo)).toEqual(new Set(['new']))
})

test('[TEXT4] [ROOM8] what was typed apart merges when the network is back', async () => {
  const [ana, bo] = [await lab().join(), await lab().join()]
  notes(ana).insert(0, 'the middle')
  await lab().settle()
  bo.disconnect()
  await lab().advance(5000)
  notes(bo).insert(10, ', the end')
  notes(ana).insert(0, 'the beginning, ')
  notes(ana).delete(15, 4)
  bo.connect()
  await lab().advance(2000)
  expect(shown(ana, bo)).toEqual(new Set(['the beginning, middle, the end']))
})

test('[TEXT4] [SYNC4] what is typed travels through others where there is no link', async () => {
  const [ana, bo, cy] = [await lab().join(), await lab().join(), await lab().join()]
  lab().network.cut(ana.self.id, cy.self.id)
  await lab().advance(1000)
  notes(ana).insert(0, 'ana ')
  await lab().settle()
  notes(cy).insert(4, 'cy')
  await lab().settle()
  expect(shown(ana, bo, cy)).toEqual(new Set(['ana cy']))
})

test('[TEXT4] what builds on typing that came when it was gone already is asked for at once', async () => {
  const [ana, cy, dan] = [await lab().join(), await lab().join(), await lab().join()]
  notes(ana).insert(0, 'ana')
  notes(cy).insert(0, 'cy')
  cy.store.delete('notes')
  await lab().settleBut({ from: ana, to: cy }, { from: ana, to: dan })
  // Here both texts were, and what is gone of them stays beside what is typed now.
  notes(ana).insert(0, '<')
  notes(ana).insert(4, '>')
  await lab().settle()
  expect(shown(ana, cy, dan)).toEqual(new Set(['<ana>']))
})

test('[TEXT6] an edit over the limit is told by an error event, and nothing of it is sent', async () => {
  const ana = await lab().join({ limits: { maxTextBytes: 10 } })
  const bo = await lab().join({ limits: { maxTextBytes: 10 } })
  const codes: string[] = []
  ana.on('error', ({ code }) => codes.push(code))
  notes(ana).insert(0, 'short')
  await lab().settle()
  lab().sent.splice(0)
  notes(ana).insert(0, 'not so short')
  await lab().settle()
  expect(codes).toEqual(['value-too-large'])
  expect(lab().sent).toEqual([])
  expect(shown(ana, bo)).toEqual(new Set(['short']))
})

test('[TEXT6] typing on in a room that was left is taken back and told', async () => {
  const ana = await lab().join()
  const text = notes(ana)
  const codes: string[] = []
  ana.on('error', ({ code }) => codes.push(code))
  await ana.leave()
  text.insert(0, 'x')
  await lab().settle()
  expect([text.toString(), codes]).toEqual(['', ['left']])
})

test('[TEXT6] [ROOM3] peers with other limits of texts stay apart', async () => {
  await lab().join()
  await expect(lab().join({ limits: { maxTextBytes: 5 } })).rejects.toMatchObject({ code: 'limits-mismatch' })
})

const strange = (write: (doc: Y.Doc) => void): Uint8Array => {
  const doc = new Y.Doc()
  doc.clientID = 5
  write(doc)
  return Y.encodeStateAsUpdate(doc)
}
const itself = { client: 5, clock: 0 }

test.each([
  ['that is no update', Uint8Array.of(200, 1, 9)],
  ['of another root', strange(doc => doc.getText('other').insert(0, 'x'))],
  ['with an attribute of the whole', strange(doc => doc.getText('text').setAttribute('a', 1))],
  ['with a type inside', strange(doc => doc.getText('text').insertEmbed(0, new Y.Map()))],
  ['of a map', strange(doc => doc.getMap('text').set('a', 'x'))],
  ['over the hard cap', strange(doc => doc.getText('text').insert(0, 'x'.repeat(17 * 256 * 1024)))],
  [
    'that builds on itself',
    // One client, one item of which the origin is itself, a text of one character; nothing deleted.
    Uint8Array.of(1, 1, itself.client, itself.clock, 0x84, itself.client, itself.clock, 1, 120, 0),
  ],
])('[TEXT5] [GATE5] a text %s is bad input, and the update that it came with is not taken', async (_, bytes) => {
  const ana = await lab().join()
  const reasons: string[] = []
  ana.on('error', error => reasons.push(error.code))
  const stranger = createStranger(lab())
  await lab().settle()
  stranger.sayHello()
  await lab().settle()
  const own = openReplica('stranger', 666)
  own.store.text('notes').insert(0, 'x')
  stranger.say({ type: 'update', update: encodedState(own), texts: [{ key: 'notes', bytes }] })
  await lab().settle()
  expect(reasons).toEqual(['bad-input'])
  expect(ana.store.get('notes')).toBeNull()
  stranger.leave()
})
