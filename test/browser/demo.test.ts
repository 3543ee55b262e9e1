import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { BoardRoom } from '../../demo/board.js'
import { demoSiteOfFile, meet } from '../support/demo-site.js'
import { until } from '../support/until.js'
import {
  beginPoll,
  cell,
  clap,
  claps,
  hasNotes,
  hasQueue,
  isPressed,
  notes,
  option,
  overhangOf,
  phone,
  pin,
  pinTexts,
  queue,
  said,
  say,
  tile,
} from './demo-page.js'

/** In the page. */
declare const hearth: { readonly room: BoardRoom }

const site = demoSiteOfFile()

test('[DEMO1] a page without a room gets one in its address, and its invite link leads another browser there', async () => {
  const ana = await site().visit(site().url)
  await until(() => ana.url().includes('#'), { what: 'the address names a room' })
  expect(ana.url()).toMatch(/#[a-z]+-[a-z]+-[a-z]+$/)

  await ana.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await ana.getByRole('button', { name: 'Copy invite link' }).first().click()
  const link = await until(() => ana.evaluate(() => navigator.clipboard.readText()), { what: 'the link is copied' })
  expect(link).toBe(ana.url())
  const bo = await site().visit(link)
  await meet(ana, bo)
  await bo.getByText('2 people here').waitFor()
})

test('[DEMO1] ?room= names the room as well as # does', async () => {
  const ana = await site().visit(`${site().url}#query`)
  const bo = await site().visit(`${site().url}?room=query`)
  await meet(ana, bo)
})

test('[DEMO2] a click on a tile puts that person into the centre on every page, and a second one clears it', async () => {
  const ana = await site().visit(`${site().url}#spotlight`, { name: 'Ana' })
  const bo = await site().visit(`${site().url}#spotlight`, { name: 'Bo' })
  await meet(ana, bo)

  await tile(ana, 'Bo').click()
  for (const page of [ana, bo]) await isPressed(tile(page, 'Bo'), true)
  await isPressed(tile(bo, 'Ana'), false)
  await tile(bo, 'Ana').click()
  for (const page of [ana, bo]) await isPressed(tile(page, 'Ana'), true)
  await tile(ana, 'Ana').click()
  for (const page of [ana, bo]) await isPressed(tile(page, 'Ana'), false)
})

test('[DEMO2] each peer has one vote in a poll, and can change it', async () => {
  const ana = await site().visit(`${site().url}#poll`, { name: 'Ana' })
  const bo = await site().visit(`${site().url}#poll`, { name: 'Bo' })
  await meet(ana, bo)

  await beginPoll(ana, 'Lunch?', 'Pizza', 'Ramen')
  await Promise.all([option(ana, 'Pizza').click(), option(bo, 'Pizza').click()])
  for (const page of [ana, bo]) await page.getByRole('button', { name: 'Pizza, 2 votes' }).waitFor()
  await option(bo, 'Ramen').click()
  for (const page of [ana, bo]) {
    await page.getByRole('button', { name: 'Pizza, one vote' }).waitFor()
    await page.getByRole('button', { name: 'Ramen, one vote' }).waitFor()
  }
  await isPressed(option(bo, 'Ramen'), true)
  await isPressed(option(ana, 'Ramen'), false)

  await bo.getByRole('button', { name: 'Clear', exact: true }).click()
  await ana.getByLabel('Question').waitFor()
})

test('[DEMO3] what one pins offline and another meanwhile are both there when the first is back', async () => {
  const ana = await site().visit(`${site().url}#offline`, { name: 'Ana' })
  const bo = await site().visit(`${site().url}#offline`, { name: 'Bo' })
  await meet(ana, bo)
  await pin(ana, 'from before')
  await until(async () => (await pinTexts(bo)).length === 1, { what: 'the first pin arrives' })

  await ana.getByRole('switch', { name: 'Offline' }).click()
  await ana.getByText('You are offline. Pin').waitFor()
  await ana.getByText('Signaling off').waitFor()
  await pin(ana, 'by Ana, offline')
  await pin(bo, 'by Bo, meanwhile')
  for (const page of [ana, bo])
    await until(async () => (await pinTexts(page)).length === 2, { what: 'each sees what it pinned itself' })
  expect(await pinTexts(bo)).toEqual(['by Bo, meanwhile', 'from before'])
  expect(await pinTexts(ana)).toEqual(['by Ana, offline', 'from before'])

  await ana.getByRole('switch', { name: 'Offline' }).click()
  const all = ['by Ana, offline', 'by Bo, meanwhile', 'from before']
  for (const page of [ana, bo])
    await until(async () => (await pinTexts(page)).join() === all.join(), { what: 'all pins', withinMs: 30_000 })
  await ana.getByText('Changed on both sides and merged: pinnedMessages.').waitFor()
  await ana.getByText('In step with everyone').waitFor()
})

test('[DEMO4] at 360 pixels nothing is wider than the page, whatever it holds', async () => {
  const ana = await site().visit(`${site().url}#phone`, { name: 'Ana', ...phone })
  const bo = await site().visit(`${site().url}#phone`, { name: 'Bo-'.repeat(13) })
  await meet(ana, bo)
  const overhang = () => overhangOf(ana)
  expect(await overhang()).toBe(0)

  await pin(bo, 'w'.repeat(200))
  await beginPoll(bo, 'q'.repeat(80), 'a'.repeat(80), 'b'.repeat(80))
  await tile(bo, 'Bo').click()
  await option(ana, 'a+').click()
  await queue(bo, 's'.repeat(200), 'Cleo')
  await bo.getByRole('button', { name: 'Raise hand' }).click()
  await notes(bo).fill('n'.repeat(300))
  await say(bo, 'm'.repeat(300))
  await bo.getByRole('button', { name: 'Begin a game' }).click()
  await bo.getByRole('button', { name: /^Pin: m+$/ }).click()
  await bo.getByRole('button', { name: 'Pause the chat' }).click()
  await said(ana, 'm'.repeat(300)).waitFor()
  await ana.getByRole('button', { name: /^Block Bo/ }).click()
  await ana.getByRole('button', { name: /^Unblock Bo/ }).waitFor()
  await ana.getByText('paused the chat').waitFor()
  await cell(ana, 1, 1, 'empty').waitFor()
  await hasQueue(ana, 's'.repeat(200), 'Cleo')
  await hasNotes(ana, 'n'.repeat(300))
  await isPressed(tile(ana, 'Bo'), true)
  expect(await overhang()).toBe(0)
  await ana.getByRole('button', { name: 'Under the hood' }).click()
  await ana.getByRole('heading', { name: 'Under the hood' }).waitFor()
  expect(await overhang()).toBe(0)
})

test('[DEMO5] Tab reaches every control in turn, each with a focus that can be seen', async () => {
  const page = await site().visit(`${site().url}#keys`, { name: 'Ana' })
  await page.getByLabel('Message to pin').waitFor()
  const focused = () =>
    page.evaluate(() => {
      const at = document.activeElement
      const { outlineStyle } = getComputedStyle(at?.closest('.own-name') ?? at ?? document.body)
      return { label: at?.getAttribute('aria-label') ?? at?.textContent?.trim() ?? '', outlineStyle }
    })
  const reached: { label: string; outlineStyle: string }[] = []
  while (!reached.some(({ label }) => label === 'Close the panel')) {
    await page.keyboard.press('Tab')
    reached.push(await focused())
    expect(reached.length).toBeLessThan(40)
  }
  expect(reached.filter(({ outlineStyle }) => outlineStyle !== 'solid')).toEqual([])
  const labels = reached.map(({ label }) => label)
  const top = ['Copy invite link', 'Undo', 'Redo', 'Your name', 'Offline', 'Under the hood']
  const stage = ['Clap0', 'Raise hand']
  const left = ['Message to pin', 'Pin', 'Pause the chat', 'Message to everyone', 'Send', 'Begin a game']
  const poll = ['Question', 'Answer 1', 'Answer 2', 'Start poll']
  const right = [...poll, 'Join the queue', 'Speaker to add', 'Add', 'Notes']
  const all = [...top, 'Ana (you), spotlight', 'Copy invite link', ...stage, ...left, ...right]
  expect(labels.filter(label => all.includes(label))).toEqual(all)
})

test('[DEMO5] the keyboard alone puts one into the spotlight, votes, and opens and closes the drawer of a phone', async () => {
  const page = await site().visit(`${site().url}#keyboard`, { name: 'Ana', ...phone })
  await tile(page, 'Ana').focus()
  await page.keyboard.press('Enter')
  await isPressed(tile(page, 'Ana'), true)
  await beginPoll(page, 'Now?', 'Yes', 'No')
  await option(page, 'Yes').focus()
  await page.keyboard.press('Space')
  await isPressed(option(page, 'Yes'), true)

  const toggle = page.getByRole('button', { name: 'Under the hood' })
  await toggle.focus()
  await page.keyboard.press('Enter')
  await page.getByText('No server has it.').waitFor()
  expect(await page.evaluate(() => document.querySelector('main')?.inert)).toBe(true)
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Close the panel')
  await page.keyboard.press('Escape')
  await page.getByText('No server has it.').waitFor({ state: 'hidden' })
  expect(await toggle.evaluate(button => button === document.activeElement)).toBe(true)
})

test('[DEMO6] a write that the store refuses is told on the page, and what was typed stays', async () => {
  const page = await site().visit(`${site().url}#refused`)
  await pin(page, 'x'.repeat(1100))
  await page.getByRole('alert').getByText('Too much for one key').waitFor()
  expect(await page.getByLabel('Message to pin').inputValue()).toHaveLength(1100)
  expect(await pinTexts(page)).toEqual([])
})

test('[DEMO7] a conflict stands in the panel with its writer, and settling it there settles it for everyone', async () => {
  const ana = await site().visit(`${site().url}#conflict`, { name: 'Ana' })
  const bo = await site().visit(`${site().url}#conflict`, { name: 'Bo' })
  await meet(ana, bo)
  await ana.getByRole('switch', { name: 'Offline' }).click()
  await ana.getByText('You are offline. Pin').waitFor()
  await tile(ana, 'Ana').click()
  await tile(bo, 'Bo').click()
  await ana.getByRole('switch', { name: 'Offline' }).click()
  for (const page of [ana, bo])
    await page.getByText('Written at the same time', { exact: true }).waitFor({ timeout: 30_000 })

  const isAnaLit = (await tile(ana, 'Ana').getAttribute('aria-pressed')) === 'true'
  const loser = isAnaLit ? 'Bo' : 'Ana'
  expect(await ana.locator('.conflict p').textContent()).toContain(`by ${loser}`)
  await bo.getByRole('button', { name: 'Use this value' }).click()
  for (const page of [ana, bo]) {
    await isPressed(tile(page, loser), true)
    await page.getByText('Written at the same time', { exact: true }).waitFor({ state: 'hidden' })
  }
})

test('[DEMO8] a wrong password is told in place of the room, and the right one typed there leads in', async () => {
  const ana = await site().visit(`${site().url}#secret&password=tinder`)
  await ana.getByText('One person here').waitFor()
  const bo = await site().visit(`${site().url}#secret&password=damp`)
  await bo.getByRole('heading', { name: 'This room has another password' }).waitFor({ timeout: 30_000 })
  await bo.getByLabel('Password').fill('tinder')
  await bo.keyboard.press('Enter')
  await meet(ana, bo)
})

test('[DEMO9] from a plain-http address of another machine everything works but a password, which is told', async () => {
  const ana = await site().visit(`${site().insecureUrl}#lan`, { name: 'Ana' })
  const bo = await site().visit(`${site().url}#lan`, { name: 'Bo' })
  await meet(ana, bo)
  expect(await ana.evaluate(() => isSecureContext)).toBe(false)
  await ana.getByRole('button', { name: 'Copy invite link' }).first().click()
  await ana.getByText('Invite link copied').waitFor()
  await pin(ana, 'from the phone')
  await until(async () => (await pinTexts(bo)).includes('from the phone'), { what: 'the pin arrives' })

  const locked = await site().visit(`${site().insecureUrl}#lan&password=tinder`)
  await locked.getByRole('heading', { name: 'A password needs a secure page' }).waitFor()
})

test('[DEMO10] when the one in the spotlight leaves, the page says so, and anybody can clear it', async () => {
  const ana = await site().visit(`${site().url}#gone`, { name: 'Ana' })
  const bo = await site().visit(`${site().url}#gone`, { name: 'Bo' })
  await meet(ana, bo)
  await tile(ana, 'Bo').click()
  await isPressed(tile(bo, 'Bo'), true)
  await bo.goto(`${site().url}?room=elsewhere`)
  await ana.getByText('Bo was in the spotlight and has left.').waitFor()
  await ana.locator('#announcer').getByText('Bo left').waitFor()
  await ana.getByRole('button', { name: 'Clear the spotlight' }).click()
  await until(() => ana.evaluate(() => !hearth.room.store.has('spotlight')), { what: 'the key is gone' })
})

test('[DEMO10] [RECIPE2] a spotlight whose person stays away goes out by itself', async () => {
  const ana = await site().visit(`${site().url}#out`, { name: 'Ana' })
  const bo = await site().visit(`${site().url}#out`, { name: 'Bo' })
  await meet(ana, bo)
  await tile(ana, 'Bo').click()
  await isPressed(tile(bo, 'Bo'), true)
  await bo.close()
  await ana.getByText('Bo was in the spotlight and has left.').waitFor()
  await ana.getByText('Bo was in the spotlight and has left.').waitFor({ state: 'hidden', timeout: 30_000 })
  expect(await ana.evaluate(() => hearth.room.store.has('spotlight'))).toBe(false)
})

test('[DEMO11] keys that hold something else than the page expects do not break it', async () => {
  const page = await site().visit(`${site().url}#shapes`, { name: 'Ana' })
  await page.getByLabel('Message to pin').waitFor()
  await page.evaluate(() => {
    const keys = [
      ...(['spotlight', 'pinnedMessages', 'poll', 'claps', 'hands', 'queue', 'notes'] as const),
      ...(['chatPeerBlacklist', 'chatMessageBlacklist', 'chatState', 'ticTacToe'] as const),
    ]
    const odd = [5, 'text', true, [null, 7, { id: 1 }], { options: [1, 'only'], votes: { x: 1 } }]
    for (const value of odd) for (const key of keys) hearth.room.store.set(key, value as never)
  })
  await page.getByRole('button', { name: 'only, 0 votes' }).waitFor()
  await pin(page, 'still here')
  expect(await pinTexts(page)).toEqual(['still here'])
  await claps(page, 0).waitFor()
  await clap(page, 1)
  await claps(page, 1).waitFor()
  await page.getByRole('button', { name: 'Raise hand' }).click()
  await tile(page, 'Ana.* hand raised').waitFor()
  await queue(page, 'Cleo')
  await hasQueue(page, 'Cleo')
  await page.getByRole('button', { name: 'Begin the notes anew' }).click()
  await page.keyboard.type('a text again')
  await until(() => page.evaluate(() => hearth.room.store.get('notes') === 'a text again'), { what: 'the notes' })
  await say(page, 'still here, too')
  await page.getByRole('button', { name: 'Hide: still here, too' }).click()
  await said(page, 'still here, too').waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: 'Pause the chat' }).click()
  await page.getByText('Ana paused the chat.').waitFor()
  await page.getByRole('button', { name: 'New game' }).click()
  await cell(page, 1, 1, 'empty').click()
  await cell(page, 1, 1, 'X').waitFor()
  // A listener that throws would have been told there.
  expect(await page.getByRole('alert').allTextContents()).toEqual([])
})

test('[DEMO18] no two people have one colour, and everybody has the same on every page', async () => {
  const names = ['Ana', 'Bo', 'Cleo', 'Dev']
  const pages = await Promise.all(names.map(name => site().visit(`${site().url}#colours`, { name })))
  await meet(...pages)
  const huesOn = async (page: Page) => {
    const hues = names.map(name => tile(page, name).evaluate(node => Number(node.style.getPropertyValue('--hue'))))
    return Promise.all(hues)
  }
  const [first = [], ...others] = await Promise.all(pages.map(huesOn))
  for (const hues of others) expect(hues).toEqual(first)
  for (const [index, hue] of first.entries())
    for (const other of first.slice(index + 1)) {
      const apart = Math.abs(hue - other)
      expect(Math.min(apart, 360 - apart)).toBeGreaterThanOrEqual(32)
    }
})
