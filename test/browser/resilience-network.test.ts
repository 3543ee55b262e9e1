import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.js'
import type { Access } from '../support/patchy-network.js'
import { until } from '../support/until.js'
import type * as page from './resilience-page.js'
import { resilienceOfFile, told, untilMet, untilSame } from './resilience.js'

declare const lab: typeof page

const given = resilienceOfFile()

/** A page that no timer runs in, and how it wakes. */
type Sleeper = { readonly page: Page; readonly sinceMs: number; wake(): Promise<void> }

/** Nothing of the page itself runs, while the browser around it keeps its sockets and connections. */
const freezePage = async (page: Page): Promise<Sleeper> => {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Debugger.enable')
  await cdp.send('Debugger.pause')
  return { page, sinceMs: performance.now(), wake: async () => void (await cdp.send('Debugger.disable')) }
}

/** As a laptop does it that is closed: every process of the page's browser stops. */
const stopBrowserOf = async (page: Page): Promise<Sleeper> => {
  const cdp = await page.context().browser()?.newBrowserCDPSession()
  const { processInfo = [] } = (await cdp?.send('SystemInfo.getProcessInfo')) ?? {}
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => processInfo.forEach(({ id }) => process.kill(id, name))
  signal('SIGSTOP')
  return { page, sinceMs: performance.now(), wake: async () => signal('SIGCONT') }
}

// They sleep while the other tests run. In the last one they wake.
const sleepMs = 40_000
const laptop: { browser?: Awaited<ReturnType<typeof launchChromium>> } = {}
const asleep: Sleeper[] = []
let watcher: Page
beforeAll(async () => {
  laptop.browser = await launchChromium()
  watcher = await given.join('watcher')
  const frozen = await given.join('frozen')
  const stopped = await given.join('stopped', { context: await laptop.browser.newContext() })
  await untilMet(watcher, frozen, stopped)
  await watcher.evaluate(() => {
    lab.set('object', { start: 0 })
    lab.set('list', ['start'])
  })
  await untilSame([watcher, frozen, stopped], ({ list }) => list !== undefined)
  asleep.push(await freezePage(frozen), await stopBrowserOf(stopped))
  await editAll([watcher], 'asleep')
}, 60_000)
afterAll(async () => {
  for (const sleeper of asleep) await sleeper.wake()
  await laptop.browser?.close()
})

/** Two pages that have met over a network that can fail. */
const meetTwo = async () => {
  const accesses = [await given.network.openAccess(), await given.network.openAccess()] as const
  const a = await given.join('a', { access: accesses[0] })
  const b = await given.join('b', { access: accesses[1] })
  await untilMet(a, b)
  await a.evaluate(() => {
    lab.set('object', { start: 0 })
    lab.set('list', ['start'])
  })
  await untilSame([a, b], ({ list }) => list !== undefined)
  // Nothing of WebRTC finds a way around.
  expect(accesses[0].datagrams).toBeGreaterThan(10)
  return { a, b, access: accesses[0] }
}

/** All write to the same object and the same list. */
const editAll = async (pages: readonly Page[], round: string) => {
  for (const [n, at] of pages.entries())
    await at.evaluate(
      mark => {
        lab.setField('object', mark, 1)
        lab.push('list', mark)
      },
      `${round} ${'ab'.charAt(n)}`,
    )
}
const hasBoth = (round: string) => (values: Record<string, unknown>) =>
  ['a', 'b'].every(name => {
    const mark = `${round} ${name}`
    return mark in (values['object'] as object) && (values['list'] as string[]).includes(mark)
  })

const cut = async (at: Page, access: Access) => {
  access.cut()
  // What the browser itself knows of: no more than an event and a flag, since sockets that are there are left alone.
  await at.context().setOffline(true)
}
const mend = async (at: Page, access: Access) => {
  access.mend()
  await at.context().setOffline(false)
}

test('[LINK34] [ROOM8] a page whose network goes away: both sides edit the same object and list, and 3 s after it is back all is merged', async () => {
  const { a, b, access } = await meetTwo()
  await cut(a, access)
  await until(async () => (await a.evaluate(() => lab.status().sync)) === 'offline', {
    what: 'a to know that it is offline',
    withinMs: 20_000,
  })
  await until(async () => (await told(b)).includes('left a'), { what: 'b to be told that a is gone' })
  await editAll([a, b], 'away')
  const [ofA, ofB] = await Promise.all([a, b].map(at => at.evaluate(() => lab.digest())))
  expect(ofA).not.toBe(ofB)
  const backAt = performance.now()
  await mend(a, access)
  await untilSame([a, b], hasBoth('away'))
  expect(performance.now() - backAt).toBeLessThan(3000)
  await untilMet(a, b)
  expect((await told(a)).filter(what => what.startsWith('error'))).toEqual([])
})

test('[LINK34] [ROOM8] a network that is away for two seconds: 3 s after it is back all is merged', async () => {
  const { a, b, access } = await meetTwo()
  for (const round of ['first', 'second', 'third']) {
    await cut(a, access)
    await editAll([a, b], round)
    // The length of the outage is what is tested: too short for anybody to be declared gone.
    await a.evaluate(() => new Promise(resolve => setTimeout(resolve, 2000)))
    const [ofA, ofB] = await Promise.all([a, b].map(at => at.evaluate(() => lab.digest())))
    expect(ofA).not.toBe(ofB)
    const backAt = performance.now()
    await mend(a, access)
    await untilSame([a, b], hasBoth(round))
    expect(performance.now() - backAt, round).toBeLessThan(3000)
  }
})

test('[LINK34] a page that changes networks without a word from the browser finds out, and all is merged', async () => {
  const { a, b, access } = await meetTwo()
  access.move()
  await editAll([a, b], 'moved')
  await untilSame([a, b], hasBoth('moved'), 20_000)
  await untilMet(a, b)
})

test('[SESSION10] [SESSION12] a page frozen past its resume window, while the room is founded anew, brings nothing old with it', async () => {
  const resumeWindowMs = 3000
  const yesterday = await given.join('yesterday', { resumeWindowMs })
  const leaves = await given.join('leaves', { resumeWindowMs })
  await untilMet(yesterday, leaves)
  await yesterday.evaluate(() => lab.set('old', 'pin'))
  await untilSame([yesterday, leaves], ({ old }) => old === 'pin')
  const sleeper = await freezePage(yesterday)
  await until(async () => (await told(leaves)).includes('left yesterday'), { what: 'the frozen page to be gone' })
  await leaves.evaluate(() => lab.leave())

  const founder = await given.join('founder', { resumeWindowMs })
  await founder.evaluate(() => lab.set('new', 'pin'))
  await until(() => performance.now() - sleeper.sinceMs > resumeWindowMs + 1000, { what: 'the end of the window' })
  await sleeper.wake()
  await untilSame([founder, yesterday], values => values['new'] === 'pin')
  await untilMet(founder, yesterday)
  expect(await told(yesterday)).toContain('ended stale {"old":"pin"}')
  expect(await founder.evaluate(() => lab.keysEverSeen())).toEqual(['new'])
  expect(await yesterday.evaluate(() => lab.all())).toEqual({ new: 'pin' })
  expect(await yesterday.evaluate(() => lab.sessionId())).toBe(await founder.evaluate(() => lab.sessionId()))
})

test('[LINK34] a page that was frozen for 40 s, and one of a laptop that slept for 40 s, have all 5 s after waking', async () => {
  for (const sleeper of asleep) {
    await until(() => performance.now() - sleeper.sinceMs >= sleepMs, { what: 'the end of 40 s', withinMs: sleepMs })
    const wokeAt = performance.now()
    await sleeper.wake()
    const mark = `awake ${asleep.indexOf(sleeper)}`
    await sleeper.page.evaluate(name => lab.push('list', name), mark)
    await untilSame([watcher, sleeper.page], ({ list }) => {
      const items = list as string[]
      return items.includes('asleep a') && items.includes(mark)
    })
    expect(performance.now() - wokeAt, mark).toBeLessThan(5000)
    expect(await sleeper.page.evaluate(() => lab.longestStandstill())).toBeGreaterThan(sleepMs - 1000)
  }
  await untilMet(watcher, ...asleep.map(({ page }) => page))
  expect((await told(watcher)).filter(what => what.startsWith('error'))).toEqual([])
})
