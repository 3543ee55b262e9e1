import { createHmac, randomBytes } from 'node:crypto'
import { pino, type DestinationStream, type Logger } from 'pino'
import type { Settings } from './settings.js'

/** Where log lines go, one JSON object each. */
export type LogDestination = DestinationStream

/**
 * What the server says of itself, as pino lines. `info` and above tell of the server's own life and faults, so that a
 * log grows with its life and not with what clients do; each single client is `debug`. What peers say to each
 * other is never logged.
 */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'isLevelEnabled'> & {
  /**
   * A name as it may be logged: addresses, topics, peer ids. Hashed with a salt of this process, so that lines can be
   * matched with each other and with nothing else, or as it is with `logNames`.
   */
  hide(name: string): string
}

type LogSettings = Pick<Settings, 'logDestination' | 'logLevel' | 'logNames' | 'clock'>

export const createLog = (settings: LogSettings, salt: Buffer = randomBytes(16)): Log => {
  const { logDestination, logLevel, logNames, clock } = settings
  const options = { level: logLevel, base: null, timestamp: () => `,"time":${clock.now()}` }
  const lines = logDestination === undefined ? pino({ enabled: false }) : pino(options, logDestination)
  const hide = (name: string): string =>
    logNames ? name : createHmac('sha256', salt).update(name).digest('base64url').slice(0, 12)
  return Object.assign(lines, { hide })
}
