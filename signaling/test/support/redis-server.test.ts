import { afterEach, expect, test, vi } from 'vitest'
import { findRedisServer, startRedisServer } from './redis-server.js'

afterEach(() => vi.unstubAllEnvs())

test('HEARTH_REDIS_SERVER is taken before any installed server', async () => {
  vi.stubEnv('HEARTH_REDIS_SERVER', process.execPath)
  expect(await findRedisServer()).toBe(process.execPath)
})

test('a machine without Redis is told what to install, or what to set', async () => {
  vi.stubEnv('HEARTH_REDIS_SERVER', '')
  vi.stubEnv('PATH', '')
  await expect(startRedisServer()).rejects.toThrow(/No Redis for the tests\. Install it .*HEARTH_REDIS_SERVER/)
})

test('what does not start says why', async () => {
  await expect(startRedisServer(['--maxmemory', 'nonsense'])).rejects.toThrow(/did not start. It said:\n[^]*maxmemory/)
})
