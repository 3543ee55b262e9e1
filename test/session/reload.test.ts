import { expect, test, vi } from 'vitest'
import { createMemoryPersistence, type MemoryTab } from '../../src/persistence/memory.js'
import type { Persistence, RoomCopy } from '../../src/persistence/persistence.js'
import type { Room } from '../../src/room.js'
import type { JoinOptions } from '../../src/room-options.js'
import { roomLabOfFile } from '../support/room-lab.js'

const lab = roomLabOfFile()
const windowMs = 60_000

const join = (persist: Persistence, options: Partial<JoinOptions> = {}) =>
  lab().join({ persist, resumeWindowMs: windowMs, ...options })

/** The page is killed: what it would still do reaches nobody. */
const crash = async (room: Room, tab: MemoryTab) => {
  tab.crash()
  lab().network.kill(room.self.id)
  void room.leave()
  await lab().settle()
}
const leave = async (room: Room) => {
  const left = room.leave()
  await lab().advance(1000)
  await left
}

test('[SESSION16] a lone peer that reloads within the window has its store, and goes on in the same session', async () => {
  const origin = createMemoryPersistence()
  const tab = origin.tab()
  const before = await join(tab, { name: 'a' })
  before.store.set('pinned', ['one'])
  before.store.text('notes').insert(0, 'typed')
  before.store.counter('claps').increment(2)
  await lab().settle()
  const { sessionId, self } = before
  await lab().advance(1000)
  await crash(before, tab)
  await lab().advance(windowMs / 2)
  const after = await join(origin.tab())
  expect(after.store.getAll()).toEqual({ claps: 2, notes: 'typed', pinned: ['one'] })
  expect(after.sessionId).toBe(sessionId)
  expect(after.self.id).not.toBe(self.id)
  after.store.text('notes').insert(0, 're')
  after.store.counter('claps').increment()
  after.store.update('pinned', pinned => [...(pinned as string[]), 'two'])
  const other = await lab().join()
  await lab().settle()
  expect(other.store.getAll()).toEqual({ claps: 3, notes: 'retyped', pinned: ['one', 'two'] })
  expect(other.sessionId).toBe(sessionId)
})

test('[SESSION16] also without any network, and what it writes there is in the copy too', async () => {
  const origin = createMemoryPersistence()
  lab().network.setSignaling('unreachable')
  for (const [load, expected] of [{}, { load0: true }, { load0: true, load1: true }].entries()) {
    const tab = origin.tab()
    const joining = join(tab, { joinTimeoutMs: 1000 })
    await lab().advance(1000)
    const room = await joining
    expect(room.status.sync).toBe('offline')
    expect(room.store.getAll()).toEqual(expected)
    room.store.set(`load${load}`, true)
    await lab().advance(1000)
    await crash(room, tab)
  }
})

test('[SESSION16] nothing of what it brings is taken for delivered before somebody has it', async () => {
  const origin = createMemoryPersistence()
  const tab = origin.tab()
  const before = await join(tab)
  before.store.set('pinned', 'mine')
  await lab().advance(1000)
  await crash(before, tab)
  const after = await join(origin.tab())
  expect([after.store.pending, after.store.lastWrite]).toEqual([1, null])
  const delivered = after.store.whenDelivered({ to: 'any' })
  const other = await lab().join()
  await lab().settle()
  await delivered
  expect(after.store.pending).toBe(0)
  expect(other.store.get('pinned')).toBe('mine')
})

test('[SESSION16] what was written while its page loaded anew is merged with it', async () => {
  const origin = createMemoryPersistence()
  const tab = origin.tab()
  const a = await join(tab)
  const b = await lab().join()
  a.store.set('list', ['one'])
  await lab().settle()
  a.disconnect()
  a.store.set('list', ['one', 'offline'])
  await lab().advance(1000)
  await crash(a, tab)
  b.store.set('list', ['one', 'online'])
  await lab().settle()
  const again = await join(origin.tab())
  await lab().settle()
  expect(again.store.get('list')).toEqual(b.store.get('list'))
  expect(again.store.get('list')).toHaveLength(3)
})

test('[SESSION17] past the window, or from the future, a copy is not used', async () => {
  for (const awayMs of [windowMs + 5000, -3_600_000]) {
    const origin = createMemoryPersistence()
    const tab = origin.tab()
    const before = await join(tab)
    before.store.set('pinned', 'yesterday')
    await lab().advance(1000)
    await crash(before, tab)
    const clock = { ...lab().clock, now: () => lab().clock.now() + awayMs }
    const after = await join(origin.tab(), { clock })
    expect(after.store.getAll()).toEqual({})
    expect(after.sessionId).not.toBe(before.sessionId)
    await leave(after)
  }
})

test('[SESSION17] the time of being cut off counts on over a reload', async () => {
  const origin = createMemoryPersistence()
  const tab = origin.tab()
  const before = await join(tab)
  before.store.set('pinned', 'yesterday')
  await lab().settle()
  before.disconnect()
  await lab().advance(0.7 * windowMs)
  await crash(before, tab)
  lab().network.setSignaling('unreachable')
  const joining = join(origin.tab(), { joinTimeoutMs: 0 })
  await lab().advance(100)
  const after = await joining
  const ends: unknown[] = []
  after.on('session-ended', end => ends.push(end))
  expect(after.store.get('pinned')).toBe('yesterday')
  await lab().advance(0.7 * windowMs)
  lab().network.setSignaling('reachable')
  await lab().advance(1000)
  expect(ends).toMatchObject([{ reason: 'stale', snapshot: { pinned: 'yesterday' }, sessionId: before.sessionId }])
  expect(after.store.getAll()).toEqual({})
})

test('[SESSION17] who discards its session has discarded its copy', async () => {
  const origin = createMemoryPersistence()
  const tab = origin.tab()
  const a = await join(tab)
  a.store.set('pinned', 'yesterday')
  await lab().settle()
  a.disconnect()
  await lab().advance(windowMs + 1000)
  a.connect()
  await lab().advance(1000)
  a.store.set('pinned', 'today')
  await lab().advance(1000)
  const { sessionId } = a
  await crash(a, tab)
  const after = await join(origin.tab())
  expect(after.store.getAll()).toEqual({ pinned: 'today' })
  expect(after.sessionId).toBe(sessionId)
})

test('[SESSION17] leaving deletes the copy, unless another tab has the room', async () => {
  const origin = createMemoryPersistence()
  const a = await join(origin.tab())
  const b = await join(origin.tab())
  a.store.set('pinned', 'kept')
  await lab().advance(1000)
  await leave(a)
  const tab = origin.tab()
  const c = await join(tab)
  expect(c.store.get('pinned')).toBe('kept')
  await crash(c, tab)
  await leave(b)
  expect((await join(origin.tab())).store.getAll()).toEqual({})
})

test('[SESSION17] who is not let in, or gives up joining, keeps it', async () => {
  const origin = createMemoryPersistence()
  const tab = origin.tab()
  const before = await join(tab)
  before.store.set('pinned', 'kept')
  await lab().advance(1000)
  await crash(before, tab)
  lab().network.setSignaling('unreachable')
  const aborting = new AbortController()
  const joining = expect(join(origin.tab(), { signal: aborting.signal })).rejects.toMatchObject({ code: 'aborted' })
  await lab().advance(100)
  aborting.abort()
  await lab().advance(1000)
  await joining
  lab().network.setSignaling('reachable')
  expect((await join(origin.tab())).store.get('pinned')).toBe('kept')
})

test('[SESSION17] a page that goes away keeps it, with what was written last', async () => {
  const page = new EventTarget()
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
  const origin = createMemoryPersistence()
  const a = await join(origin.tab())
  vi.unstubAllGlobals()
  a.store.set('one', 1)
  await lab().settle()
  a.store.set('two', 2)
  page.dispatchEvent(new Event('pagehide'))
  await lab().settle()
  expect((await join(origin.tab())).store.getAll()).toEqual({ one: 1, two: 2 })
})

test('[SESSION17] storage that fails is told, and nothing else comes of it', async () => {
  const failing: Persistence = {
    name: 'failing',
    open: async (options): Promise<RoomCopy> => {
      options.onFailure(new Error('the disk is full'))
      const nothing = async () => {}
      return {
        read: async () => null,
        append: () => {},
        touch: () => {},
        written: nothing,
        close: nothing,
        discard: nothing,
        clear: nothing,
      }
    },
  }
  const a = await join(failing)
  const errors: unknown[] = []
  a.on('error', ({ code, details }) => errors.push({ code, details }))
  await lab().advance(1)
  expect(errors).toEqual([{ code: 'persistence-failed', details: { reason: 'the disk is full' } }])
  a.store.set('pinned', 'kept')
  const b = await lab().join()
  expect(b.store.get('pinned')).toBe('kept')
})

test('[SESSION17] a persistence that cannot be loaded is told, and the room is there', async () => {
  vi.stubGlobal('indexedDB', undefined)
  try {
    const joining = lab().start({ persist: 'indexeddb' })
    await vi.dynamicImportSettled()
    await lab().settle()
    const a = await joining
    const errors: string[] = []
    a.on('error', ({ code }) => errors.push(code))
    await lab().advance(1)
    expect(errors).toEqual(['persistence-failed'])
    a.store.set('pinned', 'kept')
    await leave(a)
  } finally {
    vi.unstubAllGlobals()
  }
})

test('[ROOM2] [ROOM5] what is no persistence rejects, and joining is cancelled while the copy is read', async () => {
  const join = (options: object) => lab().start(options)
  for (const persist of ['local', {}, 7, null])
    await expect(join({ persist })).rejects.toMatchObject({ code: 'invalid-option', details: { option: 'persist' } })
  for (const resumeWindowMs of [-1, Number.NaN, '5'])
    await expect(join({ resumeWindowMs })).rejects.toMatchObject({ code: 'invalid-option' })
  const aborting = new AbortController()
  const joining = join({ persist: createMemoryPersistence().tab(), signal: aborting.signal })
  aborting.abort()
  await expect(joining).rejects.toMatchObject({ code: 'aborted' })
})
