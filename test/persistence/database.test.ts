import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import type { DBSchema } from 'idb'
import { afterEach, expect, test } from 'vitest'
import { connectTo } from '../../src/persistence/database.js'

afterEach(() => {
  globalThis.indexedDB = new IDBFactory()
})

type Tables = DBSchema & { chains: { key: string; value: number } }

const connect = () => {
  const failures: unknown[] = []
  const database = connectTo<Tables>(
    'hearth',
    db => void db.createObjectStore('chains'),
    cause => failures.push(cause),
  )
  return { database, failures }
}

test('[PERSIST1] what is stored first is asked for first, also while the connection opens', async () => {
  const factory = new IDBFactory()
  globalThis.indexedDB = factory
  const open = factory.open.bind(factory)
  const order: number[] = []
  const uses: Promise<void>[] = []
  const { database } = connect()
  const use = () => {
    const index = uses.length
    uses.push(
      database.use(async () => {
        order.push(index)
      }),
    )
  }
  const isOpen = new Promise<void>(resolve => {
    factory.open = (...given) => {
      const request = open(...given)
      // In every microtask around the moment in which the connection is there.
      const during = async () => {
        for (let step = 0; step < 30; step++) {
          use()
          await Promise.resolve()
        }
        resolve()
      }
      request.addEventListener('success', () => void during())
      return request
    }
  })
  use()
  await isOpen
  await Promise.all(uses)
  expect(order).toEqual(Array.from({ length: 31 }, (_, index) => index))
  database.close()
})

test('[PERSIST7] a connection that could not be opened is tried anew at the next use', async () => {
  const factory = new IDBFactory()
  globalThis.indexedDB = factory
  const open = factory.open.bind(factory)
  factory.open = () => {
    throw new DOMException('Not now', 'UnknownError')
  }
  const { database, failures } = connect()
  await expect(database.use(async () => 1)).rejects.toThrow('Not now')
  factory.open = open
  expect(await database.use(async () => 2)).toBe(2)
  expect(failures).toEqual([])
  database.close()
})

test('[PERSIST8] a connection that another page wants closed is closed at once, and opened anew when it is needed', async () => {
  globalThis.indexedDB = new IDBFactory()
  const { database } = connect()
  const count = () => database.use(async db => db.count('chains'))
  await database.use(async db => void (await db.put('chains', 1, 'a')))
  expect(await count()).toBe(1)
  const deleting = indexedDB.deleteDatabase('hearth')
  await new Promise(resolve => deleting.addEventListener('success', resolve))
  expect(await count()).toBe(0)
  database.close()
})

test('[PERSIST7] a connection that opens after the copy was closed is closed too', async () => {
  globalThis.indexedDB = new IDBFactory()
  const { database } = connect()
  const use = database.use(async db => db.name)
  database.close()
  expect(await use).toBe('hearth')
  const deleting = indexedDB.deleteDatabase('hearth')
  const outcome = await new Promise(resolve => {
    for (const event of ['success', 'blocked']) deleting.addEventListener(event, () => resolve(event))
  })
  expect(outcome).toBe('success')
})
