/** Serves one HTML page with one TypeScript file bundled into it, so that a browser test runs our real source. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'esbuild'

export type PageServer = {
  /** A secure origin, as every page of this machine is. */
  readonly url: string
  /** The same page by a name that browsers take for another machine's: no `crypto.subtle` there. */
  readonly insecureUrl: string
  close(): Promise<void>
}

/**
 * What the file exports is the global `lab` of the page. A test names its type and calls it in the page:
 * `import type * as page from './my-page.js'` and `declare const lab: typeof page`, then `page.evaluate(() => lab.start())`.
 */
export const servePage = async (entry: string): Promise<PageServer> => {
  const script = await bundlePage(entry)
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>lab</title><script src="/lab.js"></script></html>`
  const server = createServer((request, response) => {
    const isScript = request.url === '/lab.js'
    response.setHeader('content-type', isScript ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8')
    response.end(isScript ? script : html)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    insecureUrl: `http://insecure.test:${port}/`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Bundles a browser entry as a script whose exports become the global `lab`. */
export const bundlePage = async (entry: string): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'lab',
    target: 'es2022',
    sourcemap: 'inline',
    logLevel: 'silent',
  })
  const [output] = outputFiles
  if (!output) throw new Error(`Nothing came of bundling ${entry}`)
  return output.text
}
