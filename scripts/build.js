// Builds everything: both packages with tsc, the demo with esbuild. Then checks what was built: each entry point
// imports by its own name, and joinRoom fits into its share of an app. `npm run build`.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { aimedBundleBytes, maxBundleBytes, measureBundle } from './bundle-size.js'
import { compileLibrary, compileSignaling } from './compile.js'
import { buildDemo } from './demo.js'
import { checkEntryPoints } from './entry-points.js'

const root = join(import.meta.dirname, '..')
const kilobytes = bytes => `${(bytes / 1024).toFixed(1)} KB`

const build = async () => {
  for (const folder of ['dist', 'signaling/dist']) await rm(join(root, folder), { recursive: true, force: true })
  await Promise.all([compileLibrary(), compileSignaling()])
  await buildDemo()

  const entryPoints = [...(await checkEntryPoints('.')), ...(await checkEntryPoints('signaling'))]
  console.log(`built, and imported by name: ${entryPoints.join(', ')}`)

  const bytes = await measureBundle(`export { joinRoom } from 'hearth-store'`)
  console.log(
    `import { joinRoom }, bundled, minified, gzipped: ${kilobytes(bytes)}; aim: ${kilobytes(aimedBundleBytes)}`,
  )
  if (bytes > maxBundleBytes) throw new Error(`that is more than ${kilobytes(maxBundleBytes)}`)
}

try {
  await build()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
