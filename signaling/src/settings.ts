import { maxPeersPerFrame, maxSignalingFrameBytes, maxTopicsPerFrame } from '../../src/wire/signaling-messages.js'
import { systemClock, type Clock } from './clock.js'

/** What `createSignalingServer` takes; every part has a default that suits plain y-webrtc clients. */
export type SignalingOptions = {
  /** 0 picks a free one. Default 4444, as in y-webrtc. */
  port?: number | undefined
  /** The address to listen on. Default: every interface. */
  host?: string | undefined
  /** A folder whose files are served on the same port; read once, at the start. Default: none. */
  staticDirectory?: string | undefined
  /** Open WebSockets in all; a further one is refused with HTTP 503. Default 10,000. */
  maxSockets?: number | undefined
  /** Topics that one socket may be subscribed to at once. Default 100. */
  maxTopicsPerSocket?: number | undefined
  /** Sockets that may be subscribed to one topic at once; at most 1,024. Default 256. */
  maxSocketsPerTopic?: number | undefined
  /** What one socket may send for long, in tokens: a message costs one per KiB begun, or one per topic in it. Default 200. */
  tokensPerSecond?: number | undefined
  /** What one socket may send at once, in tokens. Default 1,000. */
  maxTokens?: number | undefined
  /** A socket that more than this waits for is dropped as too slow. Default 1 MiB. */
  maxBufferedBytes?: number | undefined
  /** How often each socket is pinged; one that did not answer by the next time is dropped. Default 30,000. */
  heartbeatMs?: number | undefined
  /** How long a closing socket, or a closing server, waits for the other side. Default 2,000. */
  closeTimeoutMs?: number | undefined
  /** Default: the time of the machine. */
  clock?: Clock | undefined
  /** Told of a fault in the server itself, which went on without it. Default: a process warning. */
  onError?: ((error: unknown) => void) | undefined
}

export type Settings = Readonly<{
  port: number
  host: string | undefined
  staticDirectory: string | undefined
  maxSockets: number
  maxTopicsPerSocket: number
  maxSocketsPerTopic: number
  tokensPerSecond: number
  maxTokens: number
  maxBufferedBytes: number
  heartbeatMs: number
  closeTimeoutMs: number
  clock: Clock
  onError: (error: unknown) => void
}>

/** The dearest frame that is allowed must fit a full budget. */
const minTokens = Math.max(maxSignalingFrameBytes / 1024, maxTopicsPerFrame)

/** setTimeout takes no more; above it fires at once. */
const maxDurationMs = 2 ** 31 - 1

/** Fills in the defaults. @throws RangeError that names the option whose number cannot be used. */
export const resolveSettings = (options: SignalingOptions): Settings => {
  const numberOf = (name: NumericOption, fallback: number, min: number, max: number): number => {
    const value = options[name] ?? fallback
    if (Number.isSafeInteger(value) && value >= min && value <= max) return value
    throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${String(value)}`)
  }
  const count = (name: NumericOption, fallback: number): number => numberOf(name, fallback, 1, Number.MAX_SAFE_INTEGER)
  const duration = (name: NumericOption, fallback: number): number => numberOf(name, fallback, 1, maxDurationMs)

  return {
    port: numberOf('port', 4444, 0, 65_535),
    host: options.host,
    staticDirectory: options.staticDirectory,
    maxSockets: count('maxSockets', 10_000),
    maxTopicsPerSocket: count('maxTopicsPerSocket', 100),
    maxSocketsPerTopic: numberOf('maxSocketsPerTopic', 256, 1, maxPeersPerFrame),
    tokensPerSecond: count('tokensPerSecond', 200),
    maxTokens: numberOf('maxTokens', 1000, minTokens, Number.MAX_SAFE_INTEGER),
    maxBufferedBytes: count('maxBufferedBytes', 1024 * 1024),
    heartbeatMs: duration('heartbeatMs', 30_000),
    closeTimeoutMs: duration('closeTimeoutMs', 2000),
    clock: options.clock ?? systemClock,
    onError: options.onError ?? (error => process.emitWarning(error instanceof Error ? error : String(error))),
  }
}

/** The options that are plain numbers. */
export type NumericOption = {
  [Name in keyof SignalingOptions]-?: number extends SignalingOptions[Name] ? Name : never
}[keyof SignalingOptions]
