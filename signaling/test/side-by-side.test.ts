import { fork, spawn, type ChildProcess } from 'node:child_process'
import { on, once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { serve } from './support/serve.js'
import { secret, sign } from './support/sign.js'

const root = join(import.meta.dirname, '../..')
// Beside the packages that it imports, or Node would not find them.
const roomProgram = join(root, `node_modules/.cache/hearth-side-by-side-${process.pid}.mjs`)

beforeAll(async () => {
  await build({
    entryPoints: [join(root, 'test/transport/node-room.ts')],
    outfile: roomProgram,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'silent',
  })
})
afterAll(() => rm(roomProgram, { force: true }))

const killedAfterwards = <Child extends ChildProcess>(child: Child): Child => {
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** A y-webrtc app: one unchanged client. Resolves when both names are in its document. */
const startPlain = (url: string, room: string, name: string): { child: ChildProcess; sees: Promise<void> } => {
  const child = killedAfterwards(fork(join(import.meta.dirname, 'support/y-webrtc-peer.mjs'), [url, room, name]))
  const seesBoth = async (): Promise<void> => {
    for await (const [message] of on(child, 'message', { close: ['exit'] }))
      if (JSON.stringify(message) === '{"names":["ana","ben"]}') return
    throw new Error(`${name} ended before it saw both names`)
  }
  return { child, sees: seesBoth() }
}

/** A Hearth room, `joinRoom({ room: 'node', signaling: url })`, in a process of its own. */
const startRoom = (url: string, name: string) => {
  const child = killedAfterwards(
    spawn(process.execPath, [roomProgram, url, name], { stdio: ['pipe', 'pipe', 'inherit'] }),
  )
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  return {
    say: (line: string) => void child.stdin.write(`${line}\n`),
    hears: async (wanted: string): Promise<void> => {
      for (let next = await lines.next(); !next.done; next = await lines.next()) if (next.value === wanted) return
      throw new Error(`${name} ended before it said ${wanted}`)
    },
  }
}

test('[SIG51] a y-webrtc app without tokens and Hearth rooms with them live on one server', async () => {
  const policy = [
    { prefix: 'node', access: 'token' },
    { prefix: '', access: 'open' },
  ] as const
  const { server, clock, open } = await serve({ tokenSecret: secret, policy })
  const [watcher] = await open(1)
  watcher.send({ type: 'subscribe', topics: ['notes'], peer: 'watcher' })
  await watcher.received()

  const withToken = async (room: string) => `${server.url}/?token=${await sign(clock, { room })}`
  const first = startRoom(await withToken('node'), 'first')
  const second = startRoom(await withToken('node'), 'second')
  const ana = startPlain(server.url, 'notes', 'ana')
  // Ana is in the room before Ben comes: y-webrtc does not always survive two announces that cross.
  while (!JSON.stringify(await watcher.next()).includes('announce'));
  const ben = startPlain(server.url, 'notes', 'ben')

  await Promise.all([first.hears('joined'), second.hears('joined')])
  first.say('hello')
  await second.hears('{"list":["hello"]}')
  await Promise.all([ana.sees, ben.sees])
  for (const { child } of [ana, ben]) {
    const exited = once(child, 'exit')
    child.send('stop')
    await exited
  }
  const page = await (await fetch(`http://localhost:${server.port}/metrics`)).text()
  expect(page).not.toContain('signaling_rejections_total{')
})

test('[SIG51] a y-webrtc app with a token in its address is let in too', async () => {
  const { server, clock } = await serve({ tokenSecret: secret })
  const url = `${server.url}/?token=${await sign(clock, { room: 'notes' })}`
  const ana = startPlain(url, 'notes', 'ana')
  const rooms = async () => (await fetch(`http://localhost:${server.port}/metrics`)).text()
  await expect.poll(rooms, { timeout: 20_000 }).toContain('signaling_rooms 1')
  const ben = startPlain(url, 'notes', 'ben')
  await Promise.all([ana.sees, ben.sees])
})
