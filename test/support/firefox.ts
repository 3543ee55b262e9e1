/**
 * A real Firefox for the tests, over WebDriver BiDi: `HEARTH_FIREFOX` (a path), or an installed one. None is a
 * failure, never a skipped test.
 */

import { launch, type Browser } from 'puppeteer-core'
import { findInstalled } from './installed-program.js'

const usualPlaces = [
  '/snap/bin',
  '/Applications/Firefox.app/Contents/MacOS',
  'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
]

/** What the flags in chromium.ts are there. */
const preferences = {
  // A host candidate named by mDNS cannot be resolved where nothing answers multicast, as in a container.
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  // A machine without a network has no other address than this one.
  'media.peerconnection.ice.loopback': true,
  // Several pages in one window must all count as visible, or Firefox slows their timers down.
  'dom.min_background_timeout_value': 4,
  'dom.min_background_timeout_value_without_budget_throttling': 4,
  'dom.timeout.enable_budget_timer_throttling': false,
  // An origin that is not secure, though it is this machine: see page-server.ts.
  'network.dns.localDomains': 'insecure.test',
}

/** Starts one. @throws Error when there is none. */
export const launchFirefox = async (): Promise<Browser> =>
  launch({ browser: 'firefox', executablePath: await findFirefox(), extraPrefsFirefox: preferences })

export const findFirefox = async (): Promise<string> => {
  const names = ['firefox-esr', 'firefox']
  const found = await findInstalled({ variable: 'HEARTH_FIREFOX', names, places: usualPlaces })
  if (found) return found
  throw new Error(
    'No Firefox for the browser tests. Install it (`apt-get install firefox-esr`, `brew install --cask firefox`), ' +
      'or set HEARTH_FIREFOX to its path.',
  )
}
