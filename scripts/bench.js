// Runs the benchmarks of bench/, or those whose name contains an argument: `npm run bench -- state`.
// Each is bundled first, as Node runs no TypeScript; packages stay outside the bundle.
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '..')
const wanted = process.argv.slice(2)
const outdir = join(root, 'node_modules', '.cache', 'hearth-bench')
rmSync(outdir, { recursive: true, force: true })
mkdirSync(outdir, { recursive: true })

const names = readdirSync(join(root, 'bench'))
  .filter(name => name.endsWith('.bench.ts'))
  .filter(name => wanted.length === 0 || wanted.some(part => name.includes(part)))

for (const name of names.sort()) {
  const outfile = join(outdir, name.replace(/ts$/, 'mjs'))
  await build({
    entryPoints: [join(root, 'bench', name)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    // Benchmarks find the files of the repository from where they were written, not from where they run.
    define: { 'import.meta.dirname': JSON.stringify(join(root, 'bench')) },
    logLevel: 'error',
  })
  console.log(`\n## ${name}`)
  const { run } = await import(pathToFileURL(outfile).href)
  await run()
}
