import { maxPeersPerFrame, maxSignalingFrameBytes, maxTopicsPerFrame } from '../../src/wire/signaling-messages.js'
import { trustedProxies } from './client-address.js'
import { topicRules } from './policy.js'
import { redisAddress } from './redis-address.js'
import {
  count,
  duration,
  durationOrNone,
  httpAddress,
  listOf,
  onOff,
  oneOf,
  origins,
  secret,
  text,
  wholeNumber,
  type Kind,
} from './setting-kinds.js'

/** One thing that an operator can choose. `Default` is undefined for what is off, or open, unless it is set. */
export type Setting<Value, Default extends Value | undefined> = {
  readonly kind: Kind<Value>
  readonly fallback: Default
  /** One line for `--help`, and the meaning of the option. */
  readonly help: string
  /** Where the flag or the variable is not the option's own name in another spelling. */
  readonly names?: { readonly flag?: string; readonly variable?: string }
}

const setting = <Value, Default extends Value | undefined>(
  kind: Kind<Value>,
  fallback: Default,
  help: string,
  names: NonNullable<Setting<Value, Default>['names']> = {},
): Setting<Value, Default> => ({ kind, fallback, help, names })

/** The dearest frame that is allowed must fit a full budget. */
const minPoints = Math.max(maxSignalingFrameBytes / 1024, maxTopicsPerFrame)
const points = wholeNumber(minPoints, Number.MAX_SAFE_INTEGER)

const turnUris = listOf('turn: or turns: addresses, with commas between them', item => /^turns?:[^\s/]+$/.test(item))
/** Clients fetch them anew in time, not every few seconds; and what is stolen must end some day. */
const turnTtl = wholeNumber(60_000, 7 * 24 * 60 * 60_000)

/** Every setting there is: options, flags, variables, `--help`, `--print-config` and the README follow this table. */
export const settingsTable = {
  port: setting(wholeNumber(0, 65_535), 4444, 'port, 0 for a free one', { variable: 'PORT' }),
  host: setting(text, undefined, 'address to listen on; every one if unset'),
  staticDirectory: setting(text, undefined, 'folder whose files are served too, listed once at the start', {
    flag: 'static',
  }),

  tlsCert: setting(
    text,
    undefined,
    'file with the certificate chain (PEM), read at the start, to speak TLS without a proxy',
  ),
  tlsKey: setting(text, undefined, 'file with its private key (PEM)'),
  trustProxy: setting(
    trustedProxies,
    [],
    'hops believed about the client’s address (X-Forwarded-For): a number, or networks with commas between them',
  ),
  origins: setting(origins, [], 'origins of the pages that may connect, with commas between them; all if none'),

  tokenSecret: setting(secret(32), undefined, 'secret that tokens are signed with (HS256); better set by the variable'),
  tokenJwks: setting(httpAddress, undefined, 'address of the keys that tokens are signed with (JWKS), in its stead'),
  tokenAudience: setting(text, undefined, '`aud` that a token must have; needed with tokenJwks'),
  tokenIssuer: setting(text, undefined, '`iss` that a token must have'),
  tokenToleranceMs: setting(durationOrNone, 5000, 'how far the clock of who signs tokens may be off'),
  policy: setting(
    topicRules,
    [],
    'prefixes of topics that need a token, or none: team/=token,=open; all need one if tokens can be checked',
  ),

  turnSecret: setting(
    secret(16),
    undefined,
    'secret of the TURN server (coturn: static-auth-secret), to hand out credentials at GET /turn',
  ),
  turnUris: setting(turnUris, [], 'its addresses, such as turn:turn.example:3478, with commas between them'),
  turnTtlMs: setting(turnTtl, 60 * 60_000, 'how long such credentials can be used'),

  maxSockets: setting(count, 10_000, 'open sockets in all'),
  maxSocketsPerAddress: setting(count, 1000, 'open sockets of one address'),
  maxHandshakesPerMinute: setting(count, 3000, 'handshakes of one address in a minute'),
  maxTopicsPerSocket: setting(count, 100, 'topics of one socket'),
  maxSocketsPerTopic: setting(wholeNumber(1, maxPeersPerFrame), 256, 'sockets in one topic'),
  pointsPerSecond: setting(count, 200, 'what one socket may send for long; a message costs one point per KiB begun'),
  maxPoints: setting(points, 1000, 'what one socket may send at once'),
  pointsPerSecondPerAddress: setting(count, 10_000, 'what all sockets of one address may send for long'),
  maxPointsPerAddress: setting(points, 100_000, 'what they may send at once'),
  maxBufferedBytes: setting(count, 1024 * 1024, 'backlog of a slow socket before it is dropped'),

  heartbeatMs: setting(duration, 30_000, 'between two pings; a socket that answers none of them is dropped'),
  closeTimeoutMs: setting(duration, 2000, 'wait for a closing socket'),
  handshakeTimeoutMs: setting(duration, 10_000, 'time to send a request, or a handshake'),
  drainMs: setting(durationOrNone, 5000, 'on SIGTERM: over which sockets are sent elsewhere, a share at a time'),

  redis: setting(
    redisAddress,
    undefined,
    'address of a Redis over which servers are one; this one stands alone if unset',
  ),
  redisPrefix: setting(text, 'hearth', 'what its keys and channels begin with; the same for all that are one'),
  redisTtlMs: setting(wholeNumber(500, 3_600_000), 6000, 'how long a server that crashed counts; the same for all'),

  metrics: setting(onOff, true, 'whether GET /metrics is answered'),
  logLevel: setting(oneOf(['debug', 'info', 'warn', 'error', 'silent']), 'info', 'what is logged'),
  logNames: setting(onOff, false, 'whether logs show addresses, rooms and peers as they are, not hashed'),
} as const

export type SettingName = keyof typeof settingsTable

/** Every name, in the order of the table. */
export const settingNames = Object.keys(settingsTable) as readonly SettingName[]

type ValueOf<Name extends SettingName> =
  (typeof settingsTable)[Name] extends Setting<infer Value, infer Default> ? Value | Default : never

/** What is settled when the server starts. */
export type SettingValues = { readonly [Name in SettingName]: ValueOf<Name> }

export const flagOf = (name: SettingName): string => settingOf(name).names?.flag ?? words(name).join('-')

export const variableOf = (name: SettingName): string =>
  settingOf(name).names?.variable ?? `HEARTH_${flagOf(name).toUpperCase().replaceAll('-', '_')}`

/** The entry of a name that is only known at run time. Its kind is only ever given what `accepts` took. */
export const settingOf = (name: SettingName): Setting<unknown, unknown> => settingsTable[name]

const words = (name: string): string[] => name.split(/(?=[A-Z])/).map(word => word.toLowerCase())
