import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, onTestFailed, onTestFinished, test } from 'vitest'
import { createAttackers } from './support/attackers.js'
import { createDice } from './support/dice.js'
import { joinHonestPair } from './support/honest-pair.js'
import { startProbed, type ProbedProcess } from './support/probed-process.js'

// The seed decides what is sent; who comes first is up to the machine.
const frames = Number(process.env['FUZZ_FRAMES'] ?? 1_000_000)
const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const atOnce = 32
/** Beside what it took when a quarter had been sent: what is compiled and pooled by then does not grow any more. */
const maxHeapGrowth = 1.25
const maxRssGrowth = 1.5

const handshakeTimeoutMs = 2000
const wide = [
  'max-sockets-per-address',
  'max-handshakes-per-minute',
  'points-per-second',
  'max-points',
  'points-per-second-per-address',
  'max-points-per-address',
].flatMap(name => [`--${name}`, '1000000000'])

const root = join(import.meta.dirname, '../..')

/** The command as it stands in src, in a process of its own that listens to loopback. */
const startServer = async (flags: readonly string[]): Promise<ProbedProcess> => {
  const cache = join(root, 'node_modules/.cache')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'hearth-fuzz-'))
  const script = join(folder, 'main.mjs')
  const entryPoints = [join(root, 'signaling/src/main.ts')]
  await build({ entryPoints, outfile: script, bundle: true, platform: 'node', format: 'esm', packages: 'external' })
  const common = ['--host', '127.0.0.1', '--port', '0', '--trust-proxy', '1']
  const args = [...common, '--handshake-timeout-ms', String(handshakeTimeoutMs), ...flags]
  const server = await startProbed(script, { args })
  onTestFinished(async () => {
    await server.close()
    await rm(folder, { recursive: true, force: true })
  })
  return server
}

/** What `/metrics` says. */
const countsOf = async (url: string) => {
  const page = await (await fetch(`${url.replace('ws', 'http')}/metrics`)).text()
  const numberOf = (name: string): number => Number(new RegExp(`^${name} (.+)$`, 'm').exec(page)?.[1])
  return {
    present: [numberOf('signaling_sockets'), numberOf('signaling_rooms')],
    rejections: Object.fromEntries(
      [...page.matchAll(/^signaling_rejections_total\{reason="(.+)"\} (.+)$/gm)].map(([, why, count]) => [why, count]),
    ),
  }
}

test.each([
  ['limits raised', 0.8, wide, ['malformed', 'text-only', 'broken-frame', 'too-large', 'too-many-topics']],
  ['its usual limits', 0.2, [], ['malformed', 'broken-frame', 'too-many-messages']],
] as const)(
  '[SIG70] [SIG71] a server with %s gets over random frames, broken bytes and handshakes without end; two who signal meanwhile miss nothing',
  { timeout: 120_000 + frames },
  async (name, share, flags, reasons) => {
    const repeat = `FUZZ_SEED=${seed} FUZZ_FRAMES=${frames} npx vitest run --project unit signaling/test/fuzz.test.ts`
    onTestFailed(() => void process.stderr.write(`\nagain: ${repeat}\n`))
    const server = await startServer(flags)
    const url = /ws:\S+/.exec(server.firstLine)?.[0] ?? ''
    const attackers = createAttackers(Number(new URL(url).port), createDice(seed))
    const pair = await joinHonestPair(url)
    let sent = 0
    let sockets = 0

    const attackUntil = async (count: number): Promise<void> => {
      while (sent < count) {
        const attacks = Array.from({ length: atOnce }, () => attackers.attack())
        attackers.dawdle()
        await Promise.all([pair.exchange(), ...attacks])
        for (const attack of attacks) sent += await attack
        sockets += atOnce
      }
      await attackers.cut
      await expect.poll(async () => (await countsOf(url)).present, { timeout: 20_000 }).toEqual([2, 1])
    }

    await attackUntil((frames * share) / 4)
    const before = await server.memory()
    await attackUntil(frames * share)
    const after = await server.memory()
    const { rejections } = await countsOf(url)

    const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`
    const told = [
      `${sent} frames over ${sockets} sockets to a server with ${name}, ${pair.arrived} messages of the honest two;`,
      `rejections: ${JSON.stringify(rejections)};`,
      `heap ${mebibytes(before.heapBytes)}, then ${mebibytes(after.heapBytes)};`,
      `resident ${mebibytes(before.rssBytes)}, then ${mebibytes(after.rssBytes)};`,
      `CPU time ${Math.round((await server.cpuMs()) / 1000)} s; again: ${repeat}`,
    ]
    process.stdout.write(`${told.join('\n  ')}\n`)

    expect(server.isUp).toBe(true)
    // Faults are logged as errors.
    expect(server.log()).not.toContain('"level":50')
    expect(Object.keys(rejections)).toEqual(expect.arrayContaining([...reasons]))
    expect(after.heapBytes).toBeLessThan(before.heapBytes * maxHeapGrowth)
    expect(after.rssBytes).toBeLessThan(before.rssBytes * maxRssGrowth)
    await pair.leave()
    await expect.poll(async () => (await countsOf(url)).present).toEqual([0, 0])
  },
)
