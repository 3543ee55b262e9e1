import { afterEach, expect, test, vi } from 'vitest'
import { findChromium } from './chromium.js'

afterEach(() => vi.unstubAllEnvs())

test('HEARTH_CHROMIUM is taken before any installed browser', async () => {
  vi.stubEnv('HEARTH_CHROMIUM', process.execPath)
  expect(await findChromium()).toEqual({ path: process.execPath, env: {} })
})

test('HEARTH_CHROMIUM without a browser behind it is an error that says so', async () => {
  vi.stubEnv('HEARTH_CHROMIUM', '/nowhere/chromium')
  await expect(findChromium()).rejects.toThrow('HEARTH_CHROMIUM is /nowhere/chromium')
})
