import { spawn, type ChildProcess } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createSignalingServer, type SignalingServer } from '../../signaling/src/index.js'
import { maxFrameBytes } from '../../src/transport/transport.js'
import { until } from '../support/until.js'

// Beside the packages that it imports, or Node would not find them.
const bundleOf = (entry: string): string =>
  new URL(`../../node_modules/.cache/hearth-${entry}-${process.pid}.mjs`, import.meta.url).pathname
const entries = ['node-peer', 'node-room'] as const

let server: SignalingServer
const running: ChildProcess[] = []

beforeAll(async () => {
  const options = { bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'silent' } as const
  for (const entry of entries) {
    const source = new URL(`./${entry}.ts`, import.meta.url).pathname
    await build({ ...options, entryPoints: [source], outfile: bundleOf(entry) })
  }
  server = await createSignalingServer({ port: 0, host: '127.0.0.1' })
})
afterEach(() => {
  for (const process of running.splice(0)) process.kill('SIGKILL')
})
afterAll(async () => {
  await server.close()
  await Promise.all(entries.map(entry => rm(bundleOf(entry), { force: true })))
})

type NodePeer = {
  readonly said: string[]
  readonly process: ChildProcess
  ask(command: string): void
  hears(line: string, times?: number): Promise<void>
}

const startPeer = (transport: string, peerId: string) => start(peerId, 'node-peer', [transport, peerId, server.url])
const startRoom = (name: string) => start(name, 'node-room', [server.url, name])

const start = (name: string, entry: (typeof entries)[number], given: readonly string[]): NodePeer => {
  const process = spawn(globalThis.process.execPath, [bundleOf(entry), ...given], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  running.push(process)
  const said: string[] = []
  createInterface({ input: process.stdout }).on('line', line => said.push(line))
  return {
    said,
    process,
    ask: command => process.stdin.write(`${command}\n`),
    hears: async (line, times = 1) => {
      const what = (): string => `${name}: ${times} x ${line}; but it said ${JSON.stringify(said)}`
      await until(() => said.filter(each => each === line).length >= times, { what, withinMs: 20_000 })
    },
  }
}

for (const transport of ['webrtc', 'y-webrtc']) {
  test(
    `[LINK1] [LINK5] [LINK7] two Node processes exchange bytes over ${transport}, also after a lost link, and end by themselves`,
    { timeout: 60_000 },
    async () => {
      const a = startPeer(transport, 'a')
      const b = startPeer(transport, 'b')
      await Promise.all([a.hears('linked b'), b.hears('linked a')])
      a.ask(`send ${maxFrameBytes}`)
      b.ask('send 3')
      await Promise.all([b.hears(`heard ${maxFrameBytes} true`), a.hears('heard 3 true')])
      a.ask('close')
      await Promise.all([a.hears('linked b', 2), b.hears('linked a', 2)])
      a.ask('send 5')
      b.ask('send 5')
      await Promise.all([a.hears('heard 5 true'), b.hears('heard 5 true')])
      a.ask('leave')
      await b.hears('closed', 2)
      b.ask('leave')
      await until(() => a.process.exitCode !== null && b.process.exitCode !== null, { what: 'both processes end' })
      expect([a.process.exitCode, b.process.exitCode]).toEqual([0, 0])
    },
  )
}

test(
  '[ROOM1] [SYNC2] two Node processes share a room, and end by themselves when they leave',
  { timeout: 60_000 },
  async () => {
    const ana = startRoom('Ana')
    await ana.hears('joined')
    ana.ask('before')
    await ana.hears('{"list":["before"]}')
    const bo = startRoom('Bo')
    await bo.hears('joined')
    expect(bo.said).toContain('{"list":["before"]}')
    ana.ask('from Ana')
    bo.ask('from Bo')
    const both = (peer: NodePeer) => peer.said.some(line => line.includes('from Ana') && line.includes('from Bo'))
    await until(() => both(ana) && both(bo), { what: () => JSON.stringify([ana.said, bo.said]) })
    expect(ana.said.at(-1)).toBe(bo.said.at(-1))
    ana.ask('leave')
    bo.ask('leave')
    await until(() => ana.process.exitCode !== null && bo.process.exitCode !== null, { what: 'both processes end' })
    expect([ana.process.exitCode, bo.process.exitCode]).toEqual([0, 0])
  },
)
