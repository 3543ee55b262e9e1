import { systemClock, type Clock } from './clock.js'
import { SessionError } from './errors.js'
import type { Persistence } from './persistence/persistence.js'
import { checkKey } from './store/key.js'
import { defaultLimits, type Limits } from './store/limits.js'
import type { Schemas } from './store/schema.js'
import { toJson, utf8Bytes } from './store/value.js'
import { isIceServer } from './transport/ice-server.js'
import { withoutQuery } from './transport/signaling-address.js'
import type { Transport } from './transport/transport.js'
import type { TurnCredentials } from './transport/turn-credentials.js'
import { webrtc } from './transport/webrtc.js'
import { maxMetadataBytes, maxNameBytes, maxRoleBytes, type Metadata } from './wire/peer-messages.js'
import { maxTopicLength } from './wire/signaling-messages.js'

export type JoinOptions = {
  /** The room's name: peers that join the same name at the same signaling server meet. */
  readonly room: string
  /** WebSocket address of a signaling server, or several. Without one nobody is met. */
  readonly signaling?: string | readonly string[]
  /** What others call this peer. At most 256 bytes. */
  readonly name?: string
  /** What this peer is to the app, for instance `host`: others see it, and nobody checks it. At most 64 bytes. */
  readonly role?: string
  /** A JSON object that others see beside the name. At most 4 KB. */
  readonly metadata?: Metadata
  /** Encrypts what the signaling servers relay; everybody in the room needs the same. Only on secure origins. */
  readonly password?: string
  /**
   * STUN and TURN servers, as RTCPeerConnection takes them; or `from-signaling`: TURN servers with credentials for a
   * limited time, which a signaling server hands out (`hearth-signaling --turn-secret`), fetched anew in time. What
   * they do not answer is told by `signaling-failed`; links are then made without.
   */
  readonly iceServers?: readonly RTCIceServer[] | 'from-signaling'
  readonly iceTransportPolicy?: RTCIceTransportPolicy
  /** Links kept at most; further peers are reached through others. Default: no maximum. */
  readonly maxLinks?: number
  /** What the store may hold; everybody in the room needs the same. */
  readonly limits?: Partial<Limits>
  /** What the values of keys must be: schemas of zod, valibot, arktype or any library that speaks Standard Schema. */
  readonly schema?: Schemas
  /** How links are made. Default: `webrtc()`. */
  readonly transport?: Transport
  /** How long to wait for a first peer where nobody says who is here. Default 5 seconds. */
  readonly joinTimeoutMs?: number
  /**
   * How long this peer may be cut off, without any link or signaling, and still be part of the session: up to
   * Infinity. Default 5 minutes. After that what it holds is discarded (`session-ended`). Pages in the background have
   * timers as slow as one a minute, so less than two minutes is for tests.
   */
  readonly resumeWindowMs?: number
  /**
   * Keeps a copy where a reload finds it, for `resumeWindowMs`: `indexeddb` in this origin of the browser, or any
   * other `Persistence`. Default: none. `leave` deletes it.
   */
  readonly persist?: 'indexeddb' | Persistence
  /** Cancels joining. */
  readonly signal?: AbortSignal
  /** For runtimes that have none of their own, for instance that of `node-datachannel/polyfill`. */
  readonly RTCPeerConnection?: typeof RTCPeerConnection
  /** For runtimes that have none of their own, for instance that of `ws`. */
  readonly WebSocket?: typeof WebSocket
  /** For tests: time, and randomness in [0, 1). */
  readonly clock?: Clock
  readonly random?: () => number
}

/** Options as they were checked, with the defaults in their places. */
export type RoomSettings = Omit<JoinOptions, 'signaling' | 'limits' | 'schema' | 'persist' | 'iceServers'> & {
  /** Null if nothing is to be kept. */
  readonly loadPersistence: (() => Promise<Persistence>) | null
  readonly signaling: readonly string[]
  readonly iceServers?: readonly RTCIceServer[]
  /** Null if there is nothing to fetch. */
  readonly openTurnCredentials: ((onError: (error: SessionError) => void) => Promise<TurnCredentials>) | null
  readonly name: string
  readonly role: string
  readonly metadata: Metadata
  readonly limits: Limits
  readonly schema: Schemas
  readonly transport: Transport
  readonly joinTimeoutMs: number
  readonly resumeWindowMs: number
  readonly clock: Clock
  readonly random: () => number
}

const maxTimeoutMs = 2 ** 31 - 1

const invalid = (option: string, reason: string) =>
  new SessionError('invalid-option', `The option ${option} cannot be used: ${reason}.`, { option, reason })

/** @throws SessionError `invalid-option`, `invalid-key`, `insecure-context` */
export const readOptions = (options: JoinOptions): RoomSettings => {
  // What JavaScript callers may hand in is not what the type says.
  const { room, signaling = [], password, maxLinks = Infinity, joinTimeoutMs = 5000 } = options ?? {}
  const { resumeWindowMs = 5 * 60_000 } = options ?? {}
  if (typeof room !== 'string' || room === '' || room.length > maxTopicLength)
    throw invalid('room', `a name has 1 to ${maxTopicLength} characters`)
  if (password !== undefined && (typeof password !== 'string' || password === ''))
    throw invalid('password', 'it is no text, or empty')
  if (maxLinks !== Infinity && !isCount(maxLinks)) throw invalid('maxLinks', 'it is no positive integer')
  const { iceServers, ...rest } = options
  checkIce(options)
  if (typeof joinTimeoutMs !== 'number' || !(joinTimeoutMs >= 0 && joinTimeoutMs <= maxTimeoutMs))
    throw invalid('joinTimeoutMs', 'it is no time to wait')
  if (typeof resumeWindowMs !== 'number' || !(resumeWindowMs >= 0))
    throw invalid('resumeWindowMs', 'it is no time to be away')
  if (password !== undefined && !globalThis.crypto?.subtle)
    throw new SessionError('insecure-context', 'A password needs a secure origin: https, or localhost.', {})
  const addresses = [signaling].flat().map(readAddress)
  const clock = options.clock ?? systemClock
  return {
    ...rest,
    ...(iceServers && iceServers !== 'from-signaling' && { iceServers }),
    openTurnCredentials:
      iceServers === 'from-signaling' && addresses.length > 0 ? fetchTurnCredentials(addresses, clock) : null,
    signaling: addresses,
    name: readName(options.name ?? ''),
    role: readRole(options.role ?? ''),
    metadata: readMetadata(options.metadata ?? {}),
    limits: readLimits(options.limits ?? {}),
    schema: readSchemas(options.schema ?? {}),
    loadPersistence: readPersistence(options.persist),
    transport: readTransport(options, addresses),
    joinTimeoutMs,
    resumeWindowMs,
    clock,
    random: options.random ?? Math.random,
  }
}

/** @throws SessionError `invalid-option` */
export const readName = (name: unknown): string => readText('name', name, maxNameBytes)

/** @throws SessionError `invalid-option` */
export const readRole = (role: unknown): string => readText('role', role, maxRoleBytes)

const readText = (option: string, value: unknown, maxBytes: number): string => {
  if (typeof value !== 'string' || utf8Bytes(value) > maxBytes)
    throw invalid(option, `a ${option} is a text of at most ${maxBytes} bytes`)
  return value
}

/** @throws SessionError `invalid-option`, `invalid-value` */
export const readMetadata = (metadata: unknown): Metadata => {
  const json = toJson(metadata)
  if (
    typeof json !== 'object' ||
    json === null ||
    Array.isArray(json) ||
    utf8Bytes(JSON.stringify(json)) > maxMetadataBytes
  )
    throw invalid('metadata', `metadata is an object of at most ${maxMetadataBytes} bytes of JSON`)
  return json as Metadata
}

/** Nobody is met without signaling, and then nothing is needed to meet them. */
const readTransport = (options: JoinOptions, addresses: readonly string[]): Transport => {
  const { transport = webrtc() } = options
  if (typeof transport?.join !== 'function') throw invalid('transport', 'it is no transport')
  for (const name of transport.needs ?? [])
    if (addresses.length > 0 && typeof (options[name] ?? globalThis[name]) !== 'function')
      throw invalid(name, 'this runtime has none of its own, so one must be handed in')
  return transport
}

/** What stores is loaded when it is asked for: most rooms keep nothing. */
const readPersistence = (persist: JoinOptions['persist']): RoomSettings['loadPersistence'] => {
  if (persist === undefined) return null
  if (persist === 'indexeddb') return async () => (await import('./persistence/indexeddb.js')).indexedDb()
  if (typeof persist?.open !== 'function') throw invalid('persist', "it is neither 'indexeddb' nor a persistence")
  return () => Promise.resolve(persist)
}

/** What every RTCPeerConnection refuses is told here, before anybody is dialled with it. */
const checkIce = ({ iceServers = [], iceTransportPolicy = 'all' }: JoinOptions): void => {
  if (iceServers !== 'from-signaling' && !(Array.isArray(iceServers) && iceServers.every(isIceServer)))
    throw invalid('iceServers', 'it is no array of { urls }, each stun: or turn:, these with username and credential')
  if (!['all', 'relay'].includes(iceTransportPolicy)) throw invalid('iceTransportPolicy', "it is not 'all' or 'relay'")
}

/** What fetches is loaded when it is asked for: most rooms have none to fetch. */
const fetchTurnCredentials =
  (signaling: readonly string[], clock: Clock): RoomSettings['openTurnCredentials'] =>
  async onError => {
    const { openTurnCredentials } = await import('./transport/turn-credentials.js')
    return openTurnCredentials({
      signaling,
      clock,
      fetch: (...request) => fetch(...request),
      onFailure: (asked, reason) => {
        const url = withoutQuery(asked)
        onError(new SessionError('signaling-failed', `${url} cannot be used: ${reason}.`, { url, reason }))
      },
    })
  }

const readAddress = (address: unknown): string => {
  const text = String(address)
  // RegExp and not URL alone: new URL takes 'ws:host' as well.
  if (!/^wss?:\/\//.test(text) || !URL.canParse(text))
    throw invalid('signaling', `${withoutQuery(text)} is no ws:// or wss:// address`)
  return text
}

const readLimits = (limits: Partial<Limits>): Limits => {
  const { maxValueBytes, maxKeys, maxTotalBytes, maxTextBytes } = { ...defaultLimits, ...limits }
  const checked = { maxValueBytes, maxKeys, maxTotalBytes, maxTextBytes }
  for (const [name, value] of Object.entries(checked))
    if (!isCount(value)) throw invalid(`limits.${name}`, 'it is no positive integer')
  return checked
}

/** A copy, so that what is asked of a key stays the same. Schemas may be functions, as those of arktype are. */
const readSchemas = (schemas: Schemas): Schemas => {
  if (typeof schemas !== 'object') throw invalid('schema', 'it is no object with a schema for each key')
  for (const [key, schema] of Object.entries(schemas)) {
    checkKey(key)
    const standard = schema?.['~standard']
    if (standard?.version !== 1 || typeof standard.validate !== 'function')
      throw invalid(`schema.${key}`, 'it does not speak Standard Schema, version 1')
  }
  return { ...schemas }
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value > 0
