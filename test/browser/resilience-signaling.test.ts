import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { until } from '../support/until.js'
import type * as page from './resilience-page.js'
import { all, linksMade, resilienceOfFile, told, untilMet, untilSame } from './resilience.js'

declare const lab: typeof page

const given = resilienceOfFile()

const leftOnes = async (at: Page) => (await told(at)).filter(what => what.startsWith('left'))

test('[LINK13] the signaling server is killed in the middle of a burst: no link and no write is lost, and a newcomer finds the room', async () => {
  const pages = [await given.join('a'), await given.join('b')] as const
  await untilMet(...pages)
  const made = await linksMade(pages)
  await Promise.all(pages.map((at, index) => at.evaluate(prefix => lab.startBurst(prefix, 300), 'ab'.charAt(index))))
  const haveWritten = (count: number) =>
    until(async () => (await Promise.all(pages.map(at => at.evaluate(() => lab.writes())))).every(n => n >= count), {
      what: `${count} writes on each page`,
      withinMs: 60_000,
    })
  await haveWritten(50)
  await given.signaling.kill()
  await until(async () => (await pages[0].evaluate(() => lab.status().signaling)) === 'connecting', {
    what: 'the page to know that its server is gone',
  })
  expect(await pages[0].evaluate(() => lab.writes())).toBeLessThan(300)
  await haveWritten(150)
  await given.signaling.restart()
  await haveWritten(300)
  await untilSame(pages, values => values['count'] === 600)
  expect(await linksMade(pages)).toEqual(made)
  expect(await Promise.all(pages.map(leftOnes))).toEqual([[], []])

  await until(
    async () =>
      (await Promise.all(pages.map(at => at.evaluate(() => lab.status().signaling)))).every(s => s === 'connected'),
    {
      what: 'both pages to be back at their server',
      withinMs: 20_000,
    },
  )
  const late = await given.join('late')
  expect(await all(late)).toEqual(await all(pages[0]))
  await untilMet(...pages, late)
})

test('[LINK13] [LINK18] three peers go through a restart of the server, and a fourth who comes while it restarts gets everything', async () => {
  const pages = [await given.join('a'), await given.join('b'), await given.join('c')]
  await untilMet(...pages)
  const made = await linksMade(pages)
  await Promise.all(pages.map((at, n) => at.evaluate(name => lab.setField('who', name, 'before'), `p${n}`)))
  await given.signaling.kill()
  // Joins in vain at first, since nobody can introduce it.
  const coming = given.join('late')
  await Promise.all(pages.map((at, n) => at.evaluate(name => lab.setField('who', name, 'while it was gone'), `p${n}`)))
  await untilSame(pages, ({ who }) => Object.values(who as object).every(when => when === 'while it was gone'))
  await given.signaling.restart()
  const late = await coming
  await late.evaluate(() => lab.setField('who', 'late', 'after'))
  await untilSame([...pages, late], ({ who }) => Object.keys(who as object).length === 4)
  await untilMet(...pages, late)
  expect(await linksMade(pages)).toEqual(made.map(count => count + 1))
  expect(await Promise.all(pages.map(leftOnes))).toEqual([[], [], []])
})

test('[ROOM1] the process of a page is killed: it is gone for the others within 5 s, and what it had delivered stays', async () => {
  const [ana, bo, dies] = [await given.join('ana'), await given.join('bo'), await given.join('dies')]
  await untilMet(ana, bo, dies)
  await dies.evaluate(() => lab.startBurst('x', 30))
  await untilSame([ana, bo], values => values['count'] === 30)
  const before = await all(ana)
  const cdp = await dies.context().newCDPSession(dies)
  const crashedAt = performance.now()
  void cdp.send('Page.crash').catch((error: unknown) => error)
  await until(async () => (await Promise.all([ana, bo].map(leftOnes))).every(left => left.includes('left dies')), {
    what: 'the others to be told',
    withinMs: 20_000,
  })
  expect(performance.now() - crashedAt).toBeLessThan(5000)
  expect([await all(ana), await all(bo)]).toEqual([before, before])
  await ana.evaluate(() => lab.setField('after', 'ana', 1))
  await untilSame([ana, bo], values => values['count'] === 30 && values['after'] !== undefined)
})
