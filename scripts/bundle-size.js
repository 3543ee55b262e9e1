import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '..')

/**
 * What `import { joinRoom }` may cost an app, yjs included: a ratchet, to be lowered with the code. The aim is 35 KB,
 * of which Yjs alone takes 22 (a Y.Doc that can apply and encode updates, with lib0); package.json keeps lib0 below
 * 0.2.115, from where on every bundle with Yjs carries its schema module, another 1.6 KB.
 */
export const maxBundleBytes = 59 * 1024
export const aimedBundleBytes = 35 * 1024

/**
 * The size of a module as an app ships it: bundled for browsers without code splitting, minified, gzipped.
 * @param {string} source the module's text; names resolve as they do in the root of the clone
 * @returns {Promise<number>} bytes
 */
export const measureBundle = async source => {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: root },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'warning',
  })
  return gzipSync(outputFiles[0].contents, { level: 9 }).length
}
