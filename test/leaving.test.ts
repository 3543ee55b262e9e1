import { queryObjects, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Awareness } from 'y-protocols/awareness'
import { Doc } from 'yjs'
import { createMemoryPersistence } from '../src/persistence/memory.js'
import { joinRoom, type Room } from '../src/room.js'
import type { JoinOptions } from '../src/room-options.js'
import { Ledger } from '../src/store/ledger.js'
import { SharedStore } from '../src/store/shared-store.js'
import { createManualClock } from '../src/testing/manual-clock.js'
import { settlePromises } from '../src/testing/settle-promises.js'
import { createMemoryNetwork } from '../src/transport/memory.js'
import { createRandom } from './support/random.js'

/** Before the first look at the heap: engines and packages keep what they need again. */
const warmUpRooms = 200
const rooms = 1000
/** A room that is kept is a hundred times this. Without leaks it is some ten. */
const maxBytesPerRoom = 500
const windowMs = 3000

// Compiled code is on the heap too, and comes and goes as the engine sees fit.
for (const flag of ['--expose-gc', '--no-opt', '--no-sparkplug']) setFlagsFromString(flag)
const collect = runInNewContext('gc') as () => void

/** Bytes that somebody still holds. */
const heldBytes = async (): Promise<number> => {
  // What a WeakRef or a promise has just shown lives until the next macrotask.
  for (let round = 0; round < 3; round++) {
    await new Promise(resolve => setImmediate(resolve))
    collect()
  }
  return process.memoryUsage().heapUsed
}

const classes = { Awareness, Doc, Ledger, SharedStore }
const instances = () => Object.entries(classes).map(([name, each]) => [name, queryObjects(each, { format: 'count' })])
const machineTimers = () => process.getActiveResourcesInfo().filter(what => what === 'Timeout').length

/** A page whose listeners can be counted. */
const createPage = () => {
  const listening = new Map<string, Set<unknown>>()
  const of = (type: string) => listening.get(type) ?? new Set()
  return {
    addEventListener: (type: string, listener: unknown) => void listening.set(type, of(type).add(listener)),
    removeEventListener: (type: string, listener: unknown) => void of(type).delete(listener),
    dispatch: (type: string, persisted: boolean) => {
      for (const listener of of(type)) (listener as (event: unknown) => void)({ type, persisted })
    },
    get listeners() {
      return [...listening.values()].reduce((sum, { size }) => sum + size, 0)
    },
  }
}
let page: ReturnType<typeof createPage>

beforeEach(() => {
  page = createPage()
  vi.stubGlobal('addEventListener', page.addEventListener)
  vi.stubGlobal('removeEventListener', page.removeEventListener)
  vi.stubGlobal('document', page)
})
afterEach(() => void vi.unstubAllGlobals())

/** One network, clock and storage that outlive every room. */
const createWorld = () => {
  const random = createRandom(1)
  const network = createMemoryNetwork({ random })
  const clock = createManualClock()
  const persist = createMemoryPersistence()
  const settle = async () => {
    do {
      await settlePromises()
      await network.settle()
      await settlePromises()
    } while (network.pending > 0)
  }
  const advance = (ms: number) => clock.advance(ms, settle)
  const join = async (options: Partial<JoinOptions> = {}) => {
    const joining = joinRoom({
      room: 'hall',
      transport: network.transport(),
      clock,
      random,
      resumeWindowMs: windowMs,
      ...options,
    })
    // The caller hears of it; until then nobody else shall.
    joining.catch(() => {})
    await settle()
    return joining
  }
  const leave = async (room: Room) => {
    const leaving = room.leave()
    await settle()
    await advance(500)
    await leaving
  }
  return { clock, persist, settle, advance, join, leave }
}
type World = ReturnType<typeof createWorld>

/** Uses all that a room has. */
const use = (room: Room) => {
  const { store } = room
  const ignore = () => {}
  for (const event of ['peer-joined', 'peer-left', 'message', 'status', 'conflict', 'error'] as const)
    room.on(event, ignore)
  store.observe('*', ignore)
  store.set('spotlight', room.self.id)
  store.set('poll', { question: 'Lunch?', votes: { [room.self.id]: 'pizza' } })
  store.set('spotlight', null)
  store.history.undo()
  store.counter('claps').increment()
  store.list('queue', { max: 3 }).push(room.self.id, 'next')
  store.members('hands').add(room.self.id)
  store.text('notes').observe(ignore)
  store.text('notes').insert(0, 'typed')
  room.awareness.on('change', ignore)
  room.awareness.setLocalState({ cursor: 1 })
  room.send('hello')
  room.setMetadata({ hand: 'up' })
  // Nobody is there when it is told that it was left.
  store.whenDelivered({ timeoutMs: Infinity }).catch(ignore)
}

const ways = ['plain', 'stale', 'put away', 'kept', 'at once', 'cancelled'] as const

/** Two rooms that meet, do what rooms do, and are left. */
const meet = async (way: (typeof ways)[number], { persist, settle, advance, join, leave }: World): Promise<void> => {
  const options = way === 'kept' ? { persist } : {}
  const a = await join({ name: 'ana', ...options })
  const b = await join({ name: 'ben' })
  use(a)
  use(b)
  await settle()
  switch (way) {
    case 'plain':
    case 'kept':
      await leave(a)
      break
    case 'at once':
      await Promise.all([leave(a), leave(b)])
      break
    case 'stale':
      a.disconnect()
      a.store.set('spotlight', 'offline')
      await advance(windowMs + 1000)
      a.connect()
      await settle()
      use(a)
      await leave(a)
      break
    case 'put away':
      page.dispatch('pagehide', true)
      await advance(600)
      page.dispatch('pageshow', true)
      await settle()
      use(a)
      page.dispatch('pagehide', false)
      await advance(600)
      break
    case 'cancelled': {
      const cancelling = new AbortController()
      const joining = join({ signal: cancelling.signal }).catch(() => {})
      cancelling.abort()
      await joining
      a.disconnect()
      a.store.whenDelivered({ to: 'any', timeoutMs: Infinity }).catch(() => {})
      await leave(a)
      break
    }
  }
  await leave(b)
}

const meetUntil = async (left: number, world: World): Promise<void> => {
  for (let turn = 0; turn < left / 2; turn++) await meet(ways[turn % ways.length] ?? 'plain', world)
}

test(`[ROOM6] of ${rooms} rooms that were left nothing stays: no memory, no timer, no listener`, async () => {
  const world = createWorld()
  await meetUntil(warmUpRooms, world)
  const timersBefore = machineTimers()
  const before = await heldBytes()
  await meetUntil(rooms, world)
  const grownPerRoom = ((await heldBytes()) - before) / rooms
  expect(instances()).toEqual(Object.keys(classes).map(name => [name, 0]))
  expect(grownPerRoom).toBeLessThan(maxBytesPerRoom)
  expect(world.clock.timers).toBe(0)
  expect(page.listeners).toBe(0)
  // Those of the test runner are in both; a room that leaves one leaves a thousand.
  expect(machineTimers()).toBeLessThan(timersBefore + rooms / 10)
}, 240_000)
