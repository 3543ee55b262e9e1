import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'
import { printTable } from './table.js'

const root = join(import.meta.dirname, '..')

type Bundle = {
  readonly minifiedBytes: number
  readonly gzippedBytes: number
  /** Minified bytes of each part, the largest first. */
  readonly parts: readonly (readonly [name: string, bytes: number])[]
}

/** As an app ships it: for browsers, minified, gzipped, without code splitting; as scripts/bundle-size.js, by which the build judges. */
const bundle = async (source: string): Promise<Bundle> => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: root, loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    metafile: true,
    logLevel: 'error',
  })
  const code = outputFiles[0]?.contents ?? new Uint8Array()
  return { minifiedBytes: code.length, gzippedBytes: gzipSync(code, { level: 9 }).length, parts: partsOf(metafile) }
}

const partsOf = ({ outputs }: Metafile): Bundle['parts'] => {
  const parts = new Map<string, number>()
  for (const { inputs } of Object.values(outputs))
    for (const [path, { bytesInOutput }] of Object.entries(inputs))
      parts.set(partOf(path), (parts.get(partOf(path)) ?? 0) + bytesInOutput)
  return [...parts].filter(([, bytes]) => bytes > 0).sort(([, a], [, b]) => b - a)
}

/** A package by its name; of our own files the folder, as in the layout. */
const partOf = (path: string): string => {
  const [, inPackages] = path.split(/.*node_modules\//)
  if (inPackages !== undefined) return inPackages.split('/', inPackages.startsWith('@') ? 2 : 1).join('/')
  const folder = path.split('/').slice(0, -1).join('/')
  return folder === '' ? 'the entry itself' : `${folder}/`
}

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`

/** What `import { joinRoom }` costs an app, yjs included, beside what a plain y-webrtc app imports. */
export async function run(): Promise<void> {
  const hearth = await bundle(`export { joinRoom } from './src/index.ts'`)
  const plain = await bundle(`export { WebrtcProvider } from 'y-webrtc'; export { Doc } from 'yjs'`)
  const yjs = await bundle(`export { Doc } from 'yjs'`)
  const row = (name: string, { minifiedBytes, gzippedBytes }: Bundle) => [
    name,
    kilobytes(minifiedBytes),
    kilobytes(gzippedBytes),
    `${(gzippedBytes / plain.gzippedBytes).toFixed(2)} times`,
  ]
  printTable([
    ['', 'minified', 'gzipped', 'of y-webrtc'],
    row('import { joinRoom } from hearth-store (aim: 35 KB)', hearth),
    row('import { WebrtcProvider } from y-webrtc, { Doc } from yjs', plain),
    row('import { Doc } from yjs, which is in both', yjs),
  ])
  for (const [name, { parts, minifiedBytes }] of Object.entries({ Hearth: hearth, 'plain y-webrtc': plain })) {
    console.log(`\n  where the minified bytes of ${name} come from`)
    printTable(
      parts.map(([part, bytes]) => [part, kilobytes(bytes), `${((100 * bytes) / minifiedBytes).toFixed(1)} %`]),
    )
  }
}
