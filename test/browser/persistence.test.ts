import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { describePersistenceContract, lifeOf, type Tab } from '../contract/persistence-contract.js'
import type { Driver } from '../contract/persistence-driver.js'
import type * as page from '../contract/persistence-page.js'
import { openLab, type Lab } from '../support/lab.js'
import { until } from '../support/until.js'

declare const lab: typeof page

let opened: Lab
beforeAll(async () => {
  opened = await openLab(new URL('../contract/persistence-page.ts', import.meta.url).pathname)
})
afterEach(async () => {
  await opened.closePages()
  expect(opened.pageErrors).toEqual([])
})
afterAll(() => opened.close())

const room = 'contract'

const methods: readonly (keyof Driver)[] = [
  'load',
  'known',
  'write',
  'repeat',
  'touch',
  'written',
  'close',
  'discard',
  'clear',
  'failures',
]

/** Ends the renderer process without running anything of the page. */
const kill = async (at: Page): Promise<void> => {
  const crashed = at.waitForEvent('crash')
  const cdp = await at.context().newCDPSession(at)
  void cdp.send('Page.crash').catch((error: unknown) => error)
  await crashed
}

const tabOf = (at: Page, crash: () => Promise<void>): Tab => {
  const asking =
    (method: keyof Driver) =>
    (...given: unknown[]) =>
      at.evaluate(([asked, values]) => lab.ask(asked, values), [method, given] as const)
  return { ...Object.fromEntries(methods.map(method => [method, asking(method)])), crash } as Tab
}

/** How many locks the browser says are held, asked from a page that holds none. */
const heldLocks = async (context: BrowserContext): Promise<number> => {
  const watcher = await opened.openPage({ context })
  const held = await watcher.evaluate(async () => (await navigator.locks.query()).held?.length)
  await watcher.close()
  return held ?? 0
}

/** A browser of one person, with empty storage. */
const openOrigin = async (holding: page.Holding, url = opened.url) => {
  const context = await opened.browser.newContext()
  let aheadMs = 0
  /** Kills a page and waits until it does not count any more: with locks at once, else as if 10 s had passed. */
  const crash = async (at: Page): Promise<void> => {
    const before = await heldLocks(context)
    await kill(at)
    await at.close()
    if (holding === 'locks') {
      await until(async () => (await heldLocks(context)) < before, { what: 'its lock to end' })
      return
    }
    aheadMs += 10_000
    for (const other of context.pages()) await other.evaluate(() => lab.pass(10_000))
  }
  const openIn = async (at: Page, named = room): Promise<Tab> => {
    await at.evaluate(given => lab.open(...given), [named, holding, aheadMs] as const)
    return tabOf(at, () => crash(at))
  }
  return {
    context,
    openIn,
    openPage: () => opened.openPage({ context, url }),
    openTab: async (named = room) => openIn(await opened.openPage({ context, url }), named),
    close: () => context.close(),
  }
}

for (const holding of ['locks', 'heartbeats'] as const)
  describePersistenceContract(`indexeddb (Chromium, ${holding})`, () => openOrigin(holding))

/** Opens a tab that goes on from what is there. */
const resume = async (tab: Tab): Promise<readonly number[] | null> => {
  const stored = await tab.load('any')
  await tab.touch(lifeOf('s'))
  return stored && tab.known()
}

test('[PERSIST1] a page that is reloaded twenty times has what it wrote, the write of its last moment included', async () => {
  const origin = await openOrigin('locks')
  const at = await origin.openPage()
  for (let byte = 1; byte <= 20; byte++) {
    const tab = await origin.openIn(at)
    expect(await resume(tab)).toEqual(byte === 1 ? null : Array.from({ length: byte - 1 }, (_, i) => i + 1))
    await at.evaluate(last => lab.writeWhenHidden(last), byte)
    await at.reload()
  }
  const tab = await origin.openIn(at)
  expect((await tab.load('any'))?.parts).toBeLessThanOrEqual(2)
  expect((await tab.known()).length).toBe(20)
})

test('[PERSIST1] a page whose renderer is killed in the middle of a burst leaves a readable copy', async () => {
  const origin = await openOrigin('locks')
  const at = await origin.openPage()
  const tab = await origin.openIn(at)
  await resume(tab)
  await at.evaluate(() => lab.writeForEver())
  await until(async () => (await tab.known()).length > 150, { what: 'a burst' })
  await tab.crash()
  const next = await origin.openTab()
  const found = (await resume(next)) ?? []
  expect(found.length).toBeGreaterThan(0)
  // All of it up to some moment: no hole.
  expect(found).toEqual(found.map((_, index) => index))
  expect(await next.failures()).toEqual([])
})

test('[PERSIST4] on an insecure origin, which has no locks, two tabs share a copy all the same', async () => {
  const origin = await openOrigin('locks', opened.insecureUrl)
  const at = await origin.openPage()
  expect(await at.evaluate(() => lab.hasLocks())).toBe(false)
  const [a, b] = [await origin.openIn(at), await origin.openTab()]
  await resume(a)
  await a.write(1)
  await a.written()
  expect(await resume(b)).toEqual([1])
  await a.discard()
  await b.close()
  const c = await origin.openTab()
  expect(await resume(c)).toEqual([1])
  await c.discard()
  expect(await resume(await origin.openTab())).toBeNull()
})

test('[PERSIST8] a database that is deleted under two tabs does not hang who deletes it, and is written anew', async () => {
  const origin = await openOrigin('locks')
  const at = await origin.openPage()
  const [a, b] = [await origin.openIn(at), await origin.openTab()]
  for (const tab of [a, b]) await resume(tab)
  await a.write(1)
  await b.write(2)
  await Promise.all([a.written(), b.written()])
  await at.evaluate(() => lab.deleteDatabase())
  await a.write(3)
  for (const tab of [a, b]) {
    await tab.touch(lifeOf('s'))
    await tab.written()
    expect(await tab.failures()).toEqual(['NotFoundError'])
  }
  expect(await resume(await origin.openTab())).toEqual([1, 2, 3])
})

test('[PERSIST7] [PERSIST8] a database that a later version upgrades is let go of; the copy then keeps nothing and says so', async () => {
  const origin = await openOrigin('locks')
  const at = await origin.openPage()
  const tab = await origin.openIn(at)
  await resume(tab)
  await tab.write(1)
  await tab.written()
  await at.evaluate(() => lab.upgradeDatabase())
  for (const byte of [2, 3]) {
    await tab.write(byte)
    await tab.touch(lifeOf('s'))
    await tab.written()
  }
  const other = await origin.openTab()
  expect(await resume(other)).toBeNull()
  await Promise.all([tab.discard(), other.close()])
  expect(await tab.failures()).toEqual(['VersionError'])
  expect(await other.failures()).toEqual(['VersionError'])
})

test('[PERSIST7] a full disk is told, and once there is room the copy is whole', async () => {
  const origin = await openOrigin('locks')
  const at = await origin.openPage()
  const cdp = await origin.context.newCDPSession(at)
  const limit = (quotaSize?: number) =>
    cdp.send('Storage.overrideQuotaForOrigin', {
      origin: new URL(opened.url).origin,
      ...(quotaSize !== undefined && { quotaSize }),
    })
  // Before anything is stored, as the browser remembers for a while how much room it saw.
  await limit(1)
  const tab = await origin.openIn(at)
  expect(await resume(tab)).toBeNull()
  for (let round = 0; round < 3; round++) {
    await tab.write(1)
    await tab.repeat(1, 100_000)
    await tab.touch(lifeOf('s'))
    await tab.written()
  }
  expect(await tab.failures()).toEqual(['QuotaExceededError'])
  expect(await resume(await origin.openTab())).toBeNull()
  await tab.write(2)
  await limit()
  await tab.touch(lifeOf('s'))
  await tab.written()
  await tab.close()
  expect(await resume(await origin.openTab())).toEqual([1, 2])
})

test('[PERSIST2] damaged parts are left out and told; what says nothing of its life is gone', async () => {
  const origin = await openOrigin('locks')
  const at = await origin.openPage()
  const write = async () => {
    const tab = await origin.openIn(at)
    await resume(tab)
    for (const byte of [1, 2]) await tab.write(byte)
    await tab.close()
  }
  await write()
  await at.evaluate(() => lab.damage('parts'))
  const tab = await origin.openTab()
  expect(await tab.load('any')).toEqual({ life: lifeOf('s'), parts: 0 })
  expect(await tab.failures()).toEqual(['DataError'])
  await tab.discard()

  await write()
  await at.evaluate(() => lab.damage('lives'))
  const next = await origin.openTab()
  expect(await next.load('any')).toBeNull()
  await next.written()
  // Its own, which says that it holds the room.
  expect(await at.evaluate(() => lab.countRows())).toBe(1)
})
