/** The demo as `npm start` serves it: built by the same script, page and signaling on one port of the real server. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { createSignalingServer } from '../../signaling/src/index.js'
import type { BoardRoom } from '../../demo/board.js'
import { launchChromium } from './chromium.js'
import { until } from './until.js'

/** In the page. */
declare const hearth: { readonly room: BoardRoom } | undefined

export type DemoSite = {
  readonly browser: Browser
  readonly url: string
  /** The same by a name that is not this machine's: what a phone in the local network sees. */
  readonly insecureUrl: string
  /** What went wrong in any page without being caught, since this was called last. */
  takePageErrors(): readonly string[]
  /** Opens an address of the site in a browser context of its own, as another person would. */
  visit(address: string, options?: VisitOptions): Promise<Page>
  /** Stops the server: nothing is served, nobody is introduced. The result starts it again, where it was. */
  stop(): Promise<() => Promise<void>>
  /** Closes all pages. */
  closePages(): Promise<void>
  close(): Promise<void>
}

export type VisitOptions = BrowserContextOptions & {
  /** The visitor's name. Default: one that the page makes up. */
  readonly name?: string
}

/**
 * One site for all tests of a file. After each nothing may have gone wrong unseen in its pages, which are then closed,
 * or `after all` where tests run side by side.
 */
export const demoSiteOfFile = (close: 'after each' | 'after all' = 'after each'): (() => DemoSite) => {
  let site: DemoSite
  beforeAll(async () => {
    site = await openDemoSite()
  })
  afterEach(async () => {
    if (close === 'after each') await site.closePages()
    expect(site.takePageErrors()).toEqual([])
  })
  afterAll(() => site.close())
  return () => site
}

const openDemoSite = async (): Promise<DemoSite> => {
  const folder = await mkdtemp(join(tmpdir(), 'hearth-demo-'))
  await buildDemo(folder)
  const serve = (port: number) => createSignalingServer({ port, host: '127.0.0.1', staticDirectory: folder })
  let server = await serve(0)
  const browser = await launchChromium()
  const pageErrors: string[] = []
  return {
    browser,
    url: `http://127.0.0.1:${server.port}/`,
    insecureUrl: `http://insecure.test:${server.port}/`,
    takePageErrors: () => pageErrors.splice(0),
    visit: async (address, { name, ...options } = {}) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
      if (name !== undefined) await context.addInitScript(own => sessionStorage.setItem('hearth:name', own), name)
      const page = await context.newPage()
      page.on('pageerror', error => pageErrors.push(error.stack ?? error.message))
      await page.goto(address)
      return page
    },
    stop: async () => {
      const { port } = server
      await server.close()
      return async () => {
        server = await serve(port)
      }
    },
    closePages: async () => {
      await Promise.all(browser.contexts().map(context => context.close()))
    },
    close: async () => {
      await browser.close()
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Waits until each of these pages has met all the others and holds what they hold. */
export const meet = async (...pages: readonly Page[]): Promise<void> => {
  const hasMet = (page: Page) =>
    page.evaluate(
      others =>
        typeof hearth === 'object' && hearth.room.peers.length === others && hearth.room.status.sync === 'synced',
      pages.length - 1,
    )
  for (const page of pages)
    await until(() => hasMet(page), { what: `${pages.length} pages have met`, withinMs: 30_000 })
}

/** The build script is plain JavaScript: imported by a name that is made at run time, it needs no types. */
const buildDemo = async (folder: string): Promise<void> => {
  const script: string = new URL('../../scripts/demo.js', import.meta.url).href
  const built = (await import(script)) as { buildDemo(folder: string): Promise<void> }
  await built.buildDemo(folder)
}
