import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { until } from '../support/until.js'
import type * as page from './resilience-page.js'
import { resilienceOfFile, told, untilMet } from './resilience.js'

declare const lab: typeof page

const given = resilienceOfFile()

/** Collects what nothing refers to, as the browser does in its own time. */
const collect = async (at: Page) => {
  const cdp = await at.context().newCDPSession(at)
  await cdp.send('HeapProfiler.collectGarbage')
  await cdp.detach()
}

const errorsOf = async (at: Page) => (await told(at)).filter(what => what.startsWith('error'))

test('[LINK37] [LINK23] a page that joins and leaves 600 times links each time, and keeps nothing of it', async () => {
  const stays = await given.join('stays')
  const comes = await given.lab.openPage()
  const joining = { room: given.room, signaling: given.signaling.url, name: 'again' }
  await comes.evaluate(options => lab.joinAndLeave(options, 600), joining)
  for (const at of [stays, comes]) {
    expect(await at.evaluate(() => lab.madeConnections())).toBeGreaterThanOrEqual(600)
    // Whether the browser collected in time is its own affair; where it did not, it refused, and that was told.
    expect(new Set(await errorsOf(at))).toBeOneOf([new Set(), new Set(['error connection-failed'])])
    // Chromium itself keeps one in some hundreds, closed as it was about to gather.
    await until(
      async () => {
        await collect(at)
        return (await at.evaluate(() => lab.uncollected())) < 10
      },
      { what: 'the connections to be collected', withinMs: 30_000 },
    )
  }
  expect(await stays.evaluate(() => lab.openLinks())).toBe(0)
  await comes.context().close()
})

test('[LINK23] a page that may make no more connections is told, and links as soon as it may again', async () => {
  const stays = await given.join('stays')
  const poor = await given.lab.openPage()
  expect(await poor.evaluate(() => lab.exhaustConnections())).toBeGreaterThan(100)
  const joining = { room: given.room, signaling: given.signaling.url, name: 'poor' }
  await poor.evaluate(options => lab.join(options), joining)
  await until(async () => (await told(poor)).includes('error connection-failed'), { what: 'the page to be told' })
  expect(await stays.evaluate(() => lab.openLinks())).toBe(0)
  await poor.evaluate(() => lab.releaseConnections())
  await untilMet(stays, poor)
  await poor.context().close()
})
