import { SessionError, type AnySessionError, type SessionErrorCode } from '../errors.js'

/** What a code means: a name for programs, a few words for people. */
type Meaning = readonly [code: number, name: string, message: string]

/** Codes that the original has, with its meanings. */
export const original = {
  connectionLost: [1003, 'ConnectionLost', 'The connection is lost'],
  invalidToken: [2004, 'InvalidToken', 'The token cannot be used'],
  connectionFailed: [4005, 'ConnectionFailed', 'No connection can be made'],
  alreadyJoined: [5001, 'AlreadyJoined', 'A room is joined already'],
  notConnected: [6000, 'NotConnected', 'No room is joined'],
  unknown: [6002, 'Unknown', 'Something went wrong'],
  invalidArgument: [6004, 'InvalidArgument', 'An argument cannot be used'],
  peerNotFound: [6008, 'PeerNotFound', 'The peer is not here'],
  validationFailed: [6013, 'ValidationFailed', 'The message cannot be sent'],
  tooManyRequests: [429, 'TooManyRequests', 'Too much in a short time'],
} as const satisfies Record<string, Meaning>

/** What the original has no documented code for. Its own stay below 10,000. */
export const meanings: { readonly [Code in SessionErrorCode]: Meaning } = {
  'value-too-large': [10_001, 'ValueTooLarge', 'The value is too large'],
  'too-many-keys': [10_002, 'TooManyKeys', 'There are too many keys'],
  'store-full': [10_003, 'StoreFull', 'The session store is full'],
  'invalid-key': [10_004, 'InvalidKey', 'The key cannot be used'],
  'type-mismatch': [10_005, 'TypeMismatch', 'The key holds a value of another kind'],
  'message-too-large': [10_006, 'MessageTooLarge', 'The message is too large'],
  'insecure-context': [10_007, 'InsecureContext', 'A password needs a secure page'],
  'limits-mismatch': [10_008, 'LimitsMismatch', 'Others in the room have other limits'],
  'protocol-mismatch': [10_009, 'ProtocolMismatch', 'Others in the room use another version'],
  'password-mismatch': [10_010, 'PasswordMismatch', 'Others in the room use another password'],
  'transport-mismatch': [10_011, 'TransportMismatch', 'Others in the room connect in another way'],
  'not-delivered': [10_012, 'NotDelivered', 'Not everybody has it'],
  'bad-input': [10_013, 'BadInput', 'A peer sent what it must not'],
  'cut-off': [10_014, 'CutOff', 'A peer was cut off'],
  'duplicate-writer': [10_015, 'DuplicateWriter', 'Two peers claim one identity'],
  'listener-failed': [10_016, 'ListenerFailed', 'A listener threw'],
  'persistence-failed': [10_017, 'PersistenceFailed', 'The copy for a reload cannot be kept'],
  'too-many-messages': original.tooManyRequests,
  'invalid-value': original.invalidArgument,
  'invalid-option': original.invalidArgument,
  left: original.notConnected,
  aborted: original.notConnected,
  'unknown-peer': original.peerNotFound,
  'session-ended': original.connectionLost,
  'signaling-failed': original.connectionLost,
  'connection-failed': original.connectionFailed,
}

/** What is known of a failure beside its meaning. */
type Circumstances = {
  /** One sentence with what matters, to be shown to people. */
  readonly description: string
  /** The method that failed; `NONE` for what nobody asked for. */
  readonly action: string
  readonly isTerminal?: boolean
  /** The numbers and names of it. */
  readonly params?: object
  readonly cause?: unknown
}

/**
 * How every call and event of this layer fails. `code` has the original's meaning where that has one (below 10,000),
 * and else that of the table in docs/moving.md; `description` is a sentence for people, `params` has the details.
 */
export class HMSException extends Error {
  readonly code: number
  override readonly name: string
  readonly description: string
  readonly action: string
  /** Whether the room is lost with it. */
  readonly isTerminal: boolean
  readonly params: Readonly<Record<string, unknown>>

  constructor([code, name, message]: Meaning, circumstances: Circumstances) {
    const { description, action, isTerminal = false, params = {}, cause } = circumstances
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.name = name
    this.description = description
    this.action = action
    this.isTerminal = isTerminal
    this.params = { ...params }
  }
}

/** A failure that this layer finds by itself. */
export const failure = (kind: keyof typeof original, action: string, description: string): HMSException =>
  new HMSException(original[kind], { description, action })

export const notJoined = (action: string): HMSException =>
  failure('notConnected', action, 'Join a room first: this works from onJoin until leave.')

export const removed = (description: string): HMSException =>
  new HMSException(original.connectionLost, { description, action: 'NONE', isTerminal: true })

/** Whatever was thrown, in this layer's terms. */
export const toHMSException = (cause: unknown, action: string, isTerminal = false): HMSException => {
  if (cause instanceof HMSException) return cause
  if (isSessionError(cause)) {
    const { message: description, details: params } = cause
    return new HMSException(meanings[cause.code], { description, action, isTerminal, params, cause })
  }
  const description = cause instanceof Error ? cause.message : 'toString' in Object(cause) ? String(cause) : 'No error.'
  return new HMSException(original.unknown, { description, action, isTerminal, cause })
}

/** By name: there may be two copies of the package in one page, of which one has codes that the other does not know. */
const isSessionError = (cause: unknown): cause is AnySessionError =>
  cause instanceof SessionError ||
  (cause instanceof Error &&
    cause.name === 'SessionError' &&
    'code' in cause &&
    Object.hasOwn(meanings, String(cause.code)))
