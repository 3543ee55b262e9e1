import { describe, expect, test } from 'vitest'
import type { Room } from '../../src/room.js'
import { roomLabOfFile } from '../support/room-lab.js'
import { at, chainAll, joinAll } from './many.js'

const lab = roomLabOfFile()
const joinMany = (names: readonly string[]) => joinAll(lab(), names)
const chain = (rooms: readonly Room[]) => chainAll(lab(), rooms)

/** Everything that a room is sent in messages. */
const inboxOf = (room: Room): unknown[] => {
  const inbox: unknown[] = []
  room.on('message', ({ data }) => inbox.push(data))
  return inbox
}

describe('messages', () => {
  test('[SESSION6] reach all peers in order, and not their sender', async () => {
    const rooms = await joinMany(['Ana', 'Bo', 'Cy'])
    const inboxes = rooms.map(inboxOf)
    const wanted = Array.from({ length: 100 }, (_, index) => index)
    for (const index of wanted) at(rooms, 0).send(index)
    await lab().settle()
    expect(inboxes).toEqual([[], wanted, wanted])
  })

  test('[SESSION6] say who sent them and when', async () => {
    const [a, b] = await joinMany(['Ana', 'Bo'])
    const told: unknown[] = []
    b?.on('message', message => told.push(message))
    const sent = [a?.send({ type: 'chat', body: 'hi' }), a?.send('you', { to: b?.self.id ?? '' })]
    await lab().settle()
    const from = a?.self.id
    expect(told).toEqual([
      { ...sent[0], from, to: null, data: { type: 'chat', body: 'hi' }, sentAt: lab().clock.now() },
      { ...sent[1], from, to: b?.self.id, data: 'you', sentAt: lab().clock.now() },
    ])
    expect(new Set(sent.map(message => message?.id)).size).toBe(2)
  })

  test('[SESSION6] to one peer reach that one alone', async () => {
    const rooms = await joinMany(['Ana', 'Bo', 'Cy'])
    const inboxes = rooms.map(inboxOf)
    at(rooms, 0).send('psst', { to: at(rooms, 2).self.id })
    await lab().settle()
    expect(inboxes).toEqual([[], [], ['psst']])
  })

  test('[SESSION6] to some reach these, once each, also along a chain', async () => {
    const rooms = await joinMany(['Ana', 'Bo', 'Cy', 'Di', 'Ed'])
    await chain(rooms)
    const inboxes = rooms.map(inboxOf)
    const to = [4, 1, 4].map(index => at(rooms, index).self.id)
    at(rooms, 0).send('to some', { to })
    at(rooms, 0).send('to all')
    at(rooms, 0).send('to nobody', { to: [] })
    await lab().settle()
    expect(inboxes).toEqual([[], ['to some', 'to all'], ['to all'], ['to all'], ['to some', 'to all']])
  })

  test('[SESSION6] travel along a chain, to all and to one, once each', async () => {
    const rooms = await joinMany(['Ana', 'Bo', 'Cy', 'Di', 'Ed'])
    await chain(rooms)
    const inboxes = rooms.map(inboxOf)
    at(rooms, 0).send('to all')
    at(rooms, 0).send('to Di', { to: at(rooms, 3).self.id })
    at(rooms, 4).send('and back', { to: at(rooms, 0).self.id })
    await lab().settle()
    expect(inboxes).toEqual([['and back'], ['to all'], ['to all'], ['to all', 'to Di'], ['to all']])
  })

  test('[SESSION6] arrive once where they come over two ways', async () => {
    const rooms = await joinMany(['Ana', 'Bo', 'Cy', 'Di'])
    lab().network.cut(at(rooms, 0).self.id, at(rooms, 2).self.id)
    lab().network.cut(at(rooms, 1).self.id, at(rooms, 3).self.id)
    await lab().settle()
    const inboxes = rooms.map(inboxOf)
    for (let index = 0; index < 20; index++) at(rooms, 0).send(index)
    await lab().settle()
    const wanted = Array.from({ length: 20 }, (_, index) => index)
    expect(inboxes).toEqual([[], wanted, wanted, wanted])
  })

  test('[SESSION7] too large, to nobody, or no JSON throw, and nothing is sent', async () => {
    const [a, b] = await joinMany(['Ana', 'Bo'])
    const inbox = inboxOf(at([b as Room], 0))
    const send =
      (data: unknown, ...to: string[]) =>
      () =>
        a?.send(data, to.length > 0 ? { to } : {})
    expect(send('x'.repeat(16_383))).toThrow(
      expect.objectContaining({ code: 'message-too-large', details: { bytes: 16_385, maxBytes: 16_384 } }),
    )
    expect(send('hi', 'nobody')).toThrow(
      expect.objectContaining({ code: 'unknown-peer', details: { peerId: 'nobody' } }),
    )
    const [self, other] = [a?.self.id ?? '', b?.self.id ?? '']
    expect(send('hi', self)).toThrow(expect.objectContaining({ code: 'unknown-peer' }))
    expect(send('hi', other, 'nobody')).toThrow(expect.objectContaining({ code: 'unknown-peer' }))
    expect(send({ when: new Date() })).toThrow(expect.objectContaining({ code: 'invalid-value' }))
    await lab().settle()
    expect(inbox).toEqual([])
    send('x'.repeat(16_382))()
    await lab().settle()
    expect(inbox).toEqual(['x'.repeat(16_382)])
  })

  test('[SESSION7] more than others would take throws before it gets anybody blamed', async () => {
    const [a, b] = await joinMany(['Ana', 'Bo'])
    const errors: string[] = []
    b?.on('error', ({ code }) => errors.push(code))
    let sent = 0
    expect(() => {
      for (; sent < 1000; sent++) a?.send('x'.repeat(16_000))
    }).toThrow(expect.objectContaining({ code: 'too-many-messages' }))
    expect(sent).toBeGreaterThan(200)
    await lab().settle()
    expect(errors).toEqual([])
    await lab().advance(1000)
    a?.send('goes again')
  })
})
