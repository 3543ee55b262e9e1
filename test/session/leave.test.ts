import { describe, expect, test, vi } from 'vitest'
import { createMemoryPersistence } from '../../src/persistence/memory.js'
import type { Room } from '../../src/room.js'
import { roomLabOfFile } from '../support/room-lab.js'

const lab = roomLabOfFile()

const leave = async (room: Room) => {
  const leaving = room.leave()
  await lab().advance(500)
  await leaving
}
/** Whether a promise has settled by now. */
const watch = (promise: Promise<unknown>) => {
  const watched = { isDone: false }
  void promise.finally(() => (watched.isDone = true))
  return watched
}
const createPage = () => {
  const target = new EventTarget()
  vi.stubGlobal('addEventListener', target.addEventListener.bind(target))
  vi.stubGlobal('removeEventListener', target.removeEventListener.bind(target))
  return (type: string) => target.dispatchEvent(Object.assign(new Event(type), { persisted: true }))
}

describe('after it', () => {
  test('[ROOM6] what handles do throws left, whatever they hold', async () => {
    const room = await lab().join()
    const { store } = room
    const [counter, list, members] = [store.counter('claps'), store.list('queue'), store.members('hands')]
    const { history } = store
    await leave(room)
    const calls: (() => unknown)[] = [
      () => counter.value,
      () => counter.increment(),
      () => counter.decrement(),
      () => counter.reset(),
      () => list.items,
      () => list.push('ana'),
      () => list.insert(0, 'ana'),
      () => list.remove(0),
      () => list.move(0, 0),
      () => members.values,
      () => members.has('ana'),
      () => members.add('ana'),
      () => members.remove('ana'),
      () => history.canUndo,
      () => history.canRedo,
      () => history.undo(),
      () => history.redo(),
    ]
    for (const call of calls) expect(call, call.toString()).toThrow(expect.objectContaining({ code: 'left' }))
  })

  test('[ROOM6] no store can be got at, and who types on in a text is told', async () => {
    const room = await lab().join()
    const codes: string[] = []
    room.on('error', ({ code }) => codes.push(code))
    const notes = room.store.text('notes')
    notes.insert(0, 'typed')
    await lab().settle()
    const { store } = room
    await leave(room)
    const calls: (() => unknown)[] = [
      () => room.store.get('notes'),
      () => store.has('notes'),
      () => store.counter('claps'),
      () => store.list('queue'),
      () => store.members('hands'),
      () => store.text('notes'),
      () => store.compareAndSet('seat', null, 1),
      () => store.history,
      () => store.pending,
      () => store.lastWrite,
    ]
    for (const call of calls) expect(call, call.toString()).toThrow(expect.objectContaining({ code: 'left' }))
    notes.insert(0, 're')
    await lab().settle()
    expect(codes).toEqual(['left'])
    expect(notes.toString()).toBe('typed')
  })

  test('[ROOM9] its status is that of who is gone', async () => {
    const [a] = [await lab().join(), await lab().join()]
    await leave(a)
    expect(a.peers).toEqual([])
    expect(a.status).toEqual({ signaling: 'disconnected', links: [], sync: 'offline' })
  })

  test('[ROOM6] who waits for a delivery is told that the room was left', async () => {
    const room = await lab().join()
    room.store.set('key', 1)
    const waiting = expect(room.store.whenDelivered({ to: 'any', timeoutMs: Infinity })).rejects.toMatchObject({
      code: 'left',
    })
    await leave(room)
    await waiting
  })
})

describe('while it is under way', () => {
  test('[ROOM6] it takes half a second at most, though links never drain and nobody answers', async () => {
    const [a, b] = [await lab().join(), await lab().join()]
    a.store.set('key', 'x'.repeat(900))
    const leaving = watch(a.leave())
    await lab().settleBut({ from: a, to: b })
    await lab().clock.advance(499, () => lab().settleBut({ from: a, to: b }))
    expect(leaving.isDone).toBe(false)
    await lab().clock.advance(1, () => lab().settleBut({ from: a, to: b }))
    expect(leaving.isDone).toBe(true)
  })

  test('[ROOM6] somebody new can join the same room in the same page, and meets who is there', async () => {
    const [a, b] = [await lab().join({ name: 'a' }), await lab().join({ name: 'b' })]
    b.store.set('pinned', 'kept')
    await lab().settle()
    const leaving = a.leave()
    const again = await lab().join({ name: 'again' })
    await lab().advance(500)
    await leaving
    expect(again.store.get('pinned')).toBe('kept')
    expect(again.sessionId).toBe(b.sessionId)
    expect(b.peers.map(({ name }) => name)).toEqual(['again'])
    expect(again.peers.map(({ name }) => name)).toEqual(['b'])
    again.store.set('pinned', 'changed')
    await lab().settle()
    expect(b.store.get('pinned')).toBe('changed')
    expect(() => a.store.get('pinned')).toThrow(expect.objectContaining({ code: 'left' }))
  })

  test('[ROOM6] the last one out that comes back at once finds nothing of what it left', async () => {
    const a = await lab().join()
    a.store.set('pinned', 'yesterday')
    await lab().settle()
    const leaving = a.leave()
    await lab().advance(1)
    const again = await lab().join()
    await lab().advance(500)
    await leaving
    expect(again.store.getAll()).toEqual({})
    expect(again.sessionId > a.sessionId).toBe(true)
  })

  test('[SESSION17] with a copy, who joins again before it has left is as another tab, and who does so later finds nothing', async () => {
    const persist = createMemoryPersistence()
    const a = await lab().join({ persist })
    a.store.set('pinned', 'kept')
    await lab().settle()
    const leaving = a.leave()
    const again = await lab().join({ persist })
    await leaving
    expect(again.store.getAll()).toEqual({ pinned: 'kept' })
    expect(again.sessionId).toBe(a.sessionId)
    await leave(again)
    const later = await lab().join({ persist })
    expect(later.store.getAll()).toEqual({})
    expect(later.sessionId).not.toBe(a.sessionId)
  })
})

describe('before it', () => {
  test('[ROOM6] a page that was put away waits for the goodbye that is under way, and does not come back', async () => {
    const tell = createPage()
    const [a, b] = [await lab().join(), await lab().join()]
    tell('pagehide')
    const leaving = watch(a.leave())
    await lab().settleBut({ from: b, to: a }, { from: a, to: b })
    expect(leaving.isDone).toBe(false)
    await lab().advance(500)
    expect(leaving.isDone).toBe(true)
    tell('pageshow')
    await lab().advance(1000)
    expect(b.peers).toEqual([])
    expect(() => a.store.get('key')).toThrow(expect.objectContaining({ code: 'left' }))
  })

  test('[ROOM6] [ROOM5] one who was only about to join leaves nothing behind', async () => {
    const b = await lab().join()
    const met: string[] = []
    b.on('peer-joined', ({ peer }) => met.push(peer.name))
    const cancelling = new AbortController()
    const joining = expect(lab().start({ name: 'a', signal: cancelling.signal })).rejects.toMatchObject({
      code: 'aborted',
    })
    cancelling.abort()
    await lab().advance(500)
    await joining
    expect(met).toEqual([])
    expect(b.status.links).toEqual([])
    const again = await lab().join({ name: 'again' })
    expect(again.peers).toHaveLength(1)
  })
})
