/** A signaling server in a process of its own, which can be killed as crashes kill, and started again on its port. */

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'

export type SignalingProcess = {
  readonly url: string
  /** Without a goodbye: sockets end as the system ends them. */
  kill(): Promise<void>
  /** Starts it again, with the port that it had. */
  restart(): Promise<void>
  close(): Promise<void>
}

export const startSignalingProcess = async (): Promise<SignalingProcess> => {
  // Beside the packages that it imports, or Node would not find them.
  const script = new URL(`../../node_modules/.cache/hearth-signaling-${process.pid}.mjs`, import.meta.url).pathname
  const entry = new URL('../../signaling/src/main.ts', import.meta.url).pathname
  const options = { bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'silent' } as const
  await build({ ...options, entryPoints: [entry], outfile: script })
  let [running, url] = await start(script, 0)

  const kill = async (): Promise<void> => {
    if (running.exitCode !== null || running.signalCode !== null) return
    running.kill('SIGKILL')
    await once(running, 'exit')
  }
  return {
    get url() {
      return url
    },
    kill,
    restart: async () => {
      ;[running, url] = await start(script, Number(new URL(url).port))
    },
    close: async () => {
      await kill()
      await rm(script, { force: true })
    },
  }
}

/** Resolves once it listens, with its address. */
const start = async (script: string, port: number): Promise<[ChildProcess, string]> => {
  const args = [script, '--host', '127.0.0.1', '--port', String(port)]
  const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: started.stdout })) {
    const address = /ws:\/\/\S+/.exec(line)?.[0]
    if (address !== undefined) return [started, address]
  }
  throw new Error('The signaling server ended before it listened')
}
