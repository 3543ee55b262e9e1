import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from 'redis'
import { expect, onTestFinished, test } from 'vitest'
import { readCommand } from '../src/command-line.js'
import { createRedisBackplane, createSignalingServer } from '../src/index.js'
import { keepLog } from './support/log-lines.js'
import { openMember } from './support/member.js'
import { buildCommand } from './support/node-processes.js'
import { startRedisServer } from './support/redis-server.js'

const ready = async (port: number): Promise<number> => (await fetch(`http://localhost:${port}/readyz`)).status

test('[SIG65] the password opens Redis, and is shown nowhere', async () => {
  const redis = await startRedisServer(['--requirepass', 'hunter2-hunter2'])
  onTestFinished(() => redis.close())
  const start = async (password: string) => {
    const log = keepLog()
    const address = redis.url.replace('//', `//default:${password}@`)
    const settings = {
      port: 0,
      redis: address,
      redisTtlMs: 2000,
      logLevel: 'debug',
      logDestination: log.destination,
    } as const
    const server = await createSignalingServer(settings)
    onTestFinished(() => server.close())
    return { server, log }
  }
  const wrong = await start('hunter3-hunter3')
  await expect.poll(() => wrong.log.text(), { timeout: 20_000 }).toContain('WRONGPASS')
  expect(await ready(wrong.server.port)).toBe(503)
  const right = await start('hunter2-hunter2')
  await expect.poll(() => ready(right.server.port), { timeout: 20_000 }).toBe(200)
  for (const { log } of [wrong, right]) expect(log.text()).not.toContain('hunter')
})

test('[SIG65] the README’s rights are enough for a user of its own', async () => {
  const redis = await startRedisServer()
  onTestFinished(() => redis.close())
  const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8')
  const rights = /`(resetchannels .*?)`/.exec(readme)?.[1]?.split(' ') ?? []
  const admin = await createClient({ url: redis.url }).connect()
  await admin.sendCommand(['ACL', 'SETUSER', 'hearth', 'on', '>hunter2', ...rights])
  admin.destroy()
  const address = redis.url.replace('//', '//hearth:hunter2@')
  const log = keepLog()
  const options = { port: 0, redis: address, redisTtlMs: 2000, logDestination: log.destination } as const
  const servers = [await createSignalingServer(options), await createSignalingServer(options)]
  for (const { port } of servers) await expect.poll(() => ready(port), { timeout: 20_000 }).toBe(200)
  const [ana, ben] = await Promise.all(servers.map(({ url }, index) => openMember(url, 'room', `peer ${index}`)))
  await expect.poll(() => [ana?.others(), ben?.others()], { timeout: 20_000 }).toEqual([['peer 1'], ['peer 0']])
  ben?.say('hello')
  await expect.poll(() => ana?.heard, { timeout: 20_000 }).toEqual(['hello'])
  for (const server of servers) await server.close()
  expect(log.text()).not.toContain('NOPERM')
})

test('[SIG65] an address is shown without user and password, and not at all if it is none', async () => {
  const read = (address: string) => readCommand(['--print-config', '--redis', address], {})
  const page = read('rediss://ana:hunter2@redis.example:6380/3')
  expect(page.do === 'print' && page.text).toMatch(/--redis +rediss:\/\/redis\.example:6380\/3 /)
  expect(page.do === 'print' && page.text).not.toMatch(/ana|hunter/)
  for (const address of ['http://ana:hunter2@x', 'hunter2', 'redis://ana:hunter2@x/y', 'redis://ana:hunter2%@x']) {
    expect(() => read(address)).toThrow(/^--redis must be an address such as/)
    expect(() => read(address)).not.toThrow(/hunter/)
    await expect(createRedisBackplane({ url: address })).rejects.toThrow(/^url must be an address such as/)
  }
})

test('[SIG66] without the package it says in one sentence what to install, and only if it needs it', async () => {
  const command = await buildCommand()
  onTestFinished(() => command.close())
  const env = { NODE_OPTIONS: `--import=${new URL('./support/without-redis.mjs', import.meta.url).href}` }
  const alone = await command.start([], env)
  expect(await alone.readiness()).toBe(200)
  const sentence = 'hearth-signaling: Redis needs the package "redis" beside this one: npm install redis@6'
  await expect(command.start(['--redis', 'redis://localhost'], env)).rejects.toThrow(
    new Error(`The server did not start. It said:\n${sentence}\n`),
  )
})

test('[SIG61] a server starts without its Redis, not ready, and stops', async () => {
  const server = await createSignalingServer({ port: 0, redis: 'redis://127.0.0.1:1' })
  expect(await ready(server.port)).toBe(503)
  await server.close()
})
