import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { connect } from './support/client.js'

// The command as it stands in src, made runnable inside node_modules, from where it finds its dependencies.
const root = join(import.meta.dirname, '../..')
let folder: string
let command: string

beforeAll(async () => {
  const cache = join(root, 'node_modules/.cache')
  await mkdir(cache, { recursive: true })
  folder = await mkdtemp(join(cache, 'hearth-signaling-'))
  command = join(folder, 'main.mjs')
  await build({
    entryPoints: [join(root, 'signaling/src/main.ts')],
    outfile: command,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  })
})

afterAll(() => rm(folder, { recursive: true, force: true }))

const run = (args: string[], env: NodeJS.ProcessEnv = {}): ChildProcessWithoutNullStreams => {
  const child = spawn(process.execPath, [command, ...args], { env: { ...process.env, ...env } })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

const text = async (stream: NodeJS.ReadableStream): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

/** The running command, and the address that it prints. */
const start = async (args: string[], env: NodeJS.ProcessEnv = {}) => {
  const child = run(args, { PORT: '0', ...env })
  const log = text(child.stderr)
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const url = /ws:\/\/localhost:\d+$/.exec(line)?.[0]
  expect(url, line).toBeDefined()
  return { child, log, url: String(url) }
}

test.each([
  ['SIGINT', { code: 1001, reason: 'server stopping' }],
  ['SIGTERM', { code: 1012, reason: 'server moving' }],
] as const)('[SIG30] prints its address and stops cleanly on %s', async (signal, parting) => {
  const { child, log, url } = await start(['--drain-ms', '100'])
  const client = await connect(url)
  client.send({ type: 'subscribe', topics: ['room'], peer: 'ana' })
  expect(await client.received()).toEqual([{ type: 'members', topic: 'room', peers: [], plain: 0 }])
  client.send('nonsense')
  expect(await client.closed).toMatchObject({ code: 4400 })
  const another = await connect(url)

  const exited = once(child, 'exit')
  child.kill(signal)
  expect(await another.closed).toEqual(parting)
  expect(await exited).toEqual([0, null])
  const messages = (await log)
    .trim()
    .split('\n')
    .map(line => (JSON.parse(line) as { msg: string }).msg)
  expect(messages).toEqual(signal === 'SIGINT' ? ['listening', 'stopped'] : ['listening', 'moving', 'stopped'])
})

test.each(['SIGTERM', 'SIGINT'] as const)('[SIG40] a %s after the first signal ends it at once', async second => {
  const { child, url } = await start([], { HEARTH_DRAIN_MS: '3600000' })
  const client = await connect(url)
  client.send({ type: 'subscribe', topics: ['room'], peer: 'ana' })
  await client.received()
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await client.next()).toEqual({ type: 'moving', withinMs: 3_600_000 })
  child.kill(second)
  expect(await exited).toEqual([null, second])
})

test.each([
  [['--port', '99999'], 'hearth-signaling: --port must be a whole number from 0 to 65535, not 99999\n'],
  [['--port=0', '--static=/nowhere/at/all'], 'hearth-signaling: '],
  [['--bogus'], 'hearth-signaling: '],
])('[SIG30] %j is refused in one line', async (args, message) => {
  const child = run(args)
  const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect(errors).toContain(message)
  expect(errors.trimEnd().split('\n')).toHaveLength(1)
  expect(code).toBe(1)
})

test('[SIG30] --help prints the flags and ends', async () => {
  const child = run(['--help'])
  const [help, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  expect(help).toContain('--port')
  expect(code).toBe(0)
})
