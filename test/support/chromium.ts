/**
 * A real Chromium for the tests, from wherever there is one: `HEARTH_CHROMIUM` (a path), an installed browser, or
 * the one that `@sparticuz/chromium` carries inside its npm package (`HEARTH_CHROMIUM=bundled` asks for that one).
 * None is a failure, never a skipped test.
 */

import { execFile } from 'node:child_process'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { chromium, type Browser } from 'playwright-core'
import { findInstalled, isExecutable } from './installed-program.js'

/** A browser to start, and what its process needs in its environment. */
export type BrowserBinary = { readonly path: string; readonly env: Record<string, string> }

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']

const usualPlaces = [
  '/usr/bin',
  '/usr/local/bin',
  '/snap/bin',
  '/opt/google/chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** Peers of one machine meet over its own addresses; the flags below let them see those addresses. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A host candidate named by mDNS cannot be resolved where nothing answers multicast, as in a container.
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  // A machine without a network has no other address than this one.
  '--allow-loopback-in-peer-connection',
  // Several pages in one window must all count as visible, or Chromium slows their timers down.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  // An origin that is not secure, though it is this machine: see page-server.ts.
  '--host-resolver-rules=MAP insecure.test 127.0.0.1',
]

/** Starts a browser. @throws Error when there is none. */
export const launchChromium = async (): Promise<Browser> => {
  const { path, env } = await findChromium()
  return chromium.launch({ executablePath: path, args: flags, env: { ...process.env, ...env } })
}

/** Looks in the order that this file's head names. @throws Error when there is none. */
export const findChromium = async (): Promise<BrowserBinary> => {
  if (process.env['HEARTH_CHROMIUM'] === 'bundled') return unpackBundled()
  const installed = await findInstalled({ variable: 'HEARTH_CHROMIUM', names, places: usualPlaces })
  if (installed) return { path: installed, env: {} }
  try {
    return await unpackBundled()
  } catch (cause) {
    const tried = 'HEARTH_CHROMIUM, an installed Chrome or Chromium, @sparticuz/chromium'
    throw new Error(`No browser for the browser tests. Tried: ${tried}`, { cause })
  }
}

/** Unpacks once per machine. Other processes may do so at the same moment: whoever renames first wins. */
const unpackBundled = async (): Promise<BrowserBinary> => {
  const unpacked = join(tmpdir(), `hearth-bundled-chromium-${process.getuid?.() ?? 0}`)
  const path = join(unpacked, 'chromium')
  if (!(await isExecutable(path))) {
    const fresh = await mkdtemp(join(tmpdir(), 'hearth-unpacking-'))
    const script = "import chromium from '@sparticuz/chromium'; await chromium.executablePath()"
    // Posing as Amazon's runtime makes the package unpack the libraries that a bare system lacks.
    const env = { ...process.env, TMPDIR: fresh, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' }
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: import.meta.dirname,
      env,
    })
    await rename(fresh, unpacked).catch(() => rm(fresh, { recursive: true, force: true }))
  }
  const libraries = join(unpacked, 'al2023', 'lib')
  return { path, env: { LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: join(unpacked, 'fonts') } }
}
