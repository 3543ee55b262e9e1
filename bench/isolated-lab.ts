import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { launchChromium } from '../test/support/chromium.js'
import { bundlePage } from '../test/support/page-server.js'

export type IsolatedLab = {
  /** Opens the page in a browser context, and so in a renderer process, of its own. */
  openPage(): Promise<Page>
  close(): Promise<void>
}

/**
 * A browser and pages that run `entry`, whose exports are the global `lab` there. The pages are cross-origin isolated:
 * the clock of others is coarsened to 0.1 ms, which is no small part of what a frame takes between two of them.
 */
export const openIsolatedLab = async (entry: string): Promise<IsolatedLab> => {
  const script = await bundlePage(entry)
  const html = '<!doctype html><meta charset="utf-8"><title>bench</title><script src="/lab.js"></script>'
  const server = createServer((request, response) => {
    const isScript = request.url === '/lab.js'
    response.setHeader('content-type', `text/${isScript ? 'javascript' : 'html'}; charset=utf-8`)
    response.setHeader('cross-origin-opener-policy', 'same-origin')
    response.setHeader('cross-origin-embedder-policy', 'require-corp')
    response.end(isScript ? script : html)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const browser = await launchChromium()
  return {
    openPage: async () => {
      const page = await (await browser.newContext()).newPage()
      await page.goto(`http://127.0.0.1:${port}/`)
      return page
    },
    close: async () => {
      await browser.close()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
