import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { demoSiteOfFile, meet } from '../support/demo-site.js'
import { until } from '../support/until.js'
import {
  beginPoll,
  clap,
  claps,
  comeBack,
  drag,
  goOffline,
  handle,
  hasQueue,
  isPressed,
  middleOf,
  overhangOf,
  phone,
  pin,
  pinTexts,
  queue,
  queueNames,
  showQueue,
  tile,
} from './demo-page.js'

const site = demoSiteOfFile()

test('[DEMO12] claps count on every page, also those of two who clap at once, out of sight of each other', async () => {
  const ana = await site().visit(`${site().url}#claps`, { name: 'Ana' })
  const bo = await site().visit(`${site().url}#claps`, { name: 'Bo' })
  await meet(ana, bo)
  await Promise.all([clap(ana, 4), clap(bo, 4)])
  for (const page of [ana, bo]) await claps(page, 8).waitFor()
  await goOffline(ana)
  await Promise.all([clap(ana, 3), clap(bo, 2)])
  await claps(ana, 11).waitFor()
  await claps(bo, 10).waitFor()
  await comeBack(ana)
  for (const page of [ana, bo]) await claps(page, 13).waitFor()
})

test('[DEMO13] a speaker is dragged to another place, on every page, and let go with Escape stays', async () => {
  const ana = await site().visit(`${site().url}#drag`, { name: 'Ana' })
  const bo = await site().visit(`${site().url}#drag`, { name: 'Bo' })
  await meet(ana, bo)
  await queue(ana, 'Cleo', 'Dev', 'Eve')
  await bo.getByRole('button', { name: 'Join the queue' }).click()
  for (const page of [ana, bo]) await hasQueue(page, 'Cleo', 'Dev', 'Eve', 'Bo')
  await drag(ana, 'Cleo', 'Eve')
  for (const page of [ana, bo]) await hasQueue(page, 'Dev', 'Eve', 'Cleo', 'Bo')
  await drag(bo, 'Bo', 'Dev')
  for (const page of [ana, bo]) await hasQueue(page, 'Bo', 'Dev', 'Eve', 'Cleo')

  await showQueue(ana)
  const from = await middleOf(handle(ana, 'Bo'))
  await ana.mouse.move(from.x, from.y)
  await ana.mouse.down()
  await ana.mouse.move(from.x, from.y + 120)
  await ana.keyboard.press('Escape')
  await ana.mouse.up()
  expect(await queueNames(ana)).toEqual(['Bo', 'Dev', 'Eve', 'Cleo'])
  await bo.getByRole('button', { name: 'Leave the queue' }).click()
  for (const page of [ana, bo]) await hasQueue(page, 'Dev', 'Eve', 'Cleo')
})

test('[DEMO13] a row that others move while it is dragged is dropped where the pointer is', async () => {
  const ana = await site().visit(`${site().url}#moved`, { name: 'Ana' })
  const bo = await site().visit(`${site().url}#moved`, { name: 'Bo' })
  await meet(ana, bo)
  await queue(ana, 'Cleo', 'Dev', 'Eve', 'Finn')
  await hasQueue(bo, 'Cleo', 'Dev', 'Eve', 'Finn')
  await showQueue(ana)
  const to = await middleOf(handle(ana, 'Eve'))
  const from = await middleOf(handle(ana, 'Cleo'))
  await ana.mouse.move(from.x, from.y)
  await ana.mouse.down()
  await ana.mouse.move(to.x, to.y)
  await handle(bo, 'Cleo').press('End')
  await hasQueue(ana, 'Dev', 'Eve', 'Finn', 'Cleo')
  await ana.mouse.up()
  for (const page of [ana, bo]) await hasQueue(page, 'Dev', 'Eve', 'Cleo', 'Finn')
})

test('[DEMO13] a finger drags a speaker by the handle', async () => {
  const page = await site().visit(`${site().url}#finger`, { name: 'Ana', ...phone })
  await queue(page, 'Cleo', 'Dev', 'Eve')
  await showQueue(page)
  const to = await middleOf(handle(page, 'Eve'))
  const from = await middleOf(handle(page, 'Cleo'))
  const session = await page.context().newCDPSession(page)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: { x: number; y: number }[]) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints })
  await touch('touchStart', [from])
  for (const share of [0.25, 0.5, 0.75, 1])
    await touch('touchMove', [{ x: from.x, y: from.y + (to.y - from.y) * share }])
  await touch('touchEnd', [])
  await hasQueue(page, 'Dev', 'Eve', 'Cleo')
})

test('[DEMO13] [DEMO5] [DEMO10] the arrow keys on a handle move a speaker, which keeps the focus and is read aloud', async () => {
  const ana = await site().visit(`${site().url}#arrows`, { name: 'Ana' })
  const bo = await site().visit(`${site().url}#arrows`, { name: 'Bo' })
  await meet(ana, bo)
  await queue(ana, 'Cleo', 'Dev', 'Eve')
  await hasQueue(bo, 'Cleo', 'Dev', 'Eve')
  const hasFocus = () => handle(ana, 'Eve').evaluate(button => button === document.activeElement)
  await handle(ana, 'Eve').focus()
  await ana.keyboard.press('ArrowUp')
  await hasQueue(ana, 'Cleo', 'Eve', 'Dev')
  expect(await ana.locator('#announcer').textContent()).toBe('Eve is number 2 of 3')
  expect(await hasFocus()).toBe(true)
  await ana.keyboard.press('Home')
  for (const page of [ana, bo]) await hasQueue(page, 'Eve', 'Cleo', 'Dev')
  await bo.locator('#announcer').getByText('Eve is next to speak').waitFor()
  // Also when it is somebody else who moves the row.
  await handle(bo, 'Eve').press('End')
  await hasQueue(ana, 'Cleo', 'Dev', 'Eve')
  expect(await hasFocus()).toBe(true)
  await ana.getByRole('button', { name: 'Take Dev out of the queue' }).press('Enter')
  for (const page of [ana, bo]) await hasQueue(page, 'Cleo', 'Eve')
  expect(await ana.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Take Eve out of the queue')
})

test('[DEMO13] two who reorder the queue at once have everybody in it once, in one order', async () => {
  const ana = await site().visit(`${site().url}#reorder`, { name: 'Ana' })
  const bo = await site().visit(`${site().url}#reorder`, { name: 'Bo' })
  await meet(ana, bo)
  await queue(ana, 'Cleo', 'Dev', 'Eve', 'Finn')
  await hasQueue(bo, 'Cleo', 'Dev', 'Eve', 'Finn')
  await goOffline(ana)
  await drag(ana, 'Cleo', 'Finn')
  await drag(ana, 'Dev', 'Finn')
  await drag(bo, 'Cleo', 'Eve')
  await drag(bo, 'Finn', 'Dev')
  await hasQueue(ana, 'Eve', 'Finn', 'Dev', 'Cleo')
  await hasQueue(bo, 'Finn', 'Dev', 'Eve', 'Cleo')
  await comeBack(ana)
  await until(async () => (await queueNames(ana)).join() === (await queueNames(bo)).join(), { what: 'one order' })
  expect((await queueNames(ana)).sort()).toEqual(['Cleo', 'Dev', 'Eve', 'Finn'])
})

test('[DEMO14] [DEMO10] a raised hand is seen on the tile of its owner, read aloud, and comes down again', async () => {
  const ana = await site().visit(`${site().url}#hands`, { name: 'Ana' })
  const bo = await site().visit(`${site().url}#hands`, { name: 'Bo' })
  await meet(ana, bo)
  await Promise.all([ana, bo].map(page => page.getByRole('button', { name: 'Raise hand' }).click()))
  for (const page of [ana, bo]) for (const name of ['Ana', 'Bo']) await tile(page, `${name}.* hand raised`).waitFor()
  await ana.locator('#announcer').getByText('Bo raised a hand').waitFor()
  await bo.getByRole('button', { name: 'Lower hand' }).click()
  await tile(ana, 'Bo.* hand raised').waitFor({ state: 'hidden' })
  await tile(bo, 'Ana, hand raised').waitFor()
})

test('[DEMO16] undo takes back what one did oneself, and nothing of the others', async () => {
  const ana = await site().visit(`${site().url}#undo`, { name: 'Ana' })
  const bo = await site().visit(`${site().url}#undo`, { name: 'Bo' })
  await meet(ana, bo)
  await clap(ana, 2)
  await claps(bo, 2).waitFor()
  await clap(bo, 1)
  await claps(ana, 3).waitFor()
  await ana.getByRole('button', { name: 'Undo' }).click()
  for (const page of [ana, bo]) await claps(page, 2).waitFor()
  await ana.keyboard.press('Control+z')
  for (const page of [ana, bo]) await claps(page, 1).waitFor()
  await ana.keyboard.press('Control+z')
  await ana.getByText('Nothing to undo').waitFor()
  await ana.getByRole('button', { name: 'Redo' }).click()
  for (const page of [ana, bo]) await claps(page, 2).waitFor()

  // In a text field these keys mean what is typed there.
  await bo.getByLabel('Message to pin').focus()
  await bo.keyboard.press('Control+z')
  await claps(bo, 2).waitFor()
  await tile(bo, 'Bo').click()
  await isPressed(tile(ana, 'Bo'), true)
  await tile(ana, 'Ana').click()
  await isPressed(tile(bo, 'Ana'), true)
  await bo.getByRole('button', { name: 'Undo' }).click()
  // Bo's spotlight was changed since, so what goes is the clap before it.
  for (const page of [ana, bo]) await claps(page, 1).waitFor()
  await isPressed(tile(bo, 'Ana'), true)
})

test('[DEMO17] [DEMO4] a conflict stands in its place on both pages, and the other value chosen there is taken on both', async () => {
  const ana = await site().visit(`${site().url}#choice`, { name: 'Ana', ...phone })
  const bo = await site().visit(`${site().url}#choice`, { name: 'Bo' })
  await meet(ana, bo)
  await goOffline(ana)
  await tile(ana, 'Ana').click()
  await tile(bo, 'Bo').click()
  await comeBack(ana)
  const other = (page: Page) => page.getByRole('button', { name: 'Use the other value' })
  for (const page of [ana, bo]) await other(page).waitFor()
  expect(await overhangOf(ana)).toBe(0)
  const loser = (await tile(bo, 'Ana').getAttribute('aria-pressed')) === 'true' ? 'Bo' : 'Ana'
  const says = (page: Page, words: string) => page.getByText(`${words} at the same moment.`).waitFor()
  await says(ana, loser === 'Ana' ? 'You chose Ana' : 'Bo chose Bo')
  await says(bo, loser === 'Bo' ? 'You chose Bo' : 'Ana chose Ana')
  await other(bo).click()
  for (const page of [ana, bo]) {
    await isPressed(tile(page, loser), true)
    await other(page).waitFor({ state: 'hidden' })
  }
})

test('[DEMO17] of two questions asked at once each can be kept, and keeping settles it for everyone', async () => {
  const ana = await site().visit(`${site().url}#questions`, { name: 'Ana' })
  const bo = await site().visit(`${site().url}#questions`, { name: 'Bo' })
  await meet(ana, bo)
  await goOffline(ana)
  await beginPoll(ana, 'Tea?', 'Yes', 'No')
  await beginPoll(bo, 'Coffee?', 'Yes', 'No')
  await comeBack(ana)
  const keep = (page: Page) => page.getByRole('button', { name: 'Keep this one' })
  for (const page of [ana, bo]) await keep(page).waitFor()
  const asked = await bo.locator('.poll-question').textContent()
  const other = asked === 'Tea?' ? 'Coffee?' : 'Tea?'
  await bo.getByText(`${other === 'Tea?' ? 'Ana' : 'You'} asked “${other}” at the same moment.`).waitFor()
  await keep(bo).click()
  for (const page of [ana, bo]) {
    await keep(page).waitFor({ state: 'hidden' })
    expect(await page.locator('.poll-question').textContent()).toBe(asked)
  }
})

test('[DEMO19] the newest three pins stay, the same on both pages, also when both pin at once', async () => {
  const ana = await site().visit(`${site().url}#newest`, { name: 'Ana' })
  const bo = await site().visit(`${site().url}#newest`, { name: 'Bo' })
  await meet(ana, bo)
  await pin(ana, 'old')
  await until(async () => (await pinTexts(bo)).length === 1, { what: 'the first pin arrives' })
  await goOffline(ana)
  for (const number of [1, 2]) {
    await pin(ana, `Ana ${number}`)
    await pin(bo, `Bo ${number}`)
  }
  await comeBack(ana)
  const isSettled = async () => (await pinTexts(ana)).join() === (await pinTexts(bo)).join()
  await until(isSettled, { what: 'the same pins' })
  const pins = await pinTexts(ana)
  expect(pins).toHaveLength(3)
  for (const text of ['Ana 2', 'Bo 2']) expect(pins).toContain(text)
})
