import { SessionError } from '../errors.js'

/** A text, or the history of its document, over its limit. */
export const textTooLong = (key: string, bytes: number, maxBytes: number): SessionError =>
  new SessionError('value-too-large', `The text of "${key}" has ${bytes} bytes, of at most ${maxBytes}.`, {
    key,
    bytes,
    maxBytes,
  })

/** Typed into a text of a session that this peer is not in any more. */
export const sessionEnded = (): SessionError =>
  new SessionError('session-ended', 'Not typed: the session of this text has ended. The room has another one.', {})

/** Something that is neither text nor format nor embed. */
export const strangeText = (key: string, reason: string): SessionError =>
  new SessionError('invalid-value', `Not typed into "${key}": ${reason}.`, { path: [], reason })

/** The histories of all texts together over what they may take. */
export const textsTooLong = (bytes: number, maxBytes: number): SessionError =>
  new SessionError('store-full', `The texts have ${bytes} bytes of history, of at most ${maxBytes}.`, {
    bytes,
    maxBytes,
  })
