import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createSignalingServer, type SignalingServer } from '../../signaling/src/index.js'
import { openLab, type Lab } from '../support/lab.js'
import { until } from '../support/until.js'
import type * as page from './room-page.js'

declare const lab: typeof page

const opened: { lab?: Lab; server?: SignalingServer } = {}
let roomNumber = 0
let room = ''

const theLab = (): Lab => {
  if (!opened.lab) throw new Error('The lab is not open')
  return opened.lab
}
const signaling = () => opened.server?.url ?? ''

beforeAll(async () => {
  opened.server = await createSignalingServer({ port: 0, host: '127.0.0.1' })
  opened.lab = await openLab(join(import.meta.dirname, 'room-page.ts'))
})
afterAll(async () => {
  await opened.lab?.close()
  await opened.server?.close()
})
beforeEach(() => {
  room = `room-${++roomNumber}`
})
afterEach(async () => {
  await theLab().closePages()
  expect(theLab().pageErrors).toEqual([])
})

type Joining = { name?: string; password?: string; room?: string; inTabOf?: Page }

/** A page of its own that has joined the test's room. */
async function joinPage({ inTabOf, ...joining }: Joining = {}): Promise<Page> {
  const opening = await theLab().openPage(inTabOf ? { context: inTabOf.context() } : {})
  expect(await joinIn(opening, joining)).toBeNull()
  return opening
}

const joinIn = (at: Page, joining: Joining = {}): Promise<string | null> =>
  at.evaluate(options => lab.join(options), { room, signaling: signaling(), ...joining })

const all = (at: Page) => at.evaluate(() => lab.all())
const peerNames = (at: Page) => at.evaluate(() => lab.peerNames())

const untilAll = (pages: readonly Page[], what: string, expected: unknown, withinMs = 5000) =>
  until(
    async () => {
      const values = await Promise.all(pages.map(all))
      return values.every(value => JSON.stringify(value) === JSON.stringify(expected))
    },
    { what, withinMs },
  ).catch(async (error: unknown) => {
    // The difference says more than that there is one.
    expect(await Promise.all(pages.map(all))).toEqual(pages.map(() => expected))
    throw error
  })

const untilPeers = (at: Page, names: readonly string[], withinMs = 5000) =>
  until(async () => JSON.stringify(await peerNames(at)) === JSON.stringify(names), {
    what: `the peers ${names.join(', ') || '(none)'}`,
    withinMs,
  })

test('[ROOM1] three peers converge after concurrent writes to an object, a list and a scalar; a late one has it all', async () => {
  const pages = [await joinPage({ name: 'a' }), await joinPage({ name: 'b' }), await joinPage({ name: 'c' })]
  const [first] = pages as [Page, Page, Page]
  await first.evaluate(() => {
    lab.set('object', { start: true })
    lab.set('list', ['start'])
  })
  await untilAll(pages, 'what the first wrote', { list: ['start'], object: { start: true } })
  await Promise.all(
    pages.map((at, i) =>
      at.evaluate(n => {
        lab.setField('object', `from-${n}`, n)
        lab.push('list', `a${n}`)
        lab.push('list', `b${n}`)
        lab.set('scalar', n)
      }, i),
    ),
  )
  const settled = await until(
    async () => {
      const values = (await Promise.all(pages.map(all))) as { list: string[]; object: object; scalar: number }[]
      const [one] = values
      const isComplete = one && one.list.length === 7 && Object.keys(one.object).length === 4
      return isComplete && values.every(value => JSON.stringify(value) === JSON.stringify(one)) ? one : null
    },
    { what: 'three equal stores with all that was written', withinMs: 5000 },
  )
  expect(settled.object).toEqual({ start: true, 'from-0': 0, 'from-1': 1, 'from-2': 2 })
  for (const n of [0, 1, 2]) expect(settled.list.join(' ')).toContain(`a${n} b${n}`)
  expect([0, 1, 2]).toContain(settled.scalar)

  const late = await joinPage({ name: 'late' })
  // At once: joinRoom resolves when the state is in.
  expect(await all(late)).toEqual(settled)
})

test('[ROOM1] two tabs of one browser see each other', async () => {
  const tab = await joinPage({ name: 'one' })
  const other = await joinPage({ name: 'two', inTabOf: tab })
  await untilPeers(tab, ['two'])
  await tab.evaluate(() => lab.set('x', 1))
  await other.evaluate(() => lab.set('y', 2))
  await untilAll([tab, other], 'both writes in both tabs', { x: 1, y: 2 })
})

test('[SESSION1] what was shared is gone with the last peer, and a newcomer founds another session', async () => {
  const [first, second] = [await joinPage({ name: 'a' }), await joinPage({ name: 'b' })]
  await first.evaluate(() => lab.set('x', 1))
  await untilAll([second], 'the write', { x: 1 })
  const sessionId = await second.evaluate(() => lab.sessionId())
  await first.evaluate(() => lab.leave())
  await untilPeers(second, [])
  expect(await all(second)).toEqual({ x: 1 })
  await second.evaluate(() => lab.leave())
  const newcomer = await joinPage({ name: 'c' })
  expect(await all(newcomer)).toEqual({})
  expect(await newcomer.evaluate(() => lab.sessionId())).not.toBe(sessionId)
})

test('[ROOM1] a page that is closed is gone for the others at once, one that is killed within 5 s', async () => {
  const stays = await joinPage({ name: 'stays' })
  const closes = await joinPage({ name: 'closes' })
  const dies = await joinPage({ name: 'dies' })
  await untilPeers(stays, ['closes', 'dies'])
  await closes.close({ runBeforeUnload: false })
  await untilPeers(stays, ['dies'], 2000)
  // The renderer process ends without running anything of the page.
  const cdp = await dies.context().newCDPSession(dies)
  void cdp.send('Page.crash').catch((error: unknown) => error)
  await untilPeers(stays, [], 5000)
})

test('[ROOM1] another password is told as password-mismatch and never joins', async () => {
  const member = await joinPage({ name: 'member', password: 'right' })
  await member.evaluate(() => lab.set('secret', 1))
  const stranger = await theLab().openPage()
  expect(await joinIn(stranger, { name: 'stranger', password: 'wrong' })).toBe('password-mismatch')
  const without = await theLab().openPage()
  expect(await joinIn(without, { name: 'without' })).toBe('password-mismatch')
  const friend = await joinPage({ name: 'friend', password: 'right' })
  expect(await all(friend)).toEqual({ secret: 1 })
  expect(await peerNames(member)).toEqual(['friend'])
  await until(async () => (await member.evaluate(() => lab.errorCodes())).includes('password-mismatch'), {
    what: 'the member to be told of the wrong password',
  })
})

test('[LINK5] a link whose channel is closed under it comes back and merges within 5 s, ten times in a row', async () => {
  const pages = [await joinPage({ name: 'a' }), await joinPage({ name: 'b' })] as const
  const [a, b] = pages
  await a.evaluate(() => lab.set('list', []))
  await untilAll(pages, 'the empty list', { list: [] })
  const expected = new Set<string>()
  for (let round = 0; round < 10; round++) {
    const cutter = pages[round % 2]
    expect(await cutter?.evaluate(() => lab.openNatives().channels)).toBe(1)
    await cutter?.evaluate(() => lab.cutChannels())
    await Promise.all([
      a.evaluate(item => lab.push('list', item), `a${round}`),
      b.evaluate(item => lab.push('list', item), `b${round}`),
    ])
    expected.add(`a${round}`).add(`b${round}`)
    await until(
      async () => {
        const [one, two] = (await Promise.all(pages.map(all))) as { list: string[] }[]
        return JSON.stringify(one) === JSON.stringify(two) && one?.list.length === expected.size
      },
      { what: `both writes of round ${round} on both sides`, withinMs: 5000 },
    )
  }
  expect(new Set(((await all(a)) as { list: string[] }).list)).toEqual(expected)
  expect(await peerNames(a)).toEqual(['b'])
  expect(await a.evaluate(() => lab.links())).toEqual(['open'])
})

test('[LINK6] a page that is reloaded twenty times leaves no ghost', async () => {
  const stays = await joinPage({ name: 'stays' })
  const reloads = await joinPage({ name: 'reloads 0' })
  for (let n = 1; n <= 20; n++) {
    await reloads.reload()
    expect(await joinIn(reloads, { name: `reloads ${n}` })).toBeNull()
  }
  await untilPeers(stays, ['reloads 20'])
  await until(async () => (await stays.evaluate(() => lab.links())).length === 1, {
    what: 'one link and no other dial',
  })
  expect(await stays.evaluate(() => lab.links())).toEqual(['open'])
})

test('[GATE5] a hostile member is cut off by everybody and changes nothing for the others', async () => {
  const [ana, bo] = [await joinPage({ name: 'ana' }), await joinPage({ name: 'bo' })]
  await ana.evaluate(() => lab.set('o', { a: 1 }))
  await untilAll([ana, bo], 'the first write', { o: { a: 1 } })
  const victim = { writer: await ana.evaluate(() => lab.writer()), peerId: await ana.evaluate(() => lab.selfId()) }
  const mallory = await theLab().openPage()
  const joining = { room, signaling: signaling() }
  await mallory.evaluate(([given, named]) => lab.attack(given, named), [joining, victim] as const)
  for (const at of [ana, bo])
    await until(async () => (await at.evaluate(() => lab.errorCodes())).includes('cut-off'), {
      what: 'mallory to be cut off',
    })
  await until(() => mallory.evaluate(() => lab.closedLinks() >= 2), { what: 'both links of mallory to be closed' })
  await untilPeers(ana, ['bo'])
  await untilPeers(bo, ['ana'])
  await ana.evaluate(() => lab.set('still', 'here'))
  await bo.evaluate(() => lab.setField('o', 'b', 2))
  await untilAll([ana, bo], 'writes as before', { o: { a: 1, b: 2 }, still: 'here' })
  await mallory.evaluate(() => lab.endAttack())
})
