// Runs simulated rooms: `npm run simulate -- --seeds 10000 --from 1`. Exits with 1 if a seed fails, and prints the
// command that repeats it and a program made small.
//   --seeds <n>    how many (default 1000)      --from <n>     the first (default 1)
//   --workers <n>  how many at a time           --shrink <n>   runs spent on making a failing program small (default 400)
//   --root <path>  the checkout whose sources run (default: this one)
import { fork } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'

/** What a worker is started with, before the bundle that it runs. */
const workerFlag = '--worker'
/** Seeds that a worker takes at a time, at most. */
const maxPortion = 25
/** A worker that needs longer for one seed hangs. */
const patienceMs = 30_000

const bundle = async root => {
  const outfile = join(root, 'node_modules', '.cache', `hearth-simulate-${process.pid}.mjs`)
  mkdirSync(join(root, 'node_modules', '.cache'), { recursive: true })
  await build({
    entryPoints: [join(root, 'test/simulation/simulate.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    sourcemap: 'inline',
  })
  return pathToFileURL(outfile).href
}

/** In a process of its own: runs the portions that it is sent. */
const work = async url => {
  const { runBatch } = await import(url)
  const answer = async ({ from, seeds }) => {
    const { failures, counts, seeds: done } = await runBatch(from, seeds, 1)
    process.send({ failures, counts: [...counts], done })
  }
  // A run that fails ends this process, which is told as such.
  process.on('message', message => void answer(message))
}

const main = async () => {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      workers: { type: 'string', default: String(availableParallelism()) },
      shrink: { type: 'string', default: '400' },
      root: { type: 'string', default: join(import.meta.dirname, '..') },
    },
  })
  const [seeds, from, workers] = [values.seeds, values.from, values.workers].map(Number)
  const url = await bundle(resolve(values.root))
  const { explain, missingFrom } = await import(url)
  const started = performance.now()
  const counts = new Map()
  const failures = []
  const portion = Math.min(maxPortion, Math.ceil(seeds / workers / 4))
  let next = from
  let done = 0

  const runOne = () =>
    new Promise((stop, reject) => {
      const worker = fork(import.meta.filename, [workerFlag, url])
      let watch
      const order = () => {
        const first = next
        const count = Math.min(portion, from + seeds - first)
        if (count <= 0 || failures.length > 0) {
          worker.disconnect()
          return stop()
        }
        next += count
        worker.send({ from: first, seeds: count })
        watch = setTimeout(() => {
          failures.push({
            seed: first,
            checker: 'every program ends',
            said: `One of ${count} seeds from this does not.`,
          })
          worker.kill('SIGKILL')
          stop()
        }, patienceMs * count)
      }
      worker.on('message', result => {
        clearTimeout(watch)
        done += result.done
        failures.push(...result.failures)
        for (const [what, times] of result.counts) counts.set(what, (counts.get(what) ?? 0) + times)
        order()
      })
      worker.on('exit', code => (code ? reject(new Error(`A worker ended with ${code}.`)) : stop()))
      order()
    })
  await Promise.all(Array.from({ length: Math.min(workers, Math.ceil(seeds / portion)) }, runOne))

  const seconds = (performance.now() - started) / 1000
  console.log(
    [...counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([what, times]) => `${what}: ${times}`)
      .join('\n'),
  )
  console.log(`${done} seeds in ${seconds.toFixed(1)} s: ${(done / seconds).toFixed(1)} seeds a second`)
  if (failures.length > 0) {
    for (const { seed, checker, said } of failures) console.log(`Seed ${seed}: ${checker}\n  ${said}`)
    process.exitCode = 1
    if (Number(values.shrink) > 0) console.log(`\n${await explain(failures[0].seed, Number(values.shrink))}`)
  } else if (seeds >= 1000 && missingFrom(counts).length > 0) {
    console.log(`Never occurred, so nothing is proved of it: ${missingFrom(counts).join(', ')}`)
    process.exitCode = 1
  }
}

const [flag, url] = process.argv.slice(2)
await (flag === workerFlag ? work(url) : main())
