import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { expect } from 'vitest'

/** The `hearth-signaling` command, built, of which several can run. */
export type BuiltCommand = {
  /** Starts one on a free port; resolves once it listens. @throws Error with what it said if it ends before. */
  start(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<NodeProcess>
  /** Ends all that are still running. */
  close(): Promise<void>
}

export type NodeProcess = {
  readonly url: string
  /** What it logged. */
  readonly log: () => string
  /** What `/readyz` answers. */
  readiness(): Promise<number>
  /** Resolves when that is so. */
  untilReadiness(status: 200 | 503): Promise<void>
  /** Ends it as a crash does. */
  kill(): Promise<void>
  /** Asks it to end, and resolves with its exit code. */
  stop(): Promise<number | null>
}

const root = join(import.meta.dirname, '../../..')

/** Inside node_modules, from where it finds its dependencies. */
export const buildCommand = async (): Promise<BuiltCommand> => {
  const cache = join(root, 'node_modules/.cache')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'hearth-nodes-'))
  const script = join(folder, 'main.mjs')
  await build({
    entryPoints: [join(root, 'signaling/src/main.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  })
  const running = new Set<NodeProcess>()
  return {
    start: async (args, env = {}) => {
      const node = await run(script, args, env)
      running.add(node)
      return node
    },
    close: async () => {
      await Promise.all([...running].map(node => node.kill()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const run = async (script: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<NodeProcess> => {
  const child = spawn(process.execPath, [script, '--host', '127.0.0.1', '--port', '0', ...args], {
    env: { ...process.env, ...env },
  })
  const exited = once(child, 'exit') as Promise<[number | null]>
  let log = ''
  child.stderr.on('data', chunk => (log += String(chunk)))
  const lines = createInterface(child.stdout)
  const line = await Promise.race([once(lines, 'line'), exited.then(() => [''])])
  const url = /ws:\/\/\S+/.exec(String(line[0]))?.[0]
  if (url === undefined) throw new Error(`The server did not start. It said:\n${log}`)
  const readiness = async (): Promise<number> => {
    const answer = await fetch(`${url.replace('ws', 'http')}/readyz`)
    await answer.arrayBuffer()
    return answer.status
  }
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    child.kill(signal)
    const [code] = await exited
    return code
  }
  return {
    url,
    log: () => log,
    readiness,
    untilReadiness: status => expect.poll(readiness, { timeout: 20_000, interval: 10 }).toBe(status),
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  }
}
