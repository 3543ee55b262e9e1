import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { indexedDb } from '../../src/persistence/indexeddb.js'
import { createManualClock, settlePromises, type ManualClock } from '../support/manual-clock.js'

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
})
afterEach(() => {
  globalThis.indexedDB = new IDBFactory()
})

const life = { sessionId: 's', aliveAt: 1, connectedAt: 1 }

const open = async ({
  clock = createManualClock(),
  room = 'room',
  name = 'hearth',
  locks = null as LockManager | null,
} = {}) => {
  const failures: string[] = []
  const persistence = indexedDb({ name, locks })
  const copy = await persistence.open({
    room,
    clock,
    random: Math.random,
    onFailure: cause => failures.push((cause as Error).name),
  })
  return { copy, failures, clock }
}

/** Resolves with the connection, which does not close for others. */
const openStubborn = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open('hearth', 1)
    request.addEventListener('upgradeneeded', () => void request.result.createObjectStore('chains'))
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(new Error(String(request.error))))
  })

/** Lets the storage and the clock work until the promise is settled. */
const settled = async <T>(clock: ManualClock, promise: Promise<T>, ms: number): Promise<T> => {
  await settlePromises()
  await clock.advance(ms)
  return promise
}

test('[PERSIST7] where there is no IndexedDB a copy keeps nothing and says so once', async () => {
  Reflect.deleteProperty(globalThis, 'indexedDB')
  const { copy, failures, clock } = await open()
  expect(await copy.read(() => true)).toBeNull()
  for (let round = 0; round < 3; round++) {
    copy.touch(life)
    copy.append(Uint8Array.of(1), () => Uint8Array.of(1))
    await copy.written()
  }
  await copy.clear()
  await copy.discard()
  expect(failures).toEqual(['ReferenceError'])
  expect(clock.timers).toBe(0)
})

test('[PERSIST7] a database that is blocked holds nothing up, and is written once it is free', async () => {
  const stubborn = await openStubborn()
  const deleting = indexedDB.deleteDatabase('hearth')
  await new Promise(resolve => deleting.addEventListener('blocked', resolve))
  const { copy, failures, clock } = await open()
  expect(
    await settled(
      clock,
      copy.read(() => true),
      2000,
    ),
  ).toBeNull()
  copy.touch(life)
  copy.append(Uint8Array.of(1), () => Uint8Array.of(1))
  expect(failures).toEqual(['TimeoutError'])
  stubborn.close()
  await copy.written()
  await copy.close()
  const next = await open()
  expect(await next.copy.read(() => true)).toEqual({ life, parts: [Uint8Array.of(1)] })
  await next.copy.close()
})

test('[PERSIST1] databases of another name share nothing', async () => {
  const { copy } = await open({ name: 'one' })
  copy.touch(life)
  await copy.close()
  const other = await open({ name: 'two' })
  expect(await other.copy.read(() => true)).toBeNull()
  await other.copy.close()
  const same = await open({ name: 'one' })
  expect(await same.copy.read(() => true)).toEqual({ life, parts: [] })
  await same.copy.close()
})

test('[PERSIST4] locks that are refused are told, and heartbeats take their place', async () => {
  const refusing: LockManager = {
    request: async () => {
      throw new DOMException('Not here', 'SecurityError')
    },
    query: async () => ({}),
  }
  const clock = createManualClock()
  const [a, b] = [await open({ clock, locks: refusing }), await open({ clock, locks: refusing })]
  a.copy.touch(life)
  a.copy.append(Uint8Array.of(1), () => Uint8Array.of(1))
  await a.copy.discard()
  expect(await b.copy.read(() => true)).toEqual({ life, parts: [Uint8Array.of(1)] })
  await b.copy.discard()
  expect(a.failures).toEqual(['SecurityError'])
})

test('[PERSIST4] without locks a tab that is silent for 10 s is gone, and one that was only asleep is whole again', async () => {
  const clock = createManualClock()
  const sleeper = await open({ clock })
  sleeper.copy.touch(life)
  sleeper.copy.append(Uint8Array.of(1), () => Uint8Array.of(1))
  await sleeper.copy.written()
  clock.sleep(10_000)
  await (await open({ clock })).copy.discard()
  expect(await (await open({ clock })).copy.read(() => true)).toBeNull()

  sleeper.copy.touch(life)
  await sleeper.copy.close()
  expect(sleeper.failures).toEqual(['NotFoundError'])
  expect(await (await open({ clock })).copy.read(() => true)).toEqual({ life, parts: [Uint8Array.of(1)] })
})
