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

type Joining = {
  readonly room: string
  readonly name: string
  readonly iceServers?: readonly RTCIceServer[] | 'from-signaling'
  readonly signaling?: string
}

/** A page that takes no path but a relay's. */
const joinPage = async ({ iceServers = opened.turn?.iceServers ?? [], ...who }: Joining): Promise<Page> => {
  if (!opened.lab) throw new Error('The lab is not open')
  const at = await opened.lab.openPage()
  const signaling = opened.signaling?.url ?? ''
  const joining = { signaling, ...who, iceServers, iceTransportPolicy: 'relay' } as const
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

test('[LINK42] [SIG90] over a relay that takes what the signaling server hands out two peers link, and by no other secret', async () => {
  const secret = 'shared by relay and signaling'
  const relay = await startTurnServer(secret)
  const serve = (turnSecret: string) =>
    createSignalingServer({ port: 0, host: '127.0.0.1', turnSecret, turnUris: [relay.uri] })
  const [server, impostor] = [await serve(secret), await serve('another secret of somebody')]
  try {
    const iceServers = 'from-signaling'
    const room = 'handed out'
    const a = await joinPage({ room, name: 'a', iceServers, signaling: server.url })
    const b = await joinPage({ room, name: 'b', iceServers, signaling: server.url })
    await until(async () => (await peerNames(a)).join() === 'b', { what: 'b to be seen', withinMs: 5000 })
    for (const at of [a, b]) expect(await relaysOf(at)).toEqual([{ local: 'relay', remote: 'relay', known: ['relay'] }])
    // The relay takes nobody whose credentials were made with another secret: with its own it would have linked by now.
    const c = await joinPage({ room, name: 'c', iceServers, signaling: impostor.url })
    const d = await joinPage({ room, name: 'd', iceServers, signaling: impostor.url })
    await a.evaluate(() => lab.push('list', 'written meanwhile'))
    await untilBoth([a, b], 'the write', ({ list }) => list?.length === 1)
    expect([await peerNames(c), await peerNames(d)]).toEqual([[], []])
  } finally {
    await opened.lab?.closePages()
    await Promise.all([server.close(), impostor.close(), relay.close()])
  }
})

/** The paths of a page's links, each kind of candidate named once. */
const relaysOf = async (at: Page) => {
  const paths = await at.evaluate(() => lab.paths())
  return paths.map(({ local, remote, known }) => ({ local, remote, known: [...new Set(known)] }))
}
