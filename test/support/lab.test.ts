import { afterAll, beforeAll, expect, test } from 'vitest'
import type * as page from './lab-page.js'
import { openLab, type Lab } from './lab.js'

declare const lab: typeof page

let opened: Lab
beforeAll(async () => {
  opened = await openLab(new URL('./lab-page.ts', import.meta.url).pathname)
})
afterAll(() => opened.close())

test('a page runs the bundled source, and two data channels of its own meet', async () => {
  const opener = await opened.openPage()
  expect(await opener.evaluate(() => lab.loopBack('over a real data channel'))).toBe('over a real data channel')
  expect(opened.pageErrors).toEqual([])
})

test('two pages in contexts of their own share no storage, two tabs of one context do', async () => {
  const first = await opened.openPage()
  const tab = await opened.openPage({ context: first.context() })
  const other = await opened.openPage()
  await first.evaluate(() => localStorage.setItem('seen', 'yes'))
  expect(await tab.evaluate(() => localStorage.getItem('seen'))).toBe('yes')
  expect(await other.evaluate(() => localStorage.getItem('seen'))).toBeNull()
})

test('the insecure address has no crypto.subtle, the other has', async () => {
  const secure = await opened.openPage()
  const insecure = await opened.openPage({ url: opened.insecureUrl })
  expect(await secure.evaluate(() => isSecureContext)).toBe(true)
  expect(await insecure.evaluate(() => [isSecureContext, crypto.subtle === undefined])).toEqual([false, true])
})
