import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '..')

/**
 * What `import { joinRoom }` may cost an app, yjs included: a ratchet, to be lowered with the code. The aim is 35 KB,
 * of which Yjs alone takes 22 (a Y.Doc that can apply and encode updates, with lib0); package.json keeps lib0 below
 * 0.2.115, from where on every bundle with Yjs carries its schema module, another 1.6 KB.
 */
export const maxBundleBytes = 64.5 * 1024
export const aimedBundleBytes = 35 * 1024

/**
 * The size of a module as an app ships it: bundled for browsers, minified, gzipped, with all that it imports
 * statically. What it imports when asked for something (`persist: 'indexeddb'`) is loaded by who asks for it.
 * @param {string} source the module's text; names resolve as they do in the root of the clone
 * @returns {Promise<number>} bytes
 */
export const measureBundle = async source => {
  const { outputFiles, metafile } = await build({
    outdir: root,
    splitting: true,
    metafile: true,
    stdin: { contents: source, resolveDir: root },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'warning',
  })
  const contents = new Map(outputFiles.map(file => [relative(process.cwd(), file.path), file.contents]))
  const loaded = new Set([...contents.keys()].filter(path => metafile.outputs[path].entryPoint === '<stdin>'))
  for (const path of loaded)
    for (const { path: imported, kind } of metafile.outputs[path].imports)
      if (kind === 'import-statement') loaded.add(imported)
  return gzipSync(Buffer.concat([...loaded].map(path => contents.get(path))), { level: 9 }).length
}
