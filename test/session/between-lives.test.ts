import { expect, test, vi } from 'vitest'
import type { Room } from '../../src/room.js'
import type { JoinOptions } from '../../src/room-options.js'
import type { Transport } from '../../src/transport/transport.js'
import { roomLabOfFile } from '../support/room-lab.js'

const lab = roomLabOfFile()
const windowMs = 60_000

const join = (name: string, options: Partial<JoinOptions> = {}) =>
  lab().join({ name, resumeWindowMs: windowMs, ...options })
const endsOf = (room: Room) => {
  const ends: unknown[] = []
  room.on('session-ended', end => ends.push(end))
  return ends
}
const stayAway = async (room: Room) => {
  room.disconnect()
  await lab().advance(windowMs + 1000)
  room.connect()
  await lab().settle()
  await lab().advance(1000)
}

test('[SESSION10] [ROOM6] who wakes past the window leaves no timer of the life before', async () => {
  const a = await join('a')
  await join('b')
  const ends = endsOf(a)
  for (let time = 1; time <= 3; time++) {
    lab().clock.sleep(windowMs + 5000)
    await lab().advance(6000)
    expect(ends).toHaveLength(time)
  }
})

test('[ROOM6] who leaves because another has gone leaves no timer', async () => {
  const a = await join('a')
  const b = await join('b')
  a.on('peer-left', () => void a.leave())
  lab().network.kill(b.self.id)
  void b.leave()
  await lab().advance(10_000)
  expect(() => a.send('hi')).toThrow(expect.objectContaining({ code: 'left' }))
})

test('[SESSION14] what an observer writes when its key is discarded is of the next life', async () => {
  const a = await join('a')
  a.store.set('pinned', 'yesterday')
  const delivered: Promise<void>[] = []
  a.store.observe('pinned', ({ value }) => {
    if (value !== null) return
    a.store.set('pinned', 'today')
    delivered.push(a.store.whenDelivered({ to: 'any', timeoutMs: Infinity }))
  })
  await stayAway(a)
  expect([a.store.get('pinned'), a.store.pending, a.store.lastWrite?.state]).toEqual(['today', 1, 'here'])
  const b = await join('b')
  await lab().settle()
  expect(delivered).toHaveLength(1)
  await Promise.all(delivered)
  expect(b.store.get('pinned')).toBe('today')
})

test('[SESSION14] what is written because others are gone, as the session ends, is discarded with it', async () => {
  const a = await join('a')
  await join('b')
  a.store.set('pinned', 'yesterday')
  await lab().settle()
  const ends = endsOf(a)
  a.on('peer-left', ({ peer }) => {
    if (ends.length === 0) a.store.set('left', peer.name)
  })
  lab().clock.sleep(windowMs + 5000)
  await lab().advance(6000)
  expect(ends).toHaveLength(1)
  expect([a.store.getAll(), a.store.pending, a.store.lastWrite?.state]).toEqual([{}, 0, 'discarded'])
})

test('[SESSION10] who leaves because others or a value are gone is not told that the session has ended', async () => {
  for (const listen of [
    (room: Room) => void room.on('peer-left', () => void room.leave()),
    (room: Room) => void room.store.observe('pinned', ({ value }) => void (value === null && room.leave())),
  ]) {
    const a = await join('a')
    const b = await join('b')
    a.store.set('pinned', 'yesterday')
    await lab().settle()
    const ends = endsOf(a)
    listen(a)
    lab().clock.sleep(windowMs + 5000)
    await lab().advance(6000)
    expect(() => a.send('hi')).toThrow(expect.objectContaining({ code: 'left' }))
    expect(ends).toEqual([])
    const left = b.leave()
    await lab().advance(1000)
    await left
  }
})

test('[SESSION10] a transport that does not join once more is told by an error, and the store goes on', async () => {
  const inner = lab().network.transport()
  let joins = 0
  const transport: Transport = {
    name: inner.name,
    join: (...given) => {
      if (++joins > 1) throw new Error('only once')
      return inner.join(...given)
    },
  }
  const a = await join('a', { transport })
  const errors: unknown[] = []
  a.on('error', failure => errors.push(failure))
  await stayAway(a)
  expect(errors).toMatchObject([{ code: 'connection-failed', details: { reason: 'Error: only once' } }])
  a.store.set('pinned', 'here')
  expect([a.store.get('pinned'), a.status.sync]).toEqual(['here', 'offline'])
})

test('[SESSION14] after a page was away, a newcomer holds what was written before when it says so', async () => {
  const target = new EventTarget()
  vi.stubGlobal('addEventListener', target.addEventListener.bind(target))
  vi.stubGlobal('removeEventListener', target.removeEventListener.bind(target))
  const tell = (type: string) => target.dispatchEvent(Object.assign(new Event(type), { persisted: true }))
  const a = await join('a')
  vi.unstubAllGlobals()
  const b = await join('b')
  a.store.set('pinned', 'kept')
  const write = a.store.lastWrite
  await lab().settle()
  tell('pagehide')
  const left = b.leave()
  await lab().advance(1000)
  await left
  tell('pageshow')
  await lab().settle()
  expect([write?.state, a.store.pending]).toEqual(['some', 0])
  const seen: unknown[] = []
  a.on('peer-joined', () => seen.push(write?.state, write?.heldBy))
  const c = await join('c')
  await lab().settle()
  expect(seen).toEqual(['some', []])
  expect([write?.state, write?.heldBy]).toEqual(['all', [c.self.id]])
  // And once more: somebody has had it, in whichever life.
  tell('pagehide')
  await lab().advance(1000)
  tell('pageshow')
  expect(write?.state).toBe('some')
})

test('[SESSION12] [ROOM9] who is in doubt and goes offline tells so', async () => {
  let jumpMs = 0
  const a = await join('a', { clock: { ...lab().clock, now: () => lab().clock.now() + jumpMs } })
  await join('b')
  jumpMs = 3_600_000
  a.store.set('pinned', 'held back')
  const told: unknown[] = []
  a.on('status', ({ sync }) => told.push(sync))
  await Promise.resolve()
  a.disconnect()
  await lab().advance(1000)
  expect(told).toEqual(['offline'])
})
