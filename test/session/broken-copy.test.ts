import { expect, test } from 'vitest'
import { createMemoryPersistence } from '../../src/persistence/memory.js'
import type { Persistence, RoomCopy } from '../../src/persistence/persistence.js'
import { roomLabOfFile } from '../support/room-lab.js'

const lab = roomLabOfFile()
const windowMs = 60_000

const problemsOf = async (open: Persistence['open'], waitMs: number) => {
  const problems: unknown[] = []
  const joining = lab().start({ persist: { name: 'broken', open } })
  const listening = joining.then(room => room.on('error', problem => problems.push(problem)))
  await lab().advance(waitMs)
  await lab().advance(1)
  await listening
  const room = await joining
  room.store.set('pinned', 'here')
  return problems
}

test('[PERSIST7] a persistence that rejects is told, and the room is joined without it', async () => {
  const problems = await problemsOf(() => Promise.reject(new Error('no room')), 0)
  expect(problems).toMatchObject([{ code: 'persistence-failed', details: { reason: 'no room' } }])
})

test('[PERSIST7] a persistence that does not open in 2 seconds is done without, and closed when it opens', async () => {
  let open: (copy: RoomCopy) => void = () => {}
  const late = new Promise<RoomCopy>(resolve => {
    open = resolve
  })
  const problems = await problemsOf(() => late, 2000)
  expect(problems).toMatchObject([{ code: 'persistence-failed' }])
  const origin = createMemoryPersistence()
  const copy = await origin.open({ room: 'lab', clock: lab().clock, random: () => 0.5, onFailure: () => {} })
  let closed = 0
  open({
    ...copy,
    close: () => {
      closed++
      return copy.close()
    },
  })
  await lab().settle()
  expect(closed).toBe(1)
})

test('[PERSIST2] a session id that no peer would take makes a copy unusable', async () => {
  const other = await lab().join()
  const origin = createMemoryPersistence()
  const copy = await origin.open({ room: 'lab', clock: lab().clock, random: () => 0.5, onFailure: () => {} })
  const now = lab().clock.now()
  copy.touch({ sessionId: '0'.repeat(65), aliveAt: now, connectedAt: now })
  await copy.close()
  const room = await lab().join({ persist: origin.tab(), resumeWindowMs: windowMs })
  room.store.set('pinned', 'here')
  await lab().settle()
  expect(other.store.get('pinned')).toBe('here')
  expect(room.sessionId).toBe(other.sessionId)
})

test('[SESSION17] [PERSIST9] who was in the room for a moment only is cut off since then, over a reload too', async () => {
  const origin = createMemoryPersistence()
  const tab = origin.tab()
  const before = await lab().join({ persist: tab, resumeWindowMs: windowMs })
  before.store.set('pinned', 'yesterday')
  await lab().advance(1000)
  tab.crash()
  lab().network.kill(before.self.id)
  void before.leave()
  lab().network.setSignaling('unreachable')
  await lab().advance(windowMs - 10_000)
  const joining = lab().join({ persist: origin.tab(), resumeWindowMs: windowMs, joinTimeoutMs: 0 })
  await lab().advance(20_000)
  const after = await joining
  expect(after.store.get('pinned')).toBe('yesterday')
  lab().network.setSignaling('reachable')
  await lab().advance(1000)
  expect(after.store.getAll()).toEqual({})
})
