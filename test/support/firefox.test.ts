import { afterEach, expect, test, vi } from 'vitest'
import { findFirefox } from './firefox.js'

afterEach(() => vi.unstubAllEnvs())

test('HEARTH_FIREFOX is taken before any installed browser', async () => {
  vi.stubEnv('HEARTH_FIREFOX', process.execPath)
  expect(await findFirefox()).toBe(process.execPath)
})

test('HEARTH_FIREFOX without a browser behind it is an error that says so', async () => {
  vi.stubEnv('HEARTH_FIREFOX', '/nowhere/firefox')
  await expect(findFirefox()).rejects.toThrow('HEARTH_FIREFOX is /nowhere/firefox')
})
