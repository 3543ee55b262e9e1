import { expect, test } from 'vitest'
import { createMemoryPersistence, createNetwork } from '../../src/testing/index.js'

test('[TEST9] a room that sleeps hears nothing and does nothing until it wakes, and then all at once', async () => {
  const network = createNetwork({ seed: 7 })
  const a = await network.join({ room: 'lab', resumeWindowMs: 60_000 })
  const b = await network.join({ room: 'lab', resumeWindowMs: 60_000 })
  const told: unknown[] = []
  await network.settle()
  a.store.observe('*', ({ value }) => told.push(value))
  await network.sleep(a)
  b.store.set('x', 1)
  await network.advance(2000)
  b.store.set('x', 2)
  await network.advance(10_000)
  expect(told).toEqual([])
  expect(a.peers).toHaveLength(1)
  expect(b.peers).toHaveLength(0)
  await network.wake(a)
  await network.advance(5000)
  expect(told.at(-1)).toBe(2)
  expect([a.peers.length, b.peers.length]).toEqual([1, 1])
})

test.each(['runs', 'stops'] as const)(
  '[TEST9] [SESSION12] one that slept past its window has left, where its monotonic clock %s',
  async monotonic => {
    const network = createNetwork({ seed: 7 })
    const a = await network.join({ room: 'lab', resumeWindowMs: 60_000 })
    const b = await network.join({ room: 'lab' })
    a.store.set('pinned', 'yesterday')
    await network.settle()
    const ends: unknown[] = []
    a.on('session-ended', ({ snapshot }) => ends.push(snapshot))
    await network.sleep(a, { monotonic })
    await network.advance(5000)
    const left = b.leave()
    await network.advance(61_000)
    await left
    const c = await network.join({ room: 'lab' })
    c.store.set('pinned', 'today')
    await network.advance(1000)
    await network.wake(a)
    await network.advance(6000)
    expect(ends).toEqual([{ pinned: 'yesterday' }])
    for (const room of [a, c]) expect(room.store.getAll()).toEqual({ pinned: 'today' })
  },
)

test('[TEST10] what a room has kept outlives its crash, for who joins with the same storage', async () => {
  const network = createNetwork({ seed: 7 })
  const persist = createMemoryPersistence()
  const a = await network.join({ room: 'lab', persist })
  a.store.set('pinned', 'kept')
  await network.advance(1000)
  await network.crash(a)
  const again = await network.join({ room: 'lab', persist })
  expect(again.store.get('pinned')).toBe('kept')
  const left = again.leave()
  await network.advance(1000)
  await left
  expect((await network.join({ room: 'lab', persist })).store.getAll()).toEqual({})
})

test('[TEST10] each room that asks for indexeddb is in a browser of its own', async () => {
  const network = createNetwork({ seed: 7 })
  const a = await network.join({ room: 'lab', persist: 'indexeddb' })
  a.store.set('pinned', 'kept')
  await network.advance(1000)
  await network.crash(a)
  const other = await network.join({ room: 'lab', persist: 'indexeddb' })
  expect(other.store.getAll()).toEqual({})
})
