import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createSignalingServer, type SignalingServer } from '../../signaling/src/index.js'
import type { HMSConfig } from '../../src/hms/index.js'
import { openLab, type Lab } from '../support/lab.js'
import { startLastWriteWinsServer, type LastWriteWinsServer } from '../support/last-write-wins-server.js'
import { openStartingLine, type StartingLine } from '../support/starting-line.js'
import { until } from '../support/until.js'
import type * as page from './hms-page.js'

declare const lab: typeof page

type Moderators = readonly [ana: Page, bo: Page]
type Contest = {
  readonly key: string
  /** What a moderator puts on the list. */
  readonly itemOf: (moderator: string, round: number) => unknown
  readonly form: page.ListForm
}

const rounds = 100
const userIdOf = (moderator: string, round: number) => `blocked-by-${moderator}-in-round-${round}`
const pinOf = (moderator: string, round: number) => ({
  id: `message-${moderator}-${round}`,
  text: `${moderator}: what I said in round ${round}`,
  pinnedBy: moderator,
})
const blockList: Contest = { key: 'chatPeerBlacklist', itemOf: userIdOf, form: 'array' }
const pins: Contest = { key: 'pinnedMessages', itemOf: pinOf, form: 'array' }
const pinsAsText: Contest = { ...pins, form: 'json-text' }

const labs: Lab[] = []
const servers: { signaling?: SignalingServer; lastWriteWins?: LastWriteWinsServer; startingLine?: StartingLine } = {}
let roomNumber = 0

beforeAll(async () => {
  servers.signaling = await createSignalingServer({ port: 0, host: '127.0.0.1' })
  servers.lastWriteWins = await startLastWriteWinsServer()
  servers.startingLine = await openStartingLine(2)
  // A browser for each moderator.
  for (let n = 0; n < 2; n++) labs.push(await openLab(join(import.meta.dirname, 'hms-page.ts')))
})
afterAll(async () => {
  await Promise.all(labs.map(each => each.close()))
  await Promise.all(Object.values(servers).map(server => server.close()))
})
afterEach(async () => {
  await Promise.all(labs.map(each => each.closePages()))
  expect(labs.flatMap(each => each.pageErrors)).toEqual([])
})

const openPages = async (): Promise<Moderators> => {
  const [ana, bo] = await Promise.all(labs.map(each => each.openPage()))
  if (!ana || !bo) throw new Error('There are not two browsers')
  return [ana, bo]
}

const overHearth = async ({ key }: Contest, options: HMSConfig = {}): Promise<Moderators> => {
  const pages = await openPages()
  const config = { room: `room-${++roomNumber}`, signaling: servers.signaling?.url ?? '', ...options }
  for (const at of pages)
    await at.evaluate(([given, listenedTo]) => lab.join(given, listenedTo), [config, key] as const)
  return pages
}

const overLastWriteWins = async ({ key }: Contest): Promise<Moderators> => {
  const pages = await openPages()
  const url = servers.lastWriteWins?.url ?? ''
  for (const at of pages)
    await at.evaluate(([given, listenedTo]) => lab.joinLastWriteWins(given, listenedTo), [url, key] as const)
  return pages
}

const listsOf = (pages: Moderators, key: string) => Promise.all(pages.map(at => at.evaluate(of => lab.lists(of), key)))

/**
 * One round: both moderators read one list and write it with one more item before either has heard of the other.
 * Gives the updates that were lost.
 */
const raceOnce = async (pages: Moderators, { key, itemOf, form }: Contest, round: number): Promise<unknown[]> => {
  // The list is not there, or has one or two.
  const start = ['who-was-first', 'who-was-second'].slice(0, round % 3).map(name => itemOf(name, round))
  await pages[round % 2]?.evaluate(([of, items, as]) => lab.reset(of, items.length > 0 ? items : null, as), [
    key,
    start,
    form,
  ] as const)
  const isReady = async () =>
    (await listsOf(pages, key)).every(({ read }) => JSON.stringify(sorted(read)) === JSON.stringify(sorted(start)))
  await until(isReady, { what: `the list that round ${round} begins with on both pages` })

  const startingLine = servers.startingLine?.url ?? ''
  const items = ['ana', 'bo'].map(moderator => itemOf(moderator, round))
  const appended = await Promise.all(
    pages.map((at, n) => at.evaluate(given => lab.append(given), { key, item: items[n], form, startingLine })),
  )
  // Neither had the other's: what they wrote, they wrote at once.
  for (const [n, { read, heardBefore }] of appended.entries()) {
    expect(read, `what was read in round ${round}`).toEqual(start)
    for (const list of heardBefore) expect(list, `what was heard in round ${round}`).not.toContainEqual(items[1 - n])
  }

  const haveHeardBoth = async () =>
    (await Promise.all(pages.map(at => at.evaluate(() => lab.heardChanges())))).every(count => count >= 2)
  await until(haveHeardBoth, { what: `both pages to hear of both writes of round ${round}` }).catch(
    async (error: unknown) => {
      // What is there says more.
      for (const { read } of await listsOf(pages, key)) expect(read).toEqual([...start, ...items])
      throw error
    },
  )
  const lists = (await listsOf(pages, key)).flatMap(({ shown, read }) => [shown, read])
  const [list = []] = lists
  for (const each of lists) expect(each, `both pages after round ${round}`).toEqual(list)
  const lost = items.filter(item => !has(list, item))
  expect(list, `nothing else after round ${round}`).toHaveLength(start.length + items.length - lost.length)
  return lost
}

/** Fields in one order: JSON text may have them in another one. */
const sorted = (items: readonly unknown[]) =>
  items.map(item => (typeof item === 'string' ? item : Object.entries(Object(item)).sort()))
const has = (list: readonly unknown[], item: unknown) =>
  sorted(list).some(each => JSON.stringify(each) === JSON.stringify(sorted([item])[0]))

/** How many updates were lost in each round. */
const race = async (pages: Moderators, contest: Contest): Promise<number[]> => {
  const losses: number[] = []
  for (let round = 0; round < rounds; round++) losses.push((await raceOnce(pages, contest, round)).length)
  return losses
}
const inEachRound = (count: number) => Array.from({ length: rounds }, () => count)

test('[HMS30] of two moderators who block at the same moment, 100 times, no update is lost', async () => {
  expect(await race(await overHearth(blockList), blockList)).toEqual(inEachRound(0))
})

test('[HMS30] of two moderators who pin at the same moment, 100 times, no update is lost', async () => {
  expect(await race(await overHearth(pins), pins)).toEqual(inEachRound(0))
})

test('[HMS30] the same for lists that the app keeps as JSON text, where these merge', async () => {
  const pages = await overHearth(pinsAsText, { mergeJsonStrings: [pins.key] })
  expect(await race(pages, pinsAsText)).toEqual(inEachRound(0))
  for (const at of pages) expect(await at.evaluate(key => lab.isText(key), pins.key)).toBe(true)
})

for (const contest of [blockList, pins, pinsAsText])
  test(`[HMS30] a store in which the last write wins loses one update in each round: ${contest.key} as ${contest.form}`, async () => {
    expect(await race(await overLastWriteWins(contest), contest)).toEqual(inEachRound(1))
  })
