import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { indexedDb } from '../../src/persistence/indexeddb.js'
import { createMemoryPersistence } from '../../src/persistence/memory.js'
import { createManualClock } from '../support/manual-clock.js'
import { describePersistenceContract, type Tab } from './persistence-contract.js'
import { openDriver, type Driver } from './persistence-driver.js'

/** A driver of this process, as a tab. */
const tabOf = (driver: Driver, crash: () => Promise<void>): Tab => {
  const asking =
    <M extends keyof Driver>(method: M) =>
    async (...given: Parameters<Driver[M]>) =>
      (driver[method] as (...given: unknown[]) => unknown)(...given)
  const methods = Object.keys(driver) as (keyof Driver)[]
  return { ...Object.fromEntries(methods.map(method => [method, asking(method)])), crash } as Tab
}

describePersistenceContract('memory', async () => {
  const persistence = createMemoryPersistence()
  const clock = createManualClock()
  return {
    openTab: async (room = 'contract') => {
      const tab = persistence.tab()
      return tabOf(await openDriver(tab, { room, clock }), async () => tab.crash())
    },
    close: async () => {},
  }
})

// Without locks, as on an insecure origin: Node has none. With locks it runs in test/browser/persistence.test.ts.
describePersistenceContract('indexeddb', async () => {
  globalThis.indexedDB = new IDBFactory()
  const clock = createManualClock()
  return {
    openTab: async (room = 'contract') => {
      const driver = await openDriver(indexedDb({ locks: null }), { room, clock })
      // Who is silent for 10 s is gone. All others of these tests have nothing to say in that time.
      return tabOf(driver, () => clock.advance(10_000))
    },
    close: async () => {},
  }
})
