/** A browser and a page server for one test file: pages that run our source, each a peer of its own. */

import type { Browser, BrowserContext, Page } from 'playwright-core'
import { launchChromium } from './chromium.js'
import { servePage } from './page-server.js'

export type Lab = {
  readonly browser: Browser
  readonly url: string
  readonly insecureUrl: string
  /** What went wrong in any page without being caught. A test that ends well leaves it empty. */
  readonly pageErrors: readonly string[]
  /** Opens the page in a context of its own: another person's browser, as far as the web can tell. */
  openPage(options?: PageOptions): Promise<Page>
  /** Closes all pages, so that the next test of the file starts without the peers of the last one. */
  closePages(): Promise<void>
  close(): Promise<void>
}

export type PageOptions = {
  /** Opens a tab in this context instead: the same person's browser. */
  readonly context?: BrowserContext
  /** Default: the lab's `url`. */
  readonly url?: string
}

/** Bundles `entry` (see page-server.ts) and starts a browser. Close it in `afterAll`. */
export const openLab = async (entry: string): Promise<Lab> => {
  const [server, browser] = await Promise.all([servePage(entry), launchChromium()])
  const pageErrors: string[] = []
  return {
    browser,
    url: server.url,
    insecureUrl: server.insecureUrl,
    pageErrors,
    openPage: async ({ context, url = server.url } = {}) => {
      const page = await (context ?? (await browser.newContext())).newPage()
      page.on('pageerror', error => pageErrors.push(error.stack ?? error.message))
      await page.goto(url)
      return page
    },
    closePages: async () => {
      await Promise.all(browser.contexts().map(context => context.close()))
    },
    close: async () => {
      await browser.close()
      await server.close()
    },
  }
}
