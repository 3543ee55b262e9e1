import { createServer, type AddressInfo } from 'node:net'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createSignalingServer } from '../../signaling/src/index.js'
import { openLab, type Lab } from '../support/lab.js'
import { until } from '../support/until.js'
import type * as page from './persistence-room-page.js'

declare const lab: typeof page

let opened: Lab
/** An address where nobody listens. */
let nowhere: string
beforeAll(async () => {
  opened = await openLab(new URL('./persistence-room-page.ts', import.meta.url).pathname)
  const closed = createServer()
  await new Promise<void>(resolve => closed.listen(0, '127.0.0.1', resolve))
  nowhere = `ws://127.0.0.1:${(closed.address() as AddressInfo).port}`
  await new Promise(resolve => closed.close(resolve))
})
afterEach(async () => {
  await opened.closePages()
  expect(opened.pageErrors).toEqual([])
})
afterAll(() => opened.close())

const join = (at: Page, joining: Partial<page.Joining> = {}) =>
  at.evaluate(given => lab.join(given), { signaling: nowhere, ...joining })
const all = (at: Page) => at.evaluate(() => lab.all())
const push = (at: Page, item: string) => at.evaluate(given => lab.push(given), item)

const openTab = async (context: BrowserContext, joining?: Partial<page.Joining>, url?: string): Promise<Page> => {
  const tab = await opened.openPage({ context, ...(url !== undefined && { url }) })
  await join(tab, joining)
  return tab
}

/** Ends the renderer process without running anything of the page. */
const kill = async (at: Page): Promise<void> => {
  const crashed = at.waitForEvent('crash')
  const cdp = await at.context().newCDPSession(at)
  void cdp.send('Page.crash').catch((error: unknown) => error)
  await crashed
  await at.close()
}

for (const origin of ['secure', 'insecure'] as const)
  test(`[PERSIST9] a lone page on ${origin === 'secure' ? 'a secure' : 'an insecure'} origin, without any network, has its store after each of ten reloads`, async () => {
    const tab = await openTab(
      await opened.browser.newContext(),
      {},
      origin === 'secure' ? opened.url : opened.insecureUrl,
    )
    const sessionId = await tab.evaluate(() => lab.sessionId())
    const ids = new Set<string>()
    for (let round = 0; round < 10; round++) {
      ids.add(await tab.evaluate(() => lab.selfId()))
      const loaded = tab.waitForEvent('load')
      // In the last moment before it.
      await tab.evaluate(n => {
        lab.push(`item ${n}`)
        lab.type(`${n}`)
        location.reload()
      }, round)
      await loaded
      await join(tab)
      const list = Array.from({ length: round + 1 }, (_, n) => `item ${n}`)
      expect(await all(tab)).toEqual({ list, notes: Array.from({ length: round + 1 }, (_, n) => round - n).join('') })
    }
    expect(ids.size).toBe(10)
    expect(await tab.evaluate(() => lab.sessionId())).toBe(sessionId)
    expect(await tab.evaluate(() => lab.errorCodes())).toEqual([])
  })

test('[PERSIST9] a page whose renderer is killed comes back with all but its last moment', async () => {
  const context = await opened.browser.newContext()
  const tab = await openTab(context)
  const watcher = await opened.openPage({ context })
  await push(tab, 'one')
  await until(async () => (await watcher.evaluate(() => lab.storedParts())) > 0, { what: 'a first part' })
  await kill(tab)
  expect(await all(await openTab(context))).toEqual({ list: ['one'] })
})

test('[PERSIST2] past the resume window the copy is deleted unread', async () => {
  const context = await opened.browser.newContext()
  const tab = await openTab(context)
  await push(tab, 'old')
  await tab.reload()
  const late = 1000
  await until(() => tab.evaluate(at => performance.now() > at, late * 1.5), { what: 'the window to pass' })
  await join(tab, { resumeWindowMs: late })
  expect(await all(tab)).toEqual({})
  await until(async () => (await tab.evaluate(() => lab.storedParts())) === 0, { what: 'the copy to be gone' })
})

test('[PERSIST5] after leave nothing is kept', async () => {
  const tab = await openTab(await opened.browser.newContext())
  await push(tab, 'one')
  await tab.evaluate(() => lab.leave())
  expect(await tab.evaluate(() => lab.storedParts())).toBe(0)
  await tab.reload()
  await join(tab)
  expect(await all(tab)).toEqual({})
})

test('[PERSIST5] two tabs in one room: leaving in one keeps the copy for the other, and the last one deletes it', async () => {
  const server = await createSignalingServer({ port: 0, host: '127.0.0.1' })
  const context = await opened.browser.newContext()
  const [a, b] = [await openTab(context, { signaling: server.url }), await openTab(context, { signaling: server.url })]
  await until(async () => (await a.evaluate(() => lab.peers())) + (await b.evaluate(() => lab.peers())) === 2, {
    what: 'both to see each other',
  })
  await push(a, 'from a')
  await push(b, 'from b')
  const whole = async (at: Page) => ((await all(at)) as { list?: readonly string[] }).list?.length === 2
  await until(async () => (await whole(a)) && (await whole(b)), { what: 'both items in both tabs' })
  const before = await all(b)
  await a.evaluate(() => lab.leave())
  await server.close()
  await b.reload()
  await join(b, { signaling: server.url })
  expect(await all(b)).toEqual(before)
  await b.evaluate(() => lab.leave())
  expect(await b.evaluate(() => lab.storedParts())).toBe(0)
})
