import { join } from 'node:path'
import type { Browser } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createSignalingServer, type SignalingServer } from '../../signaling/src/index.js'
import { launchFirefox } from '../support/firefox.js'
import { openLab, type Lab } from '../support/lab.js'
import { startTurnServer, type TurnServer } from '../support/turn-server.js'
import { until } from '../support/until.js'
import type * as page from './room-page.js'

type Page = typeof page

/** A page of either browser. What the page exports is called by name: the two are driven by different libraries. */
type RoomPage = {
  call<Name extends keyof Page>(name: Name, ...given: Parameters<Page[Name]>): Promise<Awaited<ReturnType<Page[Name]>>>
  close(): Promise<void>
}
type BrowserName = 'Chromium' | 'Firefox'
type Joining = Omit<page.Joining, 'room' | 'signaling'> & { readonly origin?: 'secure' | 'insecure' }

const opened: { lab?: Lab; firefox?: Browser; signaling?: SignalingServer; turn?: TurnServer } = {}
const pageErrors: string[] = []
let roomNumber = 0
let room = ''

beforeAll(async () => {
  // One after the other, so that whatever was started is stopped if the next is missing.
  opened.signaling = await createSignalingServer({ port: 0, host: '127.0.0.1' })
  opened.turn = await startTurnServer()
  opened.firefox = await launchFirefox()
  opened.lab = await openLab(join(import.meta.dirname, 'room-page.ts'))
})
beforeEach(() => {
  room = `room-${++roomNumber}`
})
afterEach(async () => {
  await opened.lab?.closePages()
  // The first page is the window's own.
  const [, ...pages] = (await opened.firefox?.pages()) ?? []
  await Promise.all(pages.map(each => each.close()))
  expect([...(opened.lab?.pageErrors ?? []), ...pageErrors]).toEqual([])
})
afterAll(async () => {
  await opened.lab?.close()
  await opened.firefox?.close()
  await opened.turn?.close()
  await opened.signaling?.close()
})

const openPage = async (browser: BrowserName, origin: 'secure' | 'insecure'): Promise<RoomPage> => {
  const { lab, firefox } = opened
  if (!lab || !firefox) throw new Error('The browsers are not open')
  const url = origin === 'secure' ? lab.url : lab.insecureUrl
  if (browser === 'Chromium') return roomPage(await lab.openPage({ url }))
  const at = await firefox.newPage()
  at.on('pageerror', error => pageErrors.push(String(error)))
  await at.goto(url)
  return roomPage(at)
}

const roomPage = (at: { evaluate(script: string): Promise<unknown>; close(): Promise<void> }): RoomPage => ({
  call: (name, ...given) => at.evaluate(`lab.${name}(...${JSON.stringify(given)})`) as never,
  close: () => at.close(),
})

/** A page that has joined the test's room, named after its browser. */
const joinPage = async (name: BrowserName, { origin = 'secure', ...joining }: Joining = {}): Promise<RoomPage> => {
  const at = await openPage(name, origin)
  expect(await at.call('join', { room, signaling: opened.signaling?.url ?? '', name, ...joining })).toBeNull()
  return at
}

const untilPeers = (at: RoomPage, names: readonly string[], withinMs = 5000) =>
  until(async () => String(await at.call('peerNames')) === String(names), {
    what: `the peers ${names.join(', ') || '(none)'}`,
    withinMs,
  })

/** Resolves with the list once all have the same one, this long. */
const untilList = (pages: readonly RoomPage[], length: number): Promise<readonly unknown[]> =>
  until(
    async () => {
      const [one, ...others] = await Promise.all(pages.map(async at => (await at.call('all'))['list']))
      const isSame = others.every(other => JSON.stringify(other) === JSON.stringify(one))
      return isSame && Array.isArray(one) && one.length === length ? one : null
    },
    { what: `one list of ${length} on all sides`, withinMs: 5000 },
  )

const orders: readonly (readonly [BrowserName, BrowserName])[] = [
  ['Chromium', 'Firefox'],
  ['Firefox', 'Chromium'],
]

test.each(orders)(
  '[LINK41] %s is there and %s comes: both write into one list, hear each other, and leave',
  async (one, other) => {
    const first = await joinPage(one)
    await first.call('set', 'list', ['before'])
    const second = await joinPage(other)
    expect(await second.call('all')).toEqual({ list: ['before'] })
    await untilPeers(first, [other])
    await untilPeers(second, [one])

    const pages = [first, second]
    await Promise.all(pages.map((at, i) => at.call('push', 'list', `from ${i}`)))
    expect([...(await untilList(pages, 3))].sort()).toEqual(['before', 'from 0', 'from 1'])
    await Promise.all(pages.map((at, i) => at.call('say', `hello from ${i}`)))
    for (const [at, hello] of [[first, 'hello from 1'] as const, [second, 'hello from 0'] as const])
      await until(async () => String(await at.call('messages')) === hello, { what: hello })

    await second.call('leave')
    await untilPeers(first, [])
    const third = await joinPage(other)
    await untilPeers(first, [other])
    await third.close()
    // Firefox does not always send what a page says in its last moment: then heartbeats are missed, for up to 5 s.
    await untilPeers(first, [], 7000)
    await untilList([first], 3)
  },
)

test('[LINK5] [LINK41] a link between Chromium and Firefox comes back within 5 s, whichever side lost it', async () => {
  const pages = [await joinPage('Chromium'), await joinPage('Firefox')]
  for (let round = 1; round <= 6; round++) {
    await Promise.all(pages.map((at, i) => at.call('push', 'list', `${round} from ${i}`)))
    await untilList(pages, 2 * round)
    expect(await Promise.all(pages.map(at => at.call('openNatives')))).toMatchObject([{ channels: 1 }, { channels: 1 }])
    await pages[round % 2]?.call('cutChannels')
  }
})

test('[LINK40] [LINK41] Chromium and Firefox meet over a relay alone', async () => {
  const relayed = { iceServers: opened.turn?.iceServers ?? [], iceTransportPolicy: 'relay' } as const
  const pages = [await joinPage('Chromium', relayed), await joinPage('Firefox', relayed)]
  await Promise.all(pages.map((at, i) => at.call('push', 'list', i)))
  await untilList(pages, 2)
  for (const at of pages) expect(await at.call('paths')).toMatchObject([{ local: 'relay', remote: 'relay' }])
})

test('[LINK41] a Firefox that has no crypto.subtle, as on an insecure origin, takes part; a password is refused there', async () => {
  const pages = [await joinPage('Firefox', { origin: 'insecure' }), await joinPage('Chromium')]
  await Promise.all(pages.map((at, i) => at.call('push', 'list', i)))
  await untilList(pages, 2)
  const stranger = await openPage('Firefox', 'insecure')
  const joining = { room, signaling: opened.signaling?.url ?? '', password: 'secret' }
  expect(await stranger.call('join', joining)).toBe('insecure-context')
})
