import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Room } from '../../src/room.js'
import type { RoomEvents } from '../../src/room-events.js'
import type { JoinOptions } from '../../src/room-options.js'
import { roomLabOfFile } from '../support/room-lab.js'

const lab = roomLabOfFile()
const windowMs = 60_000

const join = (name: string, options: Partial<JoinOptions> = {}) =>
  lab().join({ name, resumeWindowMs: windowMs, ...options })
const endsOf = (room: Room) => {
  const ends: RoomEvents['session-ended'][] = []
  room.on('session-ended', end => ends.push(end))
  return ends
}
const leave = async (...rooms: readonly Room[]) => {
  const left = rooms.map(room => room.leave())
  // Two who leave at once close no link for each other.
  await lab().advance(1000)
  await Promise.all(left)
}
const namesOf = (room: Room) => room.peers.map(({ name }) => name).sort()

describe('who was cut off', () => {
  test('[SESSION10] for no longer than the window merges what was written meanwhile, and the session goes on', async () => {
    const a = await join('a')
    const b = await join('b')
    const ends = endsOf(a)
    const { sessionId } = a
    const { id } = a.self
    a.disconnect()
    a.store.set('mine', 'offline')
    b.store.set('theirs', 'online')
    await lab().advance(windowMs - 1000)
    a.connect()
    await lab().settle()
    for (const room of [a, b]) expect(room.store.getAll()).toEqual({ mine: 'offline', theirs: 'online' })
    expect([a.sessionId, b.sessionId]).toEqual([sessionId, sessionId])
    expect(a.self.id).toBe(id)
    expect(ends).toEqual([])
  })

  test('[SESSION10] for longer than the window discards what it held before anything is sent, and is told once', async () => {
    const a = await join('a', { metadata: { hand: 'up' } })
    const b = await join('b')
    a.store.set('pinned', 'yesterday')
    await lab().settle()
    const { sessionId, self } = a
    const ends = endsOf(a)
    const told: unknown[] = []
    a.store.observe('pinned', ({ value, source }) => told.push([value, source]))
    a.disconnect()
    a.store.set('mine', 'offline')
    await leave(b)
    await lab().advance(windowMs + 1000)
    const c = await join('c')
    c.store.set('pinned', 'today')
    await lab().settle()
    expect(a.store.getAll()).toEqual({ mine: 'offline', pinned: 'yesterday' })
    expect(ends).toEqual([])
    lab().sent.length = 0
    a.connect()
    await lab().settle()
    await lab().advance(1000)
    expect(ends).toEqual([{ reason: 'stale', snapshot: { mine: 'offline', pinned: 'yesterday' }, sessionId }])
    for (const room of [a, c]) expect(room.store.getAll()).toEqual({ pinned: 'today' })
    expect(a.sessionId).toBe(c.sessionId)
    expect(told).toEqual([
      ['yesterday', 'initial'],
      [null, 'remote'],
      ['today', 'remote'],
    ])
    // As somebody new, who looks as before.
    expect(a.self.id).not.toBe(self.id)
    expect(lab().sent.filter(({ from }) => from === self.id)).toEqual([])
    expect(c.peers).toMatchObject([{ id: a.self.id, name: 'a', metadata: { hand: 'up' } }])
    expect(namesOf(a)).toEqual(['c'])
    // All goes on from there.
    a.store.set('pinned', 'tomorrow')
    await lab().settle()
    expect(c.store.get('pinned')).toBe('tomorrow')
    expect(a.status.sync).toBe('synced')
  })

  test('[SESSION11] by losing all links and all signaling, and not by losing one of them', async () => {
    const a = await join('a')
    const b = await join('b')
    a.store.set('pinned', 'kept')
    lab().network.setSignaling('unreachable')
    await lab().advance(2 * windowMs)
    expect(a.status).toMatchObject({ signaling: 'connecting', sync: 'synced' })
    lab().network.setSignaling('reachable')
    await lab().settle()
    lab().network.cut(a.self.id, b.self.id)
    await lab().advance(2 * windowMs)
    lab().network.mend(a.self.id, b.self.id)
    await lab().settle()
    for (const room of [a, b]) expect(room.store.getAll()).toEqual({ pinned: 'kept' })
  })

  test('[SESSION11] alone in the room is in the room, for as long as signaling answers', async () => {
    const a = await join('a')
    const b = await join('b')
    b.store.set('pinned', 'kept')
    await lab().settle()
    await leave(b)
    const ends = endsOf(a)
    for (let minute = 0; minute < 10; minute++) await lab().advance(60_000)
    const c = await join('c')
    expect(c.store.get('pinned')).toBe('kept')
    expect(c.sessionId).toBe(a.sessionId)
    expect(ends).toEqual([])
  })

  test('[SESSION10] all of them past the window: all discard', async () => {
    const a = await join('a')
    const b = await join('b')
    a.store.set('pinned', 'yesterday')
    await lab().settle()
    const ends = [endsOf(a), endsOf(b)]
    for (const room of [a, b]) room.disconnect()
    await lab().advance(windowMs + 1000)
    for (const room of [a, b]) room.connect()
    await lab().settle()
    await lab().advance(6000)
    expect(ends.map(each => each.length)).toEqual([1, 1])
    for (const room of [a, b]) expect(room.store.getAll()).toEqual({})
    expect(a.sessionId).toBe(b.sessionId)
    expect(namesOf(a)).toEqual(['b'])
  })

  test('[SESSION2] two sessions that were both founded meanwhile merge, and the older id goes on', async () => {
    lab().network.setSignaling('unreachable')
    const a = join('a', { joinTimeoutMs: 0 })
    await lab().advance(1000)
    const b = join('b', { joinTimeoutMs: 0 })
    await lab().advance(10 * windowMs)
    const rooms = await Promise.all([a, b])
    const older = rooms[0].sessionId
    for (const room of rooms) room.store.set(room.self.name, 'here')
    expect(rooms.map(({ status }) => status.sync)).toEqual(['offline', 'offline'])
    lab().network.setSignaling('reachable')
    await lab().settle()
    for (const room of rooms) {
      expect(room.store.getAll()).toEqual({ a: 'here', b: 'here' })
      expect(room.sessionId).toBe(older)
    }
  })

  test('[SESSION10] is told of nothing that it has left itself meanwhile', async () => {
    const a = await join('a')
    const ends = endsOf(a)
    a.store.set('pinned', 'yesterday')
    a.disconnect()
    await lab().advance(windowMs + 1000)
    await leave(a)
    expect(ends).toEqual([])
  })

  test('[SESSION10] may leave from within what it is told', async () => {
    const a = await join('a')
    await join('b')
    a.on('session-ended', () => void a.leave())
    a.disconnect()
    await lab().advance(windowMs + 1000)
    a.connect()
    await lab().settle()
    expect(() => a.send('hi')).toThrow(expect.objectContaining({ code: 'left' }))
  })

  test('[SESSION10] may write anew what it held, from within what it is told', async () => {
    const a = await join('a')
    const b = await join('b')
    a.store.set('pinned', 'yesterday')
    a.on('session-ended', ({ snapshot }) => a.store.set('pinned', snapshot['pinned']))
    a.disconnect()
    await lab().advance(windowMs + 1000)
    a.connect()
    await lab().settle()
    await lab().advance(1000)
    for (const room of [a, b]) expect(room.store.get('pinned')).toBe('yesterday')
  })

  test('[SESSION10] twice in a row discards twice', async () => {
    const a = await join('a')
    const ends = endsOf(a)
    for (const value of ['one', 'two']) {
      a.store.set('pinned', value)
      a.disconnect()
      await lab().advance(windowMs + 1000)
      a.connect()
      await lab().settle()
      await lab().advance(1000)
    }
    expect(ends.map(({ snapshot }) => snapshot)).toEqual([{ pinned: 'one' }, { pinned: 'two' }])
    expect(new Set(ends.map(({ sessionId }) => sessionId)).size).toBe(2)
  })
})

test('[SESSION10] [SESSION14] what is written and told between two lives is of the next one', async () => {
  const a = await join('a')
  const b = await join('b')
  a.disconnect()
  await lab().advance(windowMs + 1000)
  a.on('session-ended', () => {
    a.store.set('pinned', 'anew')
    a.setName('anna')
  })
  a.connect()
  await lab().settle()
  expect([a.store.pending, a.store.lastWrite?.state]).toEqual([0, 'all'])
  expect(namesOf(b)).toEqual(['anna'])
})

describe('who slept', () => {
  test('[SESSION12] past the window with links that seem open brings nothing old into a session founded meanwhile', async () => {
    const a = await join('a')
    a.store.set('pinned', 'yesterday')
    await lab().settle()
    const ends = endsOf(a)
    // Signaling takes it for there still, as no one has told it otherwise.
    lab().clock.sleep(windowMs + 1000)
    const c = await join('c', { joinTimeoutMs: 0 })
    c.store.set('pinned', 'today')
    await lab().advance(6000)
    expect(ends).toHaveLength(1)
    for (const room of [a, c]) expect(room.store.getAll()).toEqual({ pinned: 'today' })
  })

  test('[SESSION12] within the window goes on, and declares nobody gone', async () => {
    const a = await join('a')
    const b = await join('b')
    const left: string[] = []
    a.on('peer-left', ({ peer }) => left.push(peer.name))
    const ends = endsOf(a)
    lab().clock.sleep(40_000)
    a.store.set('mine', 'kept')
    await lab().advance(5000)
    expect(b.store.get('mine')).toBe('kept')
    expect([left, ends]).toEqual([[], []])
  })

  test('[SESSION12] a wall clock that is set, with links that carry, ends nothing', async () => {
    let jumpMs = 0
    const clock = { ...lab().clock, now: () => lab().clock.now() + jumpMs }
    const a = await join('a', { clock })
    const b = await join('b')
    const ends = endsOf(a)
    for (const jump of [3_600_000, -7_200_000]) {
      jumpMs += jump
      a.store.set('at', jump)
      // Without a tick of the clock.
      await lab().settle()
      expect(b.store.get('at')).toBe(jump)
      await lab().advance(6000)
    }
    expect(ends).toEqual([])
    expect(namesOf(b)).toEqual(['a'])
  })

  test('[SESSION12] two whose clock is the same one ask each other, and both get an answer', async () => {
    let jumpMs = 0
    const clock = { ...lab().clock, now: () => lab().clock.now() + jumpMs }
    const a = await join('a', { clock })
    const b = await join('b', { clock })
    jumpMs = 3_600_000
    a.store.set('x', 1)
    b.store.set('y', 2)
    await lab().settle()
    for (const room of [a, b]) expect(room.store.getAll()).toEqual({ x: 1, y: 2 })
  })

  test('[SESSION12] while its monotonic clock stood still has left by the wall clock', async () => {
    let jumpMs = 0
    const clock = { ...lab().clock, now: () => lab().clock.now() + jumpMs }
    const a = await join('a', { clock })
    const b = await join('b')
    a.store.set('pinned', 'yesterday')
    await lab().settle()
    const ends = endsOf(a)
    // The lid is closed: the others miss it and go, and its links and sockets are dead when it wakes.
    lab().network.partition([[b.self.id], [a.self.id]])
    await leave(b)
    jumpMs = 3_600_000
    await lab().advance(5000)
    lab().network.heal()
    await lab().advance(5000)
    expect(ends.map(({ snapshot }) => snapshot)).toEqual([{ pinned: 'yesterday' }])
  })
})

describe('a page', () => {
  const page = () => {
    const target = new EventTarget()
    vi.stubGlobal('addEventListener', target.addEventListener.bind(target))
    vi.stubGlobal('removeEventListener', target.removeEventListener.bind(target))
    return (type: string, persisted: boolean) => target.dispatchEvent(Object.assign(new Event(type), { persisted }))
  }
  afterEach(() => void vi.unstubAllGlobals())

  test('[SESSION13] that is put away says goodbye, and goes on as somebody new when it is back', async () => {
    const tell = page()
    const a = await join('a')
    vi.unstubAllGlobals()
    const b = await join('b')
    const ends = endsOf(a)
    a.store.set('pinned', 'kept')
    const notes = a.store.text('notes')
    notes.insert(0, 'typed')
    await lab().settle()
    const { sessionId, self } = a
    tell('pagehide', true)
    await lab().settle()
    expect(b.peers).toEqual([])
    a.store.set('mine', 'meanwhile')
    await leave(b)
    await lab().advance(windowMs / 2)
    tell('pageshow', true)
    await lab().settle()
    const c = await join('c')
    await lab().settle()
    expect(c.store.getAll()).toEqual({ mine: 'meanwhile', notes: 'typed', pinned: 'kept' })
    expect(c.sessionId).toBe(sessionId)
    expect(a.self.id).not.toBe(self.id)
    expect(a.store.text('notes')).toBe(notes)
    expect(a.store.pending).toBe(0)
    expect(ends).toEqual([])
    notes.insert(0, 're')
    await lab().settle()
    expect(c.store.get('notes')).toBe('retyped')
  })

  test('[SESSION13] that is back after the window has left', async () => {
    const tell = page()
    const a = await join('a')
    vi.unstubAllGlobals()
    const ends = endsOf(a)
    a.store.set('pinned', 'yesterday')
    tell('pagehide', true)
    await lab().advance(windowMs + 1000)
    tell('pageshow', true)
    await lab().settle()
    expect(ends.map(({ snapshot }) => snapshot)).toEqual([{ pinned: 'yesterday' }])
    expect(a.store.getAll()).toEqual({})
    const b = await join('b')
    expect(namesOf(b)).toEqual(['a'])
  })
})
