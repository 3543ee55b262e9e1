import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { onTestFinished } from 'vitest'

/** A whole Hearth room with WebRTC links, in a process of its own: `test/transport/node-room.ts`. */
export type RoomProcess = {
  /** What it printed: `joined`, then all that its store holds, as JSON, whenever that has changed. */
  readonly said: readonly string[]
  /** Puts it into the room's list. */
  write(item: string): void
  /** Resolves with its exit code. */
  leave(): Promise<number | null>
}

const root = join(import.meta.dirname, '../../..')

/** What starts them, until the test is over. */
export const buildRooms = async (): Promise<(signaling: string, name: string) => RoomProcess> => {
  const cache = join(root, 'node_modules/.cache')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'hearth-rooms-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const script = join(folder, 'room.mjs')
  await build({
    entryPoints: [join(root, 'test/transport/node-room.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  })
  return (signaling, name) => {
    const child = spawn(process.execPath, [script, signaling, name], { stdio: ['pipe', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const exited = once(child, 'exit') as Promise<[number | null]>
    const said: string[] = []
    createInterface(child.stdout).on('line', line => said.push(line))
    return {
      said,
      write: item => void child.stdin.write(`${item}\n`),
      leave: async () => {
        child.stdin.write('leave\n')
        const [code] = await exited
        return code
      },
    }
  }
}
