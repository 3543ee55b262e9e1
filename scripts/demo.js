import { cp, rm } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '..')

/** Where the built demo is: a folder of files that any web server can serve. */
export const demoFolder = join(root, 'dist/demo')

/** What is bundled into main.js and main.css, or speaks to developers only; the rest of demo/ is copied. */
const notCopied = new Set(['.ts', '.css', '.md'])

/** Bundles demo/main.ts, library and all, and copies the page and whatever else lies beside it. */
export const buildDemo = async (folder = demoFolder) => {
  await rm(folder, { recursive: true, force: true })
  await build({
    entryPoints: [join(root, 'demo/main.ts')],
    outfile: join(folder, 'main.js'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    sourcemap: true,
    logLevel: 'warning',
  })
  await cp(join(root, 'demo'), folder, { recursive: true, filter: path => !notCopied.has(extname(path)) })
}
