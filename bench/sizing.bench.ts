import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { WebSocket } from 'ws'
import { printTable } from './table.js'

const root = join(import.meta.dirname, '..')
const roomSize = 8
/** Enough that what the process holds anyway is small beside it. */
const socketCounts = [1000, 2000, 4000]
const publishes = 20_000

type Server = { readonly url: string; readonly process: ChildProcess; metric(name: string): Promise<number> }

const startServer = async (): Promise<Server> => {
  const command = join(root, 'node_modules/.cache/hearth-bench/signaling.mjs')
  await build({
    entryPoints: [join(root, 'signaling/src/main.ts')],
    outfile: command,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  })
  const plenty = ['max-sockets-per-address', 'max-handshakes-per-minute', 'points-per-second-per-address']
  const flags = [...plenty, 'points-per-second', 'max-points'].flatMap(flag => [`--${flag}`, '1000000'])
  const server = spawn(process.execPath, [command, '--port', '0', '--log-level', 'warn', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface(server.stdout)
  const [line] = (await Promise.race([once(lines, 'line'), once(lines, 'close')])) as [string?]
  if (line === undefined) throw new Error('the server did not start')
  const url = /ws:\S+/.exec(line)?.[0] ?? ''
  return {
    url,
    process: server,
    metric: async name => {
      const page = await (await fetch(`${url.replace('ws', 'http')}/metrics`)).text()
      return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(page)?.[1])
    },
  }
}

const connect = async (url: string): Promise<WebSocket> => {
  const socket = new WebSocket(url)
  await once(socket, 'open')
  return socket
}

/** Resolves once the server has dealt with all that it was sent over this socket. */
const settle = async (socket: WebSocket): Promise<void> => {
  const answered = new Promise<void>(resolve => {
    const onMessage = (data: unknown): void => {
      if (!String(data).includes('"pong"')) return
      socket.off('message', onMessage)
      resolve()
    }
    socket.on('message', onMessage)
  })
  socket.send('{"type":"ping"}')
  await answered
}

const subscribe = (socket: WebSocket, index: number): void => {
  const topics = [`room ${Math.floor(index / roomSize)}`]
  socket.send(JSON.stringify({ type: 'subscribe', topics, peer: `peer ${index}` }))
}

/** What one signaling server takes: memory by sockets, CPU time by messages and joins. docs/operating.md tells it. */
export async function run(): Promise<void> {
  const server = await startServer()
  const sockets: WebSocket[] = []
  const rows = [['sockets', 'rooms', 'resident memory', 'more than with none, each socket']]
  const base = await server.metric('process_resident_memory_bytes')
  const measure = async (): Promise<void> => {
    const bytes = await server.metric('process_resident_memory_bytes')
    const each = sockets.length === 0 ? '' : `${((bytes - base) / sockets.length / 1024).toFixed(1)} KiB`
    const rooms = await server.metric('signaling_rooms')
    rows.push([String(sockets.length), String(rooms), `${Math.round(bytes / 1024 / 1024)} MiB`, each])
  }
  await measure()
  const cpuBefore = await server.metric('process_cpu_seconds_total')
  for (const count of socketCounts) {
    while (sockets.length < count) {
      // A few at once, as people come, not one after the other.
      const opened = await Promise.all(Array.from({ length: 50 }, () => connect(server.url)))
      opened.forEach((socket, index) => subscribe(socket, sockets.length + index))
      await Promise.all(opened.map(settle))
      sockets.push(...opened)
    }
    await measure()
  }
  const joinSeconds = (await server.metric('process_cpu_seconds_total')) - cpuBefore
  printTable(rows)

  const relayedBefore = await server.metric('signaling_relayed_messages_total')
  const publishBefore = await server.metric('process_cpu_seconds_total')
  // The size of an offer, more or less.
  const data = 'x'.repeat(1500)
  for (let sent = 0; sent < publishes; sent += sockets.length) {
    sockets.forEach((socket, index) => {
      const topic = `room ${Math.floor(index / roomSize)}`
      socket.send(JSON.stringify({ type: 'publish', topic, to: `peer ${index ^ 1}`, data }))
    })
    await Promise.all(sockets.map(settle))
  }
  const relayed = (await server.metric('signaling_relayed_messages_total')) - relayedBefore
  const publishSeconds = (await server.metric('process_cpu_seconds_total')) - publishBefore
  console.log(`  joins a second of CPU time: ${Math.round(sockets.length / joinSeconds)}`)
  console.log(`  addressed messages a second of CPU time: ${Math.round(relayed / publishSeconds)}`)

  const exited = once(server.process, 'exit')
  server.process.kill('SIGINT')
  await exited
}
