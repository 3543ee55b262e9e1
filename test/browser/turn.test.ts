import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createSignalingServer, type SignalingServer } from '../../signaling/src/index.js'
import { openLab, type Lab } from '../support/lab.js'
import { startTurnServer, type TurnServer } from '../support/turn-server.js'
import { until } from '../support/until.js'
import type * as page from './room-page.js'

declare const lab: typeof page

const opened: { lab?: Lab; signaling?: SignalingServer; turn?: TurnServer } = {}

beforeAll(async () => {
  opened.turn = await startTurnServer()
  opened.signaling = await createSignalingServer({ port: 0, host: '127.0.0.1' })
  opened.lab = await openLab(join(import.meta.dirname, 'room-page.ts'))
})
afterEach(async () => {
  await opened.lab?.closePages()
  expect(opened.lab?.pageErrors).toEqual([])
})
afterAll(async () => {
  await opened.lab?.close()
  await opened.signaling?.close()
  await opened.turn?.close()
})

type Joining = { room: string; name: string; iceServers?: readonly RTCIceServer[] }

/** A page that takes no path but a relay's. */
const joinPage = async ({ iceServers = opened.turn?.iceServers ?? [], ...who }: Joining): Promise<Page> => {
  if (!opened.lab) throw new Error('The lab is not open')
  const at = await opened.lab.openPage()
  const joining = { ...who, signaling: opened.signaling?.url ?? '', iceServers, iceTransportPolicy: 'relay' } as const
  expect(await at.evaluate(options => lab.join(options), joining)).toBeNull()
  return at
}

const all = (at: Page) => at.evaluate(() => lab.all())
const peerNames = (at: Page) => at.evaluate(() => lab.peerNames())

const untilBoth = (pages: readonly Page[], what: string, isThere: (store: { list?: string[] }) => boolean) =>
  until(
    async () => {
      const stores = await Promise.all(pages.map(all))
      const [one] = stores
      return stores.every(store => JSON.stringify(store) === JSON.stringify(one)) && isThere(one ?? {})
    },
    { what, withinMs: 5000 },
  )

test('[LINK40] over a relay alone two peers write, see both writes, say something, and find back after a lost link', async () => {
  const a = await joinPage({ room: 'relayed', name: 'a' })
  const b = await joinPage({ room: 'relayed', name: 'b' })
  const pages = [a, b] as const
  for (const [at, other] of [[a, 'b'] as const, [b, 'a'] as const])
    await until(async () => (await peerNames(at)).join() === other, { what: `${other} to be seen`, withinMs: 5000 })

  await Promise.all(pages.map((at, i) => at.evaluate(n => lab.push('list', `first of ${n}`), i)))
  await untilBoth(pages, 'both first writes on both sides', ({ list }) => list?.length === 2)
  await a.evaluate(() => lab.say('hello over there'))
  await until(async () => (await b.evaluate(() => lab.messages())).length === 1, { what: 'the message' })
  expect(await b.evaluate(() => lab.messages())).toEqual(['hello over there'])
  for (const at of pages) expect(await relaysOf(at)).toEqual([{ local: 'relay', remote: 'relay', known: ['relay'] }])

  await a.evaluate(() => lab.cutChannels())
  await Promise.all(pages.map((at, i) => at.evaluate(n => lab.push('list', `then of ${n}`), i)))
  await untilBoth(pages, 'both later writes on both sides', ({ list }) => list?.length === 4)
  for (const at of pages) expect(await relaysOf(at)).toEqual([{ local: 'relay', remote: 'relay', known: ['relay'] }])
})

/** The paths of a page's links, each kind of candidate named once. */
const relaysOf = async (at: Page) => {
  const paths = await at.evaluate(() => lab.paths())
  return paths.map(({ local, remote, known }) => ({ local, remote, known: [...new Set(known)] }))
}
