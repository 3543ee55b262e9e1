/** The demo as the tests of it handle it: its parts by what they are called, and what people do with them. */

import type { Locator, Page } from 'playwright-core'
import { until } from '../support/until.js'

export const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }

/** How much wider than the page its content is. */
export const overhangOf = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)

export const tile = (page: Page, name: string) => page.getByRole('button', { name: new RegExp(`^${name}.*spotlight$`) })
export const option = (page: Page, text: string) =>
  page.getByRole('button', { name: new RegExp(`^${text}, .* votes?$`) })
export const pinTexts = async (page: Page) => (await page.locator('.pin-text').allTextContents()).sort()

export const pin = async (page: Page, text: string) => {
  await page.getByLabel('Message to pin').fill(text)
  await page.keyboard.press('Enter')
}

export const isPressed = async (button: Locator, pressed: boolean) => {
  const read = () => button.getAttribute('aria-pressed')
  await until(async () => (await read()) === String(pressed), { what: `${String(button)} is pressed: ${pressed}` })
}

export const goOffline = async (page: Page) => {
  await page.getByRole('switch', { name: 'Offline' }).click()
  await page.getByText('You are offline. Pin').waitFor()
}
export const comeBack = async (page: Page) => {
  await page.getByRole('switch', { name: 'Offline' }).click()
  await page.getByText('In step with everyone').waitFor({ timeout: 30_000 })
}

export const said = (page: Page, text: string) => page.getByRole('log').getByText(text, { exact: true })
export const say = async (page: Page, text: string) => {
  await page.getByLabel('Message to everyone').fill(text)
  await page.keyboard.press('Enter')
  await said(page, text).waitFor()
}
/** A cell of the game, by what is in it: `X`, `O` or `empty`. */
export const cell = (page: Page, row: number, column: number, content: string) =>
  page.getByRole('button', { name: `Row ${row}, column ${column}: ${content}` })

export const claps = (page: Page, count: number) => page.getByRole('button', { name: `Clap ${count}`, exact: true })
export const clap = async (page: Page, times: number) => {
  for (let time = 0; time < times; time++) await page.getByRole('button', { name: /^Clap/ }).click()
}

export const queueNames = (page: Page) => page.locator('.queue-name').allTextContents()
export const handle = (page: Page, name: string) => page.getByRole('button', { name: new RegExp(`^Move ${name},`) })
export const queue = async (page: Page, ...names: string[]) => {
  for (const name of names) {
    await page.getByLabel('Speaker to add').fill(name)
    await page.keyboard.press('Enter')
  }
}
export const hasQueue = async (page: Page, ...names: string[]) => {
  await until(async () => (await queueNames(page)).join() === names.join(), { what: `the queue is ${names.join()}` })
}
/** The middle of something on the page, where it can be seen. */
export const middleOf = async (locator: Locator) => {
  const box = await locator.boundingBox()
  if (!box) throw new Error(`${String(locator)} is not to be seen`)
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}
/** Brings the queue into view, its rows at rest. */
export const showQueue = (page: Page) =>
  page.locator('#queue').evaluate(async card => {
    card.scrollIntoView({ block: 'center' })
    await Promise.allSettled(card.getAnimations({ subtree: true }).map(({ finished }) => finished))
  })
/** Drags one speaker to the place of another. */
export const drag = async (page: Page, name: string, onto: string) => {
  await showQueue(page)
  const to = await middleOf(handle(page, onto))
  const from = await middleOf(handle(page, name))
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move(from.x, (from.y + to.y) / 2)
  await page.mouse.move(to.x, to.y)
  await page.mouse.up()
}

export const notes = (page: Page) => page.getByRole('textbox', { name: 'Notes' })
export const hasNotes = (page: Page, text: string) =>
  until(async () => (await notes(page).inputValue()) === text, { what: `the notes are ${text.slice(0, 80)}` })
export const caretTo = (page: Page, start: number, end = start) =>
  notes(page).evaluate(
    (field, [from, to]) => {
      if (!(field instanceof HTMLTextAreaElement)) throw new Error('the notes are no text area')
      field.focus()
      field.setSelectionRange(from, to)
    },
    [start, end] as const,
  )
/** The notes with the selection in brackets, or the caret as one bar. */
export const marked = (page: Page) =>
  notes(page).evaluate(field => {
    if (!(field instanceof HTMLTextAreaElement)) throw new Error('the notes are no text area')
    const { value, selectionStart: start, selectionEnd: end } = field
    const inside = value.slice(start, end)
    return `${value.slice(0, start)}${inside ? `[${inside}]` : '|'}${value.slice(end)}`
  })

export const beginPoll = async (page: Page, question: string, ...answers: string[]) => {
  await page.getByLabel('Question').fill(question)
  for (const [index, answer] of answers.entries()) await page.getByLabel(`Answer ${index + 1}`).fill(answer)
  await page.getByRole('button', { name: 'Start poll' }).click()
}
