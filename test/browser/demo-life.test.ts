import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { BoardRoom } from '../../demo/board.js'
import { hueFrom } from '../../demo/hue.js'
import { demoSiteOfFile, meet } from '../support/demo-site.js'
import { until } from '../support/until.js'
import {
  beginPoll,
  clap,
  claps,
  comeBack,
  goOffline,
  hasNotes,
  hasQueue,
  isPressed,
  notes,
  option,
  overhangOf,
  phone,
  pin,
  pinTexts,
  tile,
} from './demo-page.js'

/** In the page. */
declare const hearth: { readonly room: BoardRoom }

const site = demoSiteOfFile('after all')

const hasPins = (page: Page, ...texts: string[]) =>
  until(async () => (await pinTexts(page)).join() === texts.toSorted().join(), { what: `the pins ${texts.join()}` })

const says = (page: Page, text: string) => page.locator('#status').getByText(text, { exact: true }).waitFor()

const whatIf = (page: Page) => page.getByRole('button', { name: 'What if…' }).click()

/** Resolves when it is awake again. */
const sleep = async (page: Page, seconds: number) => {
  await whatIf(page)
  await page.getByLabel('Seconds to sleep').fill(String(seconds))
  await page.keyboard.press('Enter')
  await page.getByText(`Awake again after ${seconds} s`).waitFor({ timeout: 30_000 })
}

/** In the page: notes whether it sends anything while it goes away, where the next load of it finds that. */
const noteGoodbyes = () => {
  let isGoing = false
  addEventListener('pagehide', () => (isGoing = true), { capture: true })
  const send: (this: RTCDataChannel, frame: never) => void = Reflect.get(RTCDataChannel.prototype, 'send')
  RTCDataChannel.prototype.send = function (this: RTCDataChannel, frame: never) {
    if (isGoing) sessionStorage.setItem('said goodbye', 'yes')
    send.call(this, frame)
  }
}
const saidGoodbye = (page: Page) => page.evaluate(() => sessionStorage.getItem('said goodbye') !== null)

/** Whether this text is somewhere in what the browser stores for the page. */
const isStored = (page: Page, text: string) =>
  page.evaluate(async wanted => {
    const resultOf = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.addEventListener('success', () => resolve(request.result))
        request.addEventListener('error', () => reject(request.error ?? new Error('refused')))
      })
    const asText = (_: string, value: unknown) =>
      value instanceof Uint8Array ? new TextDecoder().decode(value) : value
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await resultOf(indexedDB.open(name))
      const stored = [...database.objectStoreNames].map(store =>
        resultOf<unknown[]>(database.transaction(store).objectStore(store).getAll()),
      )
      const rows = await Promise.all(stored)
      database.close()
      if (JSON.stringify(rows, asText).includes(wanted)) return true
    }
    return false
  }, text)

test('[DEMO20] [DEMO21] a lone page that is reloaded goes on with all it had, as the same person, also where nothing answers', async () => {
  const page = await site().visit(`${site().url}#reload`, { name: 'Ana' })
  await page.getByText('One person here').waitFor()
  const isKept = () =>
    page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.state === 'activated')
  await until(isKept, { what: 'the files of the page are kept, too' })
  await pin(page, 'kept')
  await notes(page).fill('as typed')
  await beginPoll(page, 'Still here?', 'Yes', 'No')
  await option(page, 'Yes').click()
  await page.reload()
  await hasPins(page, 'kept')

  const startAgain = await site().stop()
  await page.reload()
  await hasPins(page, 'kept')
  await hasNotes(page, 'as typed')
  await isPressed(option(page, 'Yes'), true)
  await page.getByText('You are offline. Pin').waitFor()
  await pin(page, 'pinned with no server')
  await startAgain()
  await says(page, 'Nobody else is here')
  await hasPins(page, 'kept', 'pinned with no server')
})

test('[DEMO21] [DEMO18] who reloads has one vote, one raised hand, one place in the queue and the same colour; the spotlight stays', async () => {
  const ana = await site().visit(`${site().url}#person`, { name: 'Ana' })
  const bo = await site().visit(`${site().url}#person`, { name: 'Bo' })
  await meet(ana, bo)
  // Bo becomes somebody whose colour would be Ana's, so that one of them has to take another.
  const idOfAna = await ana.evaluate(() => sessionStorage.getItem('hearth:person') ?? '')
  const isAlike = (id: string) => Math.abs(hueFrom(id) - hueFrom(idOfAna)) < 5
  const alike = Array.from({ length: 2000 }, (_, number) => `person ${number}`).find(isAlike) ?? ''
  await bo.evaluate(id => sessionStorage.setItem('hearth:person', id), alike)
  await bo.reload()
  await meet(ana, bo)
  await beginPoll(ana, 'Lunch?', 'Pizza', 'Ramen')
  await option(ana, 'Pizza').click()
  await ana.getByRole('button', { name: 'Raise hand' }).click()
  await ana.getByRole('button', { name: 'Join the queue' }).click()
  await tile(bo, 'Ana').click()
  await isPressed(tile(ana, 'Ana'), true)
  const hueOf = (at: Page) => tile(at, 'Ana').evaluate(node => node.style.getPropertyValue('--hue'))
  const hue = await hueOf(bo)
  await says(ana, 'Your changes are with everyone here')

  await ana.reload()
  await meet(ana, bo)
  for (const page of [ana, bo]) {
    await tile(page, 'Ana.* hand raised').waitFor()
    await isPressed(tile(page, 'Ana'), true)
    await hasQueue(page, 'Ana')
    expect(await hueOf(page)).toBe(hue)
    // What was written before has an author, too.
    expect(await page.locator('#inspector').textContent()).not.toContain('somebody who left')
  }
  await isPressed(option(ana, 'Pizza'), true)
  await option(ana, 'Ramen').click()
  for (const page of [ana, bo]) {
    await page.getByRole('button', { name: 'Pizza, 0 votes' }).waitFor()
    await page.getByRole('button', { name: 'Ramen, one vote' }).waitFor()
  }
  await ana.getByRole('button', { name: 'Leave the queue' }).click()
  await ana.getByRole('button', { name: 'Lower hand' }).click()
  await hasQueue(bo)
  await tile(bo, 'Ana.* hand raised').waitFor({ state: 'hidden' })
})

test('[DEMO21] a tab that was duplicated is somebody else', async () => {
  const ana = await site().visit(`${site().url}#twins`, { name: 'Ana' })
  await ana.getByText('One person here').waitFor()
  // A window that is opened with a tie to this one gets a copy of what its tab remembers, as a duplicated one does.
  const [twin] = await Promise.all([ana.waitForEvent('popup'), ana.evaluate(() => void window.open(location.href))])
  await meet(ana, twin)
  for (const page of [ana, twin]) await page.getByText('2 people here').waitFor()
})

test('[DEMO22] [DEMO27] the status line tells how many changes are only here, and that everyone has them: the second window does', async () => {
  const ana = await site().visit(`${site().url}?window=60#saved`, { name: 'Ana' })
  await clap(ana, 1)
  await says(ana, 'One change is only here')
  const link = ana.locator('#people').getByRole('link', { name: 'Open a second window' })
  const [other] = await Promise.all([ana.context().waitForEvent('page'), link.click()])
  await meet(ana, other)
  expect(other.url()).toBe(ana.url())
  for (const page of [ana, other]) await page.getByText('2 people here').waitFor()
  await link.waitFor({ state: 'hidden' })

  await says(ana, 'Your changes are with everyone here')
  await goOffline(ana)
  await says(ana, 'Offline: what you change waits here')
  await ana.getByText('merged if you are back within 60 seconds').waitFor()
  await clap(ana, 2)
  await says(ana, '2 changes are only here')
  await comeBack(ana)
  await says(ana, 'Your changes are with everyone here')
  await claps(other, 3).waitFor()
  // Who comes later has them with the rest.
  const cleo = await site().visit(`${site().url}#saved`, { name: 'Cleo' })
  await meet(ana, other, cleo)
  await says(ana, 'Your changes are with everyone here')
})

test('[DEMO23] a page asks before it closes only if changes are nowhere else, and no copy of them is kept', async () => {
  const kept = await site().visit(`${site().url}#asks`, { name: 'Ana' })
  const page = await kept.context().newPage()
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('No space', 'QuotaExceededError')
    }
  })
  await page.goto(`${site().url}#asks-too`)
  await page.getByRole('alert').getByText('No copy is kept for a reload').waitFor()
  const asked: string[] = []
  for (const at of [kept, page])
    at.on('dialog', dialog => {
      asked.push(dialog.type())
      void dialog.accept()
    })
  await page.reload()
  await page.getByRole('alert').waitFor()
  expect(asked).toEqual([])
  for (const at of [kept, page]) {
    await clap(at, 1)
    await claps(at, 1).waitFor()
  }
  await says(kept, 'One change is only here')
  await says(page, 'One change is only here, and go with this page')
  await kept.reload()
  await claps(kept, 1).waitFor()
  expect(asked).toEqual([])
  await page.reload()
  await claps(page, 0).waitFor()
  expect(asked).toEqual(['beforeunload'])
})

// These wait for what takes its time, so they do it side by side.
test.concurrent('[DEMO24] a page that sleeps is missed by the others, and has all that happened once it is awake', async () => {
  const ana = await site().visit(`${site().url}#sleep`, { name: 'Ana' })
  const bo = await site().visit(`${site().url}#sleep`, { name: 'Bo' })
  await meet(ana, bo)
  await clap(bo, 1)
  await claps(ana, 1).waitFor()
  const asleep = sleep(ana, 8)
  await bo.getByText('One person here').waitFor()
  await says(bo, 'Your changes were with others who have left')
  await pin(bo, 'while Ana sleeps')
  await asleep
  await hasPins(ana, 'while Ana sleeps')
  await meet(ana, bo)
  await says(ana, 'In step with everyone')
})

test.concurrent('[DEMO25] [DEMO15] who was away past the window is told what the old session held, and can put it back', async () => {
  const ana = await site().visit(`${site().url}?window=3#ended`, { name: 'Ana', ...phone })
  const bo = await site().visit(`${site().url}#ended`, { name: 'Bo' })
  await meet(ana, bo)
  await pin(ana, 'of both')
  await hasPins(bo, 'of both')
  await goOffline(ana)
  await clap(ana, 2)
  await notes(ana).fill('written alone')
  await clap(bo, 1)
  await sleep(ana, 4)
  await ana.getByRole('switch', { name: 'Offline' }).click()

  const ended = ana.getByRole('region', { name: 'The session that ended' })
  await ended.getByText('You were away for longer than 3 seconds').waitFor()
  expect(await ended.locator('code').allTextContents()).toEqual(['claps', 'notes', 'pinnedMessages'])
  await meet(ana, bo)
  await says(ana, 'Your last change went with its session')
  await claps(ana, 1).waitFor()
  await hasNotes(ana, '')
  expect(await overhangOf(ana)).toBe(0)
  const row = (key: string) => ended.getByRole('listitem').filter({ has: ana.getByText(key, { exact: true }) })
  await row('pinnedMessages').getByRole('button', { name: 'It is there' }).waitFor()
  await row('claps').getByRole('button', { name: 'Put back over it' }).click()
  await row('notes').getByRole('button', { name: 'Put back', exact: true }).click()
  await claps(bo, 2).waitFor()
  await hasNotes(bo, 'written alone')
  // The text of the new session is another one.
  await notes(ana).fill('written alone, and here')
  await hasNotes(bo, 'written alone, and here')
  await ended.getByRole('button', { name: 'Close' }).click()
  await ended.waitFor({ state: 'hidden' })
})

test.concurrent('[DEMO26] [DEMO20] a tab that is killed says nothing, is missed, and comes back with what only it had', async () => {
  const bo = await site().visit(`${site().url}#killed`, { name: 'Bo' })
  const ana = await site().visit(`${site().url}#killed`, { name: 'Ana' })
  await ana.addInitScript(noteGoodbyes)
  await ana.reload()
  await meet(ana, bo)
  const kill = async () => {
    await whatIf(ana)
    await ana.getByRole('button', { name: 'Kill this tab' }).click()
    await ana.getByRole('heading', { name: 'This tab was killed' }).waitFor()
  }
  await kill()
  await bo.getByText('One person here').waitFor()
  expect(await saidGoodbye(ana)).toBe(false)
  await ana.getByRole('button', { name: 'Come back' }).click()
  await meet(ana, bo)

  await goOffline(ana)
  await pin(ana, 'nobody else had it')
  await says(ana, 'One change is only here')
  await until(() => isStored(ana, 'nobody else had it'), { what: 'the copy has the pin' })
  await kill()
  await ana.getByRole('button', { name: 'Come back' }).click()
  await meet(ana, bo)
  for (const page of [ana, bo]) {
    await hasPins(page, 'nobody else had it')
    await page.getByText('2 people here').waitFor()
  }
  // So that the first time says something: who goes in the usual way does.
  await ana.reload()
  await meet(ana, bo)
  expect(await saidGoodbye(ana)).toBe(true)
})

test('[DEMO5] the panel of what can happen is opened, used and closed by the keyboard', async () => {
  const page = await site().visit(`${site().url}#panel`, { name: 'Ana', ...phone })
  const toggle = page.getByRole('button', { name: 'What if…' })
  await toggle.focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Seconds to sleep')
  expect(await overhangOf(page)).toBe(0)
  await page.keyboard.press('Escape')
  await page.getByRole('heading', { name: 'What if…' }).waitFor({ state: 'hidden' })
  expect(await toggle.evaluate(button => button === document.activeElement)).toBe(true)
  expect(await page.evaluate(() => hearth.room.status.sync)).toBe('alone')
})
