import { describe, expect, test } from 'vitest'
import type { Room } from '../../src/room.js'
import { roomLabOfFile } from '../support/room-lab.js'
import { at, joinAll } from './many.js'

const lab = roomLabOfFile()
const joinMany = (names: readonly string[]) => joinAll(lab(), names)
const windowMs = 60_000
const join = (name: string) => lab().join({ name, resumeWindowMs: windowMs })
const leave = async (...rooms: readonly Room[]) => {
  const left = rooms.map(room => room.leave())
  // Two who leave at once close no link for each other.
  await lab().advance(1000)
  await Promise.all(left)
}

describe('who waits for it', () => {
  test('[SESSION9] resolves once all that are here have it', async () => {
    const rooms = await joinMany(['Ana', 'Bo', 'Cy'])
    at(rooms, 0).store.set('key', 1)
    let isDelivered = false
    const delivered = at(rooms, 0)
      .store.whenDelivered({ to: 'all' })
      .then(() => (isDelivered = true))
    await Promise.resolve()
    expect(isDelivered).toBe(false)
    await lab().settle()
    await delivered
    expect(isDelivered).toBe(true)
  })

  test('[SESSION9] counts peers that had it from others, or with their first state', async () => {
    const a = await lab().join()
    a.store.set('key', 1)
    await lab().join()
    await lab().join()
    await expect(a.store.whenDelivered()).resolves.toBeUndefined()
  })

  test('[SESSION9] rejects with counts when its time is over', async () => {
    const rooms = await joinMany(['Ana', 'Bo', 'Cy'])
    lab().network.setSignaling('unreachable')
    lab().network.kill(at(rooms, 2).self.id)
    at(rooms, 0).store.set('key', 1)
    const delivered = at(rooms, 0).store.whenDelivered({ to: 'all', timeoutMs: 2000 })
    const failed = expect(delivered).rejects.toMatchObject({
      code: 'not-delivered',
      details: { acknowledged: 1, expected: 2 },
    })
    await lab().advance(2000)
    await failed
    await at(rooms, 0).store.whenDelivered({ to: 'any' })
  })

  test('[SESSION9] does not wait for those who left meanwhile', async () => {
    const rooms = await joinMany(['Ana', 'Bo', 'Cy'])
    lab().network.kill(at(rooms, 2).self.id)
    at(rooms, 0).store.set('key', 1)
    const delivered = at(rooms, 0).store.whenDelivered({ to: 'all' })
    await lab().advance(6000)
    await expect(delivered).resolves.toBeUndefined()
  })

  test('[SESSION9] with nobody here: all resolves, any waits for somebody, leaving rejects', async () => {
    const a = await lab().join()
    a.store.set('key', 1)
    await a.store.whenDelivered({ to: 'all' })
    const any = a.store.whenDelivered({ to: 'any' })
    await lab().join()
    await any
    lab().network.setSignaling('unreachable')
    a.disconnect()
    a.store.set('key', 2)
    await lab().advance(6000)
    const never = expect(a.store.whenDelivered({ to: 'any' })).rejects.toMatchObject({ code: 'left' })
    const leaving = a.leave()
    await never
    await leaving
  })
})

describe('what was written', () => {
  test('[SESSION14] is here, with some, with all, or gone with its session', async () => {
    const a = await join('a')
    expect([a.store.pending, a.store.lastWrite]).toEqual([0, null])
    a.store.set('one', 1)
    const first = a.store.lastWrite
    expect([first?.state, first?.heldBy]).toEqual(['here', []])
    a.store.set('two', 2)
    expect(a.store.pending).toBe(2)
    const b = await join('b')
    await lab().settle()
    expect([first?.state, first?.heldBy, a.store.pending]).toEqual(['all', [b.self.id], 0])
    const c = await join('c')
    lab().network.cut(a.self.id, c.self.id)
    lab().network.cut(b.self.id, c.self.id)
    a.store.set('three', 3)
    const third = a.store.lastWrite
    await lab().settle()
    expect([third?.state, third?.heldBy]).toEqual(['some', [b.self.id]])
    lab().network.mend(b.self.id, c.self.id)
    await lab().advance(15_000)
    expect(third?.state).toBe('all')
    await leave(b, c)
    expect([third?.state, third?.heldBy, a.store.pending]).toEqual(['some', [], 0])
    a.disconnect()
    a.store.set('four', 4)
    const fourth = a.store.lastWrite
    await lab().advance(windowMs + 1000)
    a.connect()
    await lab().settle()
    expect([third?.state, fourth?.state, a.store.pending]).toEqual(['discarded', 'discarded', 0])
    a.store.set('five', 5)
    expect([a.store.lastWrite?.state, a.store.pending]).toEqual(['here', 1])
  })

  test('[SESSION14] the number of what nobody else has is told at each change', async () => {
    const a = await join('a')
    const told: number[] = []
    a.on('pending', ({ pending }) => told.push(pending))
    a.store.set('one', 1)
    a.store.set('two', 2)
    await lab().settle()
    await join('b')
    await lab().settle()
    expect(told).toEqual([2, 0])
  })

  test('[SESSION9] who waits for it to be delivered is told when it is discarded', async () => {
    const a = await join('a')
    a.store.set('pinned', 'yesterday')
    const waiting = expect(a.store.whenDelivered({ to: 'any', timeoutMs: Infinity })).rejects.toMatchObject({
      code: 'session-ended',
    })
    a.disconnect()
    await lab().advance(windowMs + 1000)
    a.connect()
    await lab().settle()
    await waiting
  })

  test('[SESSION15] and acknowledged by one who stays survives the crash of its writer', async () => {
    const a = await join('a')
    const b = await join('b')
    const c = await join('c')
    lab().network.cut(a.self.id, c.self.id)
    lab().network.lose(b.self.id, c.self.id)
    a.store.set('pinned', 'kept')
    const delivered = a.store.whenDelivered({ to: 'any' })
    await lab().settle()
    await delivered
    lab().network.kill(a.self.id)
    void a.leave()
    await lab().advance(20_000)
    for (const room of [b, c]) expect(room.store.get('pinned')).toBe('kept')
  })
})
