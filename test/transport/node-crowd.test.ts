import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSignalingProcess, type SignalingProcess } from '../support/signaling-process.js'
import { until } from '../support/until.js'
import type { CrowdReport } from './node-crowd.js'

const script = new URL(`../../node_modules/.cache/hearth-node-crowd-${process.pid}.mjs`, import.meta.url).pathname
let signaling: SignalingProcess

beforeAll(async () => {
  const entryPoints = [new URL('./node-crowd.ts', import.meta.url).pathname]
  const options = { bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'silent' } as const
  await build({ ...options, entryPoints, outfile: script })
  signaling = await startSignalingProcess()
})
afterAll(async () => {
  await signaling.close()
  await rm(script, { force: true })
})

const startCrowd = (count: number) => {
  const started = spawn(process.execPath, [script, signaling.url, String(count)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const answers: string[] = []
  createInterface({ input: started.stdout }).on('line', line => answers.push(line))
  return {
    ask: async (command: 'report' | 'write'): Promise<CrowdReport> => {
      const asked = answers.length
      started.stdin.write(`${command}\n`)
      const answer = await until(() => answers[asked], { what: 'the crowd to answer', withinMs: 60_000 })
      return JSON.parse(answer) as CrowdReport
    },
    kill: () => started.kill('SIGKILL'),
  }
}

test(
  '[LINK13] [LINK36] twenty peers in Node go through a restart of the server: no link is lost, and they come back one after the other',
  { timeout: 180_000 },
  async () => {
    const crowd = startCrowd(20)
    let last: CrowdReport | null = null
    const untilCrowd = (what: string, isSo: (report: CrowdReport) => boolean) =>
      until(
        async () => {
          last = await crowd.ask('report')
          return isSo(last) && last
        },
        { what: () => `${what}; but it is ${JSON.stringify(last)}`, withinMs: 60_000 },
      )
    const before = await untilCrowd('a full mesh', ({ links, connected }) => links === 20 * 19 && connected === 20)

    await signaling.kill()
    const goneAt = performance.now()
    await untilCrowd('all to know that the server is gone', ({ connected }) => connected === 0)
    await crowd.ask('write')
    await untilCrowd('all to hold all', ({ held }) => held.length === 1 && held[0] === '{"count":20}')
    // By now they wait for a second or more.
    await until(() => performance.now() - goneAt > 2000, { what: 'two seconds without a server' })
    await signaling.restart()
    const { openedAt } = await untilCrowd('all to be back', ({ connected }) => connected === 20)
    expect(Math.max(...openedAt) - Math.min(...openedAt)).toBeGreaterThan(250)
    await crowd.ask('write')
    const after = await untilCrowd('all to hold all', ({ held }) => held.length === 1 && held[0] === '{"count":40}')
    expect([after.links, after.made, after.losses]).toEqual([20 * 19, before.made, 0])
    crowd.kill()
  },
)
