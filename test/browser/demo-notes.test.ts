import { expect, test } from 'vitest'
import type { BoardRoom } from '../../demo/board.js'
import { demoSiteOfFile, meet } from '../support/demo-site.js'
import { until } from '../support/until.js'
import { caretTo, comeBack, goOffline, hasNotes, marked, notes } from './demo-page.js'

/** In the page. */
declare const hearth: { readonly room: BoardRoom }

const site = demoSiteOfFile()

test('[DEMO15] what two type into the notes at once merges, and the caret of each stays in its word', async () => {
  const ana = await site().visit(`${site().url}#notes`, { name: 'Ana' })
  const bo = await site().visit(`${site().url}#notes`, { name: 'Bo' })
  await meet(ana, bo)
  await notes(ana).pressSequentially('milk and bread')
  await hasNotes(bo, 'milk and bread')
  await caretTo(ana, 11)
  await caretTo(bo, 0)
  await bo.keyboard.type('oat ')
  await hasNotes(ana, 'oat milk and bread')
  expect(await marked(ana)).toBe('oat milk and br|ead')
  expect(await marked(bo)).toBe('oat |milk and bread')
  await Promise.all([ana.keyboard.type('own br'), bo.keyboard.type('fresh ')])
  for (const page of [ana, bo]) await hasNotes(page, 'oat fresh milk and brown bread')
  expect(await marked(ana)).toBe('oat fresh milk and brown br|ead')

  // A selection keeps its words too, with what is typed at its edges left out.
  await caretTo(ana, 10, 14)
  await caretTo(bo, 10)
  await bo.keyboard.type('soy ')
  await hasNotes(ana, 'oat fresh soy milk and brown bread')
  expect(await marked(ana)).toBe('oat fresh soy [milk] and brown bread')
  await caretTo(bo, 0, 10)
  await bo.keyboard.press('Delete')
  await hasNotes(ana, 'soy milk and brown bread')
  expect(await marked(ana)).toBe('soy [milk] and brown bread')
})

test('[DEMO15] what both write offline is merged word by word, and each takes back only the own typing', async () => {
  const ana = await site().visit(`${site().url}#minutes`, { name: 'Ana' })
  const bo = await site().visit(`${site().url}#minutes`, { name: 'Bo' })
  await meet(ana, bo)
  await notes(ana).fill('one two three 😀')
  await hasNotes(bo, 'one two three 😀')
  await goOffline(ana)
  // As an extension of the browser would: the whole text anew, of which only what differs goes out.
  await notes(ana).fill('one TWO three 😀')
  await notes(bo).fill('one two three four 😃')
  await comeBack(ana)
  for (const page of [ana, bo]) await hasNotes(page, 'one TWO three four 😃')
  await notes(ana).press('Control+z')
  for (const page of [ana, bo]) await hasNotes(page, 'one two three four 😃')
  await notes(ana).press('Control+y')
  for (const page of [ana, bo]) await hasNotes(page, 'one TWO three four 😃')
  expect(await ana.evaluate(() => hearth.room.store.get('notes'))).toBe('one TWO three four 😃')
})

test('[DEMO15] what was written over comes back by itself, however fast it was', async () => {
  const page = await site().visit(`${site().url}#over`, { name: 'Ana' })
  // In one go, as no two pages are that fast.
  await notes(page).evaluate((field: HTMLTextAreaElement) => {
    for (const value of ['one two', 'one TWO']) {
      field.value = value
      field.dispatchEvent(new InputEvent('input', { inputType: 'insertReplacementText' }))
    }
  })
  await hasNotes(page, 'one TWO')
  await notes(page).press('Control+z')
  await hasNotes(page, 'one two')
})

test('[DEMO15] letters that are being composed are not disturbed by what others type', async () => {
  const ana = await site().visit(`${site().url}#composed`, { name: 'Ana' })
  const bo = await site().visit(`${site().url}#composed`, { name: 'Bo' })
  await meet(ana, bo)
  await notes(ana).fill('to Tokyo')
  await hasNotes(bo, 'to Tokyo')
  await caretTo(ana, 3)
  const session = await ana.context().newCDPSession(ana)
  const compose = (text: string) =>
    session.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
  await compose('に')
  await hasNotes(bo, 'to にTokyo')
  await caretTo(bo, 0)
  await bo.keyboard.type('go ')
  await caretTo(bo, 12)
  await bo.keyboard.type('!')
  await until(() => ana.evaluate(() => hearth.room.store.get('notes') === 'go to にTokyo!'), { what: "Bo's typing" })
  await compose('にほ')
  await hasNotes(bo, 'go to にほTokyo!')
  // What is composed is still under the hands of who composes it.
  expect(await notes(ana).inputValue()).toBe('to にほTokyo')
  await session.send('Input.insertText', { text: '日本 ' })
  for (const page of [ana, bo]) await hasNotes(page, 'go to 日本 Tokyo!')
  expect(await marked(ana)).toBe('go to 日本 |Tokyo!')
})

test('[DEMO15] what does not fit into the notes is told and taken back', async () => {
  const page = await site().visit(`${site().url}#long`, { name: 'Ana' })
  await notes(page).fill('short')
  await notes(page).fill(`short${'x'.repeat(17_000)}`)
  await page.getByRole('alert').waitFor()
  await hasNotes(page, 'short')
  await notes(page).press('End')
  await page.keyboard.type('er')
  await hasNotes(page, 'shorter')
})

test('[DEMO15] who writes the notes anew again and again is not stopped by what undo keeps', async () => {
  const page = await site().visit(`${site().url}#anew`, { name: 'Ana' })
  for (let round = 0; round < 24; round++) await notes(page).fill(String.fromCodePoint(97 + round).repeat(16_000))
  await hasNotes(page, 'x'.repeat(16_000))
  expect(await page.getByRole('alert').allTextContents()).toEqual([])
  expect(await page.evaluate(() => hearth.room.store.usage.historyBytes)).toBeLessThan(100_000)
})
