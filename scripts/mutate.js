// Breaks the store and the sync on purpose, one way at a time, in a copy, and shows whether the suite sees it:
// `npm run mutate`. First the simulator looks, then the property and unit tests. Exits with 1 if a break survives.
//   --seeds <n>     how many seeds the simulator may look at (default 400)
//   --only <text>   only mutations whose name holds this text
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { mutations } from './mutations.js'

const root = join(import.meta.dirname, '..')
const copied = ['src', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts', 'SPEC.md', 'README.md']

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '400' }, only: { type: 'string', default: '' } },
})

/** Who looks, in this order. @type {{ suite: string, command: string, args: string[] }[]} */
const suites = [
  {
    suite: 'simulator',
    command: 'node',
    args: [join(root, 'scripts/simulate.js'), '--seeds', values.seeds, '--shrink', '0', '--root', '.'],
  },
  {
    suite: 'unit tests',
    command: 'npx',
    args: ['vitest', 'run', '--bail', '1', '--project', 'unit', 'test/store', 'test/sync', 'test/session'],
  },
  { suite: 'property tests', command: 'npx', args: ['vitest', 'run', '--bail', '1', '--project', 'property'] },
]

const makeCopy = () => {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-mutation-'))
  for (const path of copied) cpSync(join(root, path), join(folder, path), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir')
  return folder
}

const run = (command, args, cwd) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', text => (said += text))
    child.on('error', reject)
    child.on('close', code => resolve({ code, said }))
  })

/**
 * The suite that sees what is in a folder, null if none does.
 * @param {string} folder
 * @returns {Promise<string | null>}
 */
const seenBy = async folder => {
  for (const { suite, command, args } of suites) {
    const { code, said } = await run(command, args, folder)
    // A mutation that does not even build proves nothing.
    if (/Transform failed|Build failed|SyntaxError/.test(said)) throw new Error(`${suite} cannot run it:\n${said}`)
    if (code !== 0) return suite
  }
  return null
}

const tryMutation = async ({ name, file, from, to }) => {
  const folder = makeCopy()
  try {
    const source = readFileSync(join(folder, file), 'utf8')
    if (source.split(from).length !== 2) throw new Error(`${name}: not exactly once in ${file}: ${from}`)
    writeFileSync(
      join(folder, file),
      source.replace(from, () => to),
    )
    return await seenBy(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const main = async () => {
  const chosen = mutations.filter(({ name }) => name.includes(values.only))
  const whole = makeCopy()
  const unbroken = await seenBy(whole).finally(() => rmSync(whole, { recursive: true, force: true }))
  if (unbroken !== null) throw new Error(`The ${unbroken} fail without any break: nothing can be shown.`)
  const survivors = []
  for (const mutation of chosen) {
    const seen = await tryMutation(mutation)
    console.log(`${seen === null ? 'SURVIVES' : 'caught  '}  ${mutation.name}${seen === null ? '' : ` (${seen})`}`)
    if (seen === null) survivors.push(mutation.name)
  }
  console.log(`${chosen.length - survivors.length} of ${chosen.length} mutations caught`)
  if (chosen.length === 0 || survivors.length > 0) process.exitCode = 1
}

await main()
