import { afterEach, expect, test, vi } from 'vitest'
import { findTurnServer } from './turn-server.js'

afterEach(() => vi.unstubAllEnvs())

test('HEARTH_TURNSERVER is taken before any installed server', async () => {
  vi.stubEnv('HEARTH_TURNSERVER', process.execPath)
  expect(await findTurnServer()).toBe(process.execPath)
})

test('a machine without a TURN server is told what to install, or what to set', async () => {
  vi.stubEnv('HEARTH_TURNSERVER', '')
  vi.stubEnv('PATH', '')
  await expect(findTurnServer()).rejects.toThrow(/Install coturn .*, or set HEARTH_TURNSERVER/)
})
