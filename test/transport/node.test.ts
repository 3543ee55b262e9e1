import { spawn, type ChildProcess } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createSignalingServer, type SignalingServer } from '../../signaling/src/index.js'
import { maxFrameBytes } from '../../src/transport/transport.js'
import { until } from '../support/until.js'

// Beside the packages that it imports, or Node would not find them.
const bundle = new URL(`../../node_modules/.cache/hearth-node-peer-${process.pid}.mjs`, import.meta.url).pathname

let server: SignalingServer
const running: ChildProcess[] = []

beforeAll(async () => {
  const entry = new URL('./node-peer.ts', import.meta.url).pathname
  const options = { bundle: true, platform: 'node', format: 'esm', packages: 'external' } as const
  await build({ ...options, entryPoints: [entry], outfile: bundle, logLevel: 'silent' })
  server = await createSignalingServer({ port: 0, host: '127.0.0.1' })
})
afterEach(() => {
  for (const process of running.splice(0)) process.kill('SIGKILL')
})
afterAll(async () => {
  await server.close()
  await rm(bundle, { force: true })
})

type NodePeer = {
  readonly said: string[]
  readonly process: ChildProcess
  ask(command: string): void
  hears(line: string, times?: number): Promise<void>
}

const start = (transport: string, peerId: string): NodePeer => {
  const process = spawn(globalThis.process.execPath, [bundle, transport, peerId, server.url], {
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
      const what = (): string => `${peerId}: ${times} x ${line}; but it said ${JSON.stringify(said)}`
      await until(() => said.filter(each => each === line).length >= times, { what, withinMs: 20_000 })
    },
  }
}

for (const transport of ['webrtc', 'y-webrtc']) {
  test(
    `[LINK1] [LINK5] [LINK7] two Node processes exchange bytes over ${transport}, also after a lost link, and end by themselves`,
    { timeout: 60_000 },
    async () => {
      const a = start(transport, 'a')
      const b = start(transport, 'b')
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
