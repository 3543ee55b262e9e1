/** What the browser tests of persistence run in a page: one tab, which can also be told to do its database harm. */

import { systemClock, type Clock } from '../../src/clock.js'
import { indexedDb } from '../../src/persistence/indexeddb.js'
import { openDriver, type Driver } from './persistence-driver.js'

const opened: { driver: Driver | null } = { driver: null }
let aheadMs = 0

const clock: Clock = { ...systemClock, now: () => Date.now() + aheadMs }

/** How tabs of this origin know of each other. */
export type Holding = 'locks' | 'heartbeats'

export const open = async (room: string, holding: Holding, clockAheadMs: number): Promise<void> => {
  aheadMs = clockAheadMs
  opened.driver = await openDriver(indexedDb(holding === 'locks' ? {} : { locks: null }), { room, clock })
}

export const ask = async (method: keyof Driver, given: readonly unknown[]): Promise<unknown> => {
  const { driver } = opened
  if (!driver) throw new Error('This page has not opened a copy')
  const call = driver[method] as (...given: readonly unknown[]) => unknown
  return call(...given)
}

/** Sets this page's clock ahead. */
export const pass = (ms: number): void => {
  aheadMs += ms
}

/** Writes in the last moment of the page. */
export const writeWhenHidden = (byte: number): void =>
  addEventListener('pagehide', () => {
    opened.driver?.write(byte)
    void opened.driver?.close()
  })

/** Writes 0 to 255, as fast as they can be stored, then goes on with what is known. */
export const writeForEver = (): void => {
  const { driver } = opened
  const write = async (): Promise<void> => {
    for (let byte = 0; ; byte = Math.min(byte + 1, 255)) {
      driver?.write(byte)
      if (byte % 5 === 0) await driver?.written()
    }
  }
  void write()
}

export const hasLocks = (): boolean => 'locks' in navigator

/** As another page, or the developer tools, may do. Resolves once it is gone. */
export const deleteDatabase = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase('hearth')
    request.addEventListener('success', () => resolve())
    request.addEventListener('error', () => reject(new Error(String(request.error))))
  })

const openRaw = (version?: number): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open('hearth', version)
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(new Error(String(request.error))))
  })

/** As a later version of this library would. */
export const upgradeDatabase = async (): Promise<void> => (await openRaw(2)).close()

/** Puts something strange in the place of all that is stored, parts or lives. */
export const damage = async (what: 'parts' | 'lives'): Promise<void> => {
  const db = await openRaw()
  const transaction = db.transaction('chains', 'readwrite')
  const chains = transaction.objectStore('chains')
  chains.openCursor().addEventListener('success', event => {
    const cursor = (event.target as IDBRequest<IDBCursorWithValue | null>).result
    if (!cursor) return
    const isPart = Number((cursor.key as IDBValidKey[])[2]) > 0
    if (isPart === (what === 'parts')) cursor.update({ life: { sessionId: 's', aliveAt: 'never' } })
    cursor.continue()
  })
  await new Promise(resolve => transaction.addEventListener('complete', resolve))
  db.close()
}

/** How many rows there are in all. */
export const countRows = async (): Promise<number> => {
  const db = await openRaw()
  const request = db.transaction('chains').objectStore('chains').count()
  await new Promise(resolve => request.addEventListener('success', resolve))
  db.close()
  return request.result
}
