/**
 * A Redis for the tests: `redis-server`, from `HEARTH_REDIS_SERVER` (a path) or from PATH. None is a failure, never a
 * skipped test. It listens on this machine's loopback address alone and keeps nothing.
 */

import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { findInstalled } from '../../../test/support/installed-program.js'

export type RedisServer = {
  readonly url: string
  /** It is gone at once, and all that it held with it. */
  kill(): Promise<void>
  /** Starts it again on its port, empty. */
  start(): Promise<void>
  /** It stands still, its connections open, until it goes on. */
  freeze(): void
  thaw(): void
  close(): Promise<void>
}

const address = '127.0.0.1'

/**
 * Becomes the server, and leaves a child behind that reads our end of a pipe: it ends when we close it, and when we
 * die in whatever way, and takes the server with it, also one that is frozen.
 */
const guard = 'exec 3<&0; (cat; kill -9 $$) <&3 >/dev/null 2>&1 & exec "$0" "$@" 3<&- </dev/null 2>&1'

/** Starts one and waits until it takes connections. @throws Error when there is none, or it does not start. */
export const startRedisServer = async (args: readonly string[] = []): Promise<RedisServer> => {
  const program = await findRedisServer()
  const folder = await mkdtemp(join(tmpdir(), 'hearth-redis-'))
  const port = await findFreePort()
  let running: Running | null = null
  const start = async (): Promise<void> => {
    running = await run(program, ['--port', String(port), '--bind', address, '--dir', folder, ...kept, ...args])
  }
  const kill = async (): Promise<void> => {
    const last = running
    running = null
    await last?.end()
  }
  const close = async (): Promise<void> => {
    await kill()
    await rm(folder, { recursive: true, force: true })
  }
  await start().catch(async (error: unknown) => {
    await close()
    throw error
  })
  return {
    url: `redis://${address}:${port}`,
    start,
    kill,
    freeze: () => void running?.server.kill('SIGSTOP'),
    thaw: () => void running?.server.kill('SIGCONT'),
    close,
  }
}

/** Nothing on disk. */
const kept = ['--save', '', '--appendonly', 'no']

type Running = { readonly server: ChildProcess; end(): Promise<void> }

const run = async (program: string, args: readonly string[]): Promise<Running> => {
  const server = spawn('sh', ['-c', guard, program, ...args], { stdio: ['pipe', 'pipe', 'ignore'] })
  const ended = new Promise<void>(resolve => server.once('close', () => resolve()))
  const end = (): Promise<void> => {
    server.stdin.end()
    return ended
  }
  const said: string[] = []
  for await (const line of createInterface({ input: server.stdout })) {
    said.push(line)
    if (!line.includes('Ready to accept connections')) continue
    server.stdout.resume()
    return { server, end }
  }
  await end()
  throw new Error(`${program} did not start. It said:\n${said.join('\n')}`)
}

export const findRedisServer = async (): Promise<string> => {
  const found = await findInstalled({ variable: 'HEARTH_REDIS_SERVER', names: ['redis-server'] })
  if (found) return found
  throw new Error(
    'No Redis for the tests. Install it (`apt-get install redis-server`, `brew install redis`), ' +
      'or set HEARTH_REDIS_SERVER to the path of its `redis-server`.',
  )
}

/** Another process could take it before the server does; the kernel hands out others first. */
const findFreePort = (): Promise<number> =>
  new Promise(resolve => {
    const server = createServer().listen(0, address, () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
