import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { BoardRoom } from '../../demo/board.js'
import { meet, openDemoSite, type DemoSite } from '../support/demo-site.js'
import { until } from '../support/until.js'

/** In the page. */
declare const hearth: { readonly room: BoardRoom }

let site: DemoSite
beforeAll(async () => {
  site = await openDemoSite()
})
afterEach(async () => {
  await site.closePages()
  expect(site.takePageErrors()).toEqual([])
})
afterAll(() => site.close())

const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }

/** How much wider than the page its content is. */
const overhangOf = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)

const tile = (page: Page, name: string) => page.getByRole('button', { name: new RegExp(`^${name}.*spotlight$`) })
const option = (page: Page, text: string) => page.getByRole('button', { name: new RegExp(`^${text}, .* votes?$`) })
const pinTexts = async (page: Page) => (await page.locator('.pin-text').allTextContents()).sort()

const pin = async (page: Page, text: string) => {
  await page.getByLabel('Message to pin').fill(text)
  await page.keyboard.press('Enter')
}

const isPressed = async (button: Locator, pressed: boolean) => {
  const read = () => button.getAttribute('aria-pressed')
  await until(async () => (await read()) === String(pressed), { what: `${String(button)} is pressed: ${pressed}` })
}

const goOffline = async (page: Page) => {
  await page.getByRole('switch', { name: 'Offline' }).click()
  await page.getByText('You are offline. Pin').waitFor()
}
const comeBack = async (page: Page) => {
  await page.getByRole('switch', { name: 'Offline' }).click()
  await page.getByText('In step with everyone').waitFor({ timeout: 30_000 })
}

const claps = (page: Page, count: number) => page.getByRole('button', { name: `Clap ${count}`, exact: true })
const clap = async (page: Page, times: number) => {
  for (let time = 0; time < times; time++) await page.getByRole('button', { name: /^Clap/ }).click()
}

const queueNames = (page: Page) => page.locator('.queue-name').allTextContents()
const handle = (page: Page, name: string) => page.getByRole('button', { name: new RegExp(`^Move ${name},`) })
const queue = async (page: Page, ...names: string[]) => {
  for (const name of names) {
    await page.getByLabel('Speaker to add').fill(name)
    await page.keyboard.press('Enter')
  }
}
const hasQueue = async (page: Page, ...names: string[]) => {
  await until(async () => (await queueNames(page)).join() === names.join(), { what: `the queue is ${names.join()}` })
}
/** The middle of something on the page, where it can be seen. */
const middleOf = async (locator: Locator) => {
  const box = await locator.boundingBox()
  if (!box) throw new Error(`${String(locator)} is not to be seen`)
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}
/** Brings the queue into view, its rows at rest. */
const showQueue = (page: Page) =>
  page.locator('#queue').evaluate(async card => {
    card.scrollIntoView({ block: 'center' })
    await Promise.allSettled(card.getAnimations({ subtree: true }).map(({ finished }) => finished))
  })
/** Drags one speaker to the place of another. */
const drag = async (page: Page, name: string, onto: string) => {
  await showQueue(page)
  const to = await middleOf(handle(page, onto))
  const from = await middleOf(handle(page, name))
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move(from.x, (from.y + to.y) / 2)
  await page.mouse.move(to.x, to.y)
  await page.mouse.up()
}

const notes = (page: Page) => page.getByRole('textbox', { name: 'Notes' })
const hasNotes = (page: Page, text: string) =>
  until(async () => (await notes(page).inputValue()) === text, { what: `the notes are ${text.slice(0, 80)}` })
const caretTo = (page: Page, start: number, end = start) =>
  notes(page).evaluate(
    (field, [from, to]) => {
      if (!(field instanceof HTMLTextAreaElement)) throw new Error('the notes are no text area')
      field.focus()
      field.setSelectionRange(from, to)
    },
    [start, end] as const,
  )
/** The notes with the selection in brackets, or the caret as one bar. */
const marked = (page: Page) =>
  notes(page).evaluate(field => {
    if (!(field instanceof HTMLTextAreaElement)) throw new Error('the notes are no text area')
    const { value, selectionStart: start, selectionEnd: end } = field
    const inside = value.slice(start, end)
    return `${value.slice(0, start)}${inside ? `[${inside}]` : '|'}${value.slice(end)}`
  })

const beginPoll = async (page: Page, question: string, ...answers: string[]) => {
  await page.getByLabel('Question').fill(question)
  for (const [index, answer] of answers.entries()) await page.getByLabel(`Answer ${index + 1}`).fill(answer)
  await page.getByRole('button', { name: 'Start poll' }).click()
}

test('[DEMO1] a page without a room gets one in its address, and its invite link leads another browser there', async () => {
  const ana = await site.visit(site.url)
  await until(() => ana.url().includes('#'), { what: 'the address names a room' })
  expect(ana.url()).toMatch(/#[a-z]+-[a-z]+-[a-z]+$/)

  await ana.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await ana.getByRole('button', { name: 'Copy invite link' }).first().click()
  const link = await until(() => ana.evaluate(() => navigator.clipboard.readText()), { what: 'the link is copied' })
  expect(link).toBe(ana.url())
  const bo = await site.visit(link)
  await meet(ana, bo)
  await bo.getByText('2 people here').waitFor()
})

test('[DEMO1] ?room= names the room as well as # does', async () => {
  const ana = await site.visit(`${site.url}#query`)
  const bo = await site.visit(`${site.url}?room=query`)
  await meet(ana, bo)
})

test('[DEMO2] a click on a tile puts that person into the centre on every page, and a second one clears it', async () => {
  const ana = await site.visit(`${site.url}#spotlight`, { name: 'Ana' })
  const bo = await site.visit(`${site.url}#spotlight`, { name: 'Bo' })
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
  const ana = await site.visit(`${site.url}#poll`, { name: 'Ana' })
  const bo = await site.visit(`${site.url}#poll`, { name: 'Bo' })
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
  const ana = await site.visit(`${site.url}#offline`, { name: 'Ana' })
  const bo = await site.visit(`${site.url}#offline`, { name: 'Bo' })
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
  await ana.getByText('Changed on both sides and merged: pinned.').waitFor()
  await ana.getByText('In step with everyone').waitFor()
})

test('[DEMO4] at 360 pixels nothing is wider than the page, whatever it holds', async () => {
  const ana = await site.visit(`${site.url}#phone`, { name: 'Ana', ...phone })
  const bo = await site.visit(`${site.url}#phone`, { name: 'Bo-'.repeat(13) })
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
  await hasQueue(ana, 's'.repeat(200), 'Cleo')
  await hasNotes(ana, 'n'.repeat(300))
  await isPressed(tile(ana, 'Bo'), true)
  expect(await overhang()).toBe(0)
  await ana.getByRole('button', { name: 'Under the hood' }).click()
  await ana.getByRole('heading', { name: 'Under the hood' }).waitFor()
  expect(await overhang()).toBe(0)
})

test('[DEMO5] Tab reaches every control in turn, each with a focus that can be seen', async () => {
  const page = await site.visit(`${site.url}#keys`, { name: 'Ana' })
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
  const forms = ['Message to pin', 'Pin', 'Join the queue', 'Speaker to add', 'Add']
  const pollAndNotes = ['Question', 'Answer 1', 'Answer 2', 'Start poll', 'Notes']
  const all = [...top, 'Ana (you), spotlight', 'Copy invite link', ...stage, ...forms, ...pollAndNotes]
  expect(labels.filter(label => all.includes(label))).toEqual(all)
})

test('[DEMO5] the keyboard alone puts one into the spotlight, votes, and opens and closes the drawer of a phone', async () => {
  const page = await site.visit(`${site.url}#keyboard`, { name: 'Ana', ...phone })
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
  const page = await site.visit(`${site.url}#refused`)
  await pin(page, 'x'.repeat(1100))
  await page.getByRole('alert').getByText('Too much for one key').waitFor()
  expect(await page.getByLabel('Message to pin').inputValue()).toHaveLength(1100)
  expect(await pinTexts(page)).toEqual([])
})

test('[DEMO7] a conflict stands in the panel with its writer, and settling it there settles it for everyone', async () => {
  const ana = await site.visit(`${site.url}#conflict`, { name: 'Ana' })
  const bo = await site.visit(`${site.url}#conflict`, { name: 'Bo' })
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
  const ana = await site.visit(`${site.url}#secret&password=tinder`)
  await ana.getByText('One person here').waitFor()
  const bo = await site.visit(`${site.url}#secret&password=damp`)
  await bo.getByRole('heading', { name: 'This room has another password' }).waitFor({ timeout: 30_000 })
  await bo.getByLabel('Password').fill('tinder')
  await bo.keyboard.press('Enter')
  await meet(ana, bo)
})

test('[DEMO9] from a plain-http address of another machine everything works but a password, which is told', async () => {
  const ana = await site.visit(`${site.insecureUrl}#lan`, { name: 'Ana' })
  const bo = await site.visit(`${site.url}#lan`, { name: 'Bo' })
  await meet(ana, bo)
  expect(await ana.evaluate(() => isSecureContext)).toBe(false)
  await ana.getByRole('button', { name: 'Copy invite link' }).first().click()
  await ana.getByText('Invite link copied').waitFor()
  await pin(ana, 'from the phone')
  await until(async () => (await pinTexts(bo)).includes('from the phone'), { what: 'the pin arrives' })

  const locked = await site.visit(`${site.insecureUrl}#lan&password=tinder`)
  await locked.getByRole('heading', { name: 'A password needs a secure page' }).waitFor()
})

test('[DEMO10] when the one in the spotlight leaves, the page says so, and anybody can clear it', async () => {
  const ana = await site.visit(`${site.url}#gone`, { name: 'Ana' })
  const bo = await site.visit(`${site.url}#gone`, { name: 'Bo' })
  await meet(ana, bo)
  await tile(ana, 'Bo').click()
  await isPressed(tile(bo, 'Bo'), true)
  await bo.goto(`${site.url}?room=elsewhere`)
  await ana.getByText('Bo was in the spotlight and has left.').waitFor()
  await ana.locator('#announcer').getByText('Bo left').waitFor()
  await ana.getByRole('button', { name: 'Clear the spotlight' }).click()
  await until(() => ana.evaluate(() => !hearth.room.store.has('spotlight')), { what: 'the key is gone' })
})

test('[DEMO11] keys that hold something else than the page expects do not break it', async () => {
  const page = await site.visit(`${site.url}#shapes`, { name: 'Ana' })
  await page.getByLabel('Message to pin').waitFor()
  await page.evaluate(() => {
    const odd = [5, 'text', true, [null, 7, { id: 1 }], { options: [1, 'only'], votes: { x: 1 } }]
    for (const value of odd)
      for (const key of ['spotlight', 'pinned', 'poll', 'claps', 'hands', 'queue', 'notes'] as const)
        hearth.room.store.set(key, value as never)
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
  // A listener that throws would have been told there.
  expect(await page.getByRole('alert').allTextContents()).toEqual([])
})

test('[DEMO12] claps count on every page, also those of two who clap at once, out of sight of each other', async () => {
  const ana = await site.visit(`${site.url}#claps`, { name: 'Ana' })
  const bo = await site.visit(`${site.url}#claps`, { name: 'Bo' })
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
  const ana = await site.visit(`${site.url}#drag`, { name: 'Ana' })
  const bo = await site.visit(`${site.url}#drag`, { name: 'Bo' })
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
  const ana = await site.visit(`${site.url}#moved`, { name: 'Ana' })
  const bo = await site.visit(`${site.url}#moved`, { name: 'Bo' })
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
  const page = await site.visit(`${site.url}#finger`, { name: 'Ana', ...phone })
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
  const ana = await site.visit(`${site.url}#arrows`, { name: 'Ana' })
  const bo = await site.visit(`${site.url}#arrows`, { name: 'Bo' })
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
  const ana = await site.visit(`${site.url}#reorder`, { name: 'Ana' })
  const bo = await site.visit(`${site.url}#reorder`, { name: 'Bo' })
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
  const ana = await site.visit(`${site.url}#hands`, { name: 'Ana' })
  const bo = await site.visit(`${site.url}#hands`, { name: 'Bo' })
  await meet(ana, bo)
  await Promise.all([ana, bo].map(page => page.getByRole('button', { name: 'Raise hand' }).click()))
  for (const page of [ana, bo]) for (const name of ['Ana', 'Bo']) await tile(page, `${name}.* hand raised`).waitFor()
  await ana.locator('#announcer').getByText('Bo raised a hand').waitFor()
  await bo.getByRole('button', { name: 'Lower hand' }).click()
  await tile(ana, 'Bo.* hand raised').waitFor({ state: 'hidden' })
  await tile(bo, 'Ana, hand raised').waitFor()
})

test('[DEMO15] what two type into the notes at once merges, and the caret of each stays in its word', async () => {
  const ana = await site.visit(`${site.url}#notes`, { name: 'Ana' })
  const bo = await site.visit(`${site.url}#notes`, { name: 'Bo' })
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
  const ana = await site.visit(`${site.url}#minutes`, { name: 'Ana' })
  const bo = await site.visit(`${site.url}#minutes`, { name: 'Bo' })
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

test('[DEMO15] letters that are being composed are not disturbed by what others type', async () => {
  const ana = await site.visit(`${site.url}#composed`, { name: 'Ana' })
  const bo = await site.visit(`${site.url}#composed`, { name: 'Bo' })
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
  const page = await site.visit(`${site.url}#long`, { name: 'Ana' })
  await notes(page).fill('short')
  await notes(page).fill(`short${'x'.repeat(17_000)}`)
  await page.getByRole('alert').waitFor()
  await hasNotes(page, 'short')
  await notes(page).press('End')
  await page.keyboard.type('er')
  await hasNotes(page, 'shorter')
})

test('[DEMO15] who writes the notes anew again and again is not stopped by what undo keeps', async () => {
  const page = await site.visit(`${site.url}#anew`, { name: 'Ana' })
  for (let round = 0; round < 24; round++) await notes(page).fill(String.fromCodePoint(97 + round).repeat(16_000))
  await hasNotes(page, 'x'.repeat(16_000))
  expect(await page.getByRole('alert').allTextContents()).toEqual([])
  expect(await page.evaluate(() => hearth.room.store.usage.historyBytes)).toBeLessThan(100_000)
})

test('[DEMO16] undo takes back what one did oneself, and nothing of the others', async () => {
  const ana = await site.visit(`${site.url}#undo`, { name: 'Ana' })
  const bo = await site.visit(`${site.url}#undo`, { name: 'Bo' })
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
  const ana = await site.visit(`${site.url}#choice`, { name: 'Ana', ...phone })
  const bo = await site.visit(`${site.url}#choice`, { name: 'Bo' })
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
  const ana = await site.visit(`${site.url}#questions`, { name: 'Ana' })
  const bo = await site.visit(`${site.url}#questions`, { name: 'Bo' })
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

test('[DEMO19] the newest five pins stay, the same on both pages, also when both pin at once', async () => {
  const ana = await site.visit(`${site.url}#newest`, { name: 'Ana' })
  const bo = await site.visit(`${site.url}#newest`, { name: 'Bo' })
  await meet(ana, bo)
  await pin(ana, 'old')
  await until(async () => (await pinTexts(bo)).length === 1, { what: 'the first pin arrives' })
  await goOffline(ana)
  for (const number of [1, 2, 3]) {
    await pin(ana, `Ana ${number}`)
    await pin(bo, `Bo ${number}`)
  }
  await comeBack(ana)
  const isSettled = async () => (await pinTexts(ana)).join() === (await pinTexts(bo)).join()
  await until(isSettled, { what: 'the same pins' })
  const pins = await pinTexts(ana)
  expect(pins).toHaveLength(5)
  for (const text of ['Ana 2', 'Ana 3', 'Bo 2', 'Bo 3']) expect(pins).toContain(text)
})

test('[DEMO18] no two people have one colour, and everybody has the same on every page', async () => {
  const names = ['Ana', 'Bo', 'Cleo', 'Dev']
  const pages = await Promise.all(names.map(name => site.visit(`${site.url}#colours`, { name })))
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
