import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A server's script in a process of its own, which tells what it takes, and ends when this process ends. */
export type ProbedProcess = {
  /** What it printed first, usually where it listens. */
  readonly firstLine: string
  /** What it wrote to stderr. */
  readonly log: () => string
  /** Milliseconds on the CPU since it started, all of its threads. */
  cpuMs(): Promise<number>
  /** After a garbage collection. */
  memory(): Promise<Memory>
  /** Whether it still runs. */
  readonly isUp: boolean
  /** Ends it. Idempotent. */
  close(): Promise<void>
}

export type Memory = { readonly rssBytes: number; readonly heapBytes: number }

type Reading = NodeJS.CpuUsage & NodeJS.MemoryUsage

/** Loaded before the script, which knows nothing of it. Its channel closes however this process ends. */
const probe = `
process.on('message', question => {
  if (question === 'memory') for (let times = 0; times < 3; times += 1) gc()
  process.send({ ...process.cpuUsage(), ...process.memoryUsage() })
})
process.on('disconnect', () => process.exit())
`

export type ProbedOptions = {
  readonly args?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** Of Node itself. */
  readonly flags?: readonly string[]
}

/** Resolves once it has printed a line. @throws Error with what it said if it ends before. */
export const startProbed = async (script: string, options: ProbedOptions = {}): Promise<ProbedProcess> => {
  const { args = [], env = {}, flags = [] } = options
  const preload = ['--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(probe)}`]
  const child: ChildProcess = spawn(process.execPath, [...preload, ...flags, script, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const exited = once(child, 'exit')
  let log = ''
  child.stderr?.on('data', chunk => (log += String(chunk)))
  const isUp = (): boolean => child.exitCode === null && child.signalCode === null

  const read = async (question: 'cpu' | 'memory'): Promise<Reading> => {
    const ended = exited.then(() => Promise.reject(new Error(`The server has ended. It said:\n${log}`)))
    const answer = once(child, 'message') as Promise<[Reading]>
    child.send(question)
    const [reading] = await Promise.race([answer, ended])
    return reading
  }

  const firstLine = await Promise.race([
    child.stdout === null ? '' : once(createInterface(child.stdout), 'line').then(([line]) => String(line)),
    exited.then(() => Promise.reject(new Error(`The server did not start. It said:\n${log}`))),
  ])
  return {
    firstLine,
    log: () => log,
    get isUp() {
      return isUp()
    },
    cpuMs: async () => {
      const { user, system } = await read('cpu')
      return (user + system) / 1000
    },
    memory: async () => {
      const { rss, heapUsed, external } = await read('memory')
      return { rssBytes: rss, heapBytes: heapUsed + external }
    },
    close: async () => {
      if (isUp()) child.kill('SIGKILL')
      await exited
    },
  }
}
