import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '..')

/** What `import { joinRoom }` may cost an app, yjs included. */
export const maxBundleBytes = 35 * 1024

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
