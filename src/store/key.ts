import { SessionError } from '../errors.js'
import { isKey } from './entry.js'
import { maxKeyBytes } from './limits.js'
import { isWellFormed, utf8Bytes } from './value.js'

/** @throws SessionError `invalid-key` */
export function checkKey(key: string): string {
  const isText = typeof key === 'string'
  if (isText && isWellFormed(key) && isKey(key)) return key
  throw new SessionError('invalid-key', `A key is a non-empty text of at most ${maxKeyBytes} bytes in UTF-8.`, {
    key,
    bytes: isText ? utf8Bytes(key) : 0,
    maxBytes: maxKeyBytes,
  })
}
