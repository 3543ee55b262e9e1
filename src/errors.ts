/**
 * Every error that Hearth throws, rejects with or emits: one class, recognised by `name` and `code`, so that
 * it survives two copies of the package in one page.
 */

/** The details of each code: the numbers and names an app needs to react, and nothing else. */
export type SessionErrorDetails = {
  /** The UTF-8 bytes of the value's JSON pass the limit of one value. */
  'value-too-large': { key: string; bytes: number; maxBytes: number }
  /** One more key would pass the limit of keys. */
  'too-many-keys': { keys: number; maxKeys: number }
  /** Keys and values together would pass the limit of the store. */
  'store-full': { bytes: number; maxBytes: number }
  /** Not a non-empty well-formed string of at most 128 UTF-8 bytes. */
  'invalid-key': { key: unknown; bytes: number; maxBytes: number }
  /** Not JSON, or not what the schema of its key takes: `path` leads to the part that is not. */
  'invalid-value': {
    path: readonly (string | number)[]
    reason: string
    /** Where a schema was asked: the key, and all that its library has to say; `path` and `reason` are of the first. */
    key?: string
    issues?: readonly { readonly message: string; readonly path: readonly (string | number)[] }[]
  }
  /** The key holds a value of another kind. */
  'type-mismatch': { key: string; expected: string; actual: string }
  /** An option of joinRoom, or an argument of a call, that cannot be used. */
  'invalid-option': { option: string; reason: string }
  /** The room was left; nothing can be called on it any more. */
  left: Record<string, never>
  /** This peer was cut off for too long, and what it had written went with that session (SPEC SESSION10). */
  'session-ended': Record<string, never>
  /** The AbortSignal of joinRoom fired. */
  aborted: Record<string, never>
  /** A password needs `crypto.subtle`, which an insecure origin does not have. */
  'insecure-context': Record<string, never>
  /** A peer of the room was started with other limits. */
  'limits-mismatch': { peerId: string; ours: Record<string, number>; theirs: Record<string, number> }
  /** A peer speaks another version of the protocol. */
  'protocol-mismatch': { peerId: string; ours: number; theirs: number }
  /** Somebody in the room uses another password, or one side uses none. */
  'password-mismatch': Record<string, never>
  /** A peer of the room links by another transport. */
  'transport-mismatch': { peerId: string; ours: string; theirs: string }
  /** An app message over its limit. */
  'message-too-large': { bytes: number; maxBytes: number }
  /** More or larger app messages in a short time than other peers would take. */
  'too-many-messages': Record<string, never>
  /** An app message for a peer that is not here. */
  'unknown-peer': { peerId: string }
  /** Not everybody asked for has acknowledged in time. */
  'not-delivered': { acknowledged: number; expected: number }
  /** A link brought something that it must not; it was dropped, and nothing of it kept. */
  'bad-input': { peerId: string; reason: string; count: number }
  /** A link kept bringing bad input and was cut off. */
  'cut-off': { peerId: string; count: number }
  /** Two links claim one writer; the second was refused. */
  'duplicate-writer': { peerId: string; writer: number }
  /** A listener of the app threw. */
  'listener-failed': { event: string }
  /** The copy for a reload cannot be kept, or not be read. The session goes on without it. */
  'persistence-failed': { reason: string }
  /** A signaling server cannot be used at all, for instance because its address is wrong. */
  'signaling-failed': { url: string; reason: string }
  /** The browser or runtime refused to make a peer connection; or the transport, with this peer's own id, to join again. */
  'connection-failed': { peerId: string; reason: string }
}

export type SessionErrorCode = keyof SessionErrorDetails

/** An error of whatever code: comparing `code` tells which details it has. */
export type AnySessionError = { [Code in SessionErrorCode]: SessionError<Code> }[SessionErrorCode]

/**
 * The one error class. `code` says what happened, `details` holds the numbers; the message is one sentence for
 * people. Recognise it by `error.name === 'SessionError'` and `error.code`.
 */
export class SessionError<Code extends SessionErrorCode = SessionErrorCode> extends Error {
  override readonly name = 'SessionError'
  readonly code: Code
  readonly details: SessionErrorDetails[Code]

  constructor(code: Code, message: string, details: SessionErrorDetails[Code], cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.details = details
  }
}
