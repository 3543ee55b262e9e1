import { join } from 'node:path'
import { SignJWT } from 'jose'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createSignalingServer } from '../../signaling/src/index.js'
import { openLab, type Lab } from '../support/lab.js'
import { until } from '../support/until.js'
import type * as page from './y-webrtc-app-page.js'

declare const lab: typeof page

const opened: { lab?: Lab } = {}

beforeAll(async () => {
  opened.lab = await openLab(join(import.meta.dirname, 'y-webrtc-app-page.ts'))
})
afterEach(async () => {
  await opened.lab?.closePages()
  expect(opened.lab?.pageErrors).toEqual([])
})
afterAll(() => opened.lab?.close())

const openPage = async (): Promise<Page> => {
  if (!opened.lab) throw new Error('The lab is not open')
  return opened.lab.openPage()
}

/** Two browsers of one y-webrtc app; the first is in before the second comes, as announces that cross can undo it. */
const openPlainApps = async (topic: string, url: string, password: string | null): Promise<Page[]> => {
  const pages = [await openPage(), await openPage()]
  for (const [index, at] of pages.entries()) {
    await at.evaluate(([to, from, key]) => lab.startPlain(to ?? '', from ?? '', key ?? null), [topic, url, password])
    await until(() => at.evaluate(() => lab.isSignaling()), { what: 'the signaling socket' })
    await at.evaluate(name => lab.writePlain(name), `page ${index}`)
  }
  return pages
}

const untilBothRead = (pages: readonly Page[], read: (at: Page) => Promise<readonly string[]>) =>
  until(
    async () => {
      const seen = await Promise.all(pages.map(read))
      return seen.every(names => JSON.stringify(names) === '["page 0","page 1"]')
    },
    { what: 'both writes on both pages', withinMs: 20_000 },
  )
const readPlain = (at: Page) => at.evaluate(() => lab.readPlain())
const readHearth = (at: Page) => at.evaluate(() => lab.readHearth())

test.each([null, 'a password'])(
  '[SIG9] an app on plain y-webrtc, as npm has it, works unchanged in Chromium (password: %s)',
  async password => {
    const server = await createSignalingServer({ port: 0, host: '127.0.0.1' })
    try {
      await untilBothRead(await openPlainApps('notes', server.url, password), readPlain)
    } finally {
      await opened.lab?.closePages()
      await server.close()
    }
  },
)

test('[SIG51] beside Hearth rooms that need a token it needs none, on one server', async () => {
  const secret = 'a secret that is long enough for HS256'
  const policy = [
    { prefix: 'team/', access: 'token' },
    { prefix: '', access: 'open' },
  ] as const
  const server = await createSignalingServer({ port: 0, host: '127.0.0.1', tokenSecret: secret, policy })
  try {
    const key = new TextEncoder().encode(secret)
    const claims = new SignJWT({ room: 'team/standup' }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h')
    const address = `${server.url}/?token=${await claims.sign(key)}`
    const plain = await openPlainApps('notes', server.url, null)
    const rooms = [await openPage(), await openPage()]
    for (const [index, at] of rooms.entries()) {
      await at.evaluate(url => lab.joinHearth('team/standup', url), address)
      await at.evaluate(name => lab.writeHearth(name), `page ${index}`)
    }
    await Promise.all([untilBothRead(plain, readPlain), untilBothRead(rooms, readHearth)])
    // Without a token nobody is met.
    const stranger = await openPage()
    await stranger.evaluate(url => lab.joinHearth('team/standup', url), server.url)
    expect(await readHearth(stranger)).toEqual([])
  } finally {
    await opened.lab?.closePages()
    await server.close()
  }
})
