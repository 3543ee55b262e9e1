import { SessionError } from '../errors.js'
import type { Limits } from './limits.js'
import { textTooLong } from './text-errors.js'
import { isArray, isEqual, isScalar, jsonBytes, utf8Bytes, type Json } from './value.js'
import type { Totals, View } from './views.js'

/** What a store holds against what it may. */
export type Usage = {
  readonly keys: number
  /** UTF-8 bytes of all keys and the JSON of all values. */
  readonly bytes: number
  readonly limits: Limits
  /** More than allowed, because peers filled the last place at once; the same on all replicas (SPEC LIMIT5). */
  readonly overLimit: boolean
  /** Encoded bytes of the documents of all texts, as this peer has them: what was deleted costs as well. */
  readonly historyBytes: number
}

export const usageOf = ({ keys, bytes, oversized }: Totals, limits: Limits, historyBytes: number): Usage => ({
  keys,
  bytes,
  limits,
  historyBytes,
  overLimit: keys > limits.maxKeys || bytes > limits.maxTotalBytes || oversized > 0,
})

export type Written = { readonly key: string; readonly before: View | undefined; readonly after: View | undefined }

/**
 * Judges a local transaction by its end result. What is over a limit already, through no fault of this
 * transaction, may stay over it as long as the transaction shrinks it (SPEC LIMIT6).
 * @throws SessionError `value-too-large`, `too-many-keys` or `store-full`
 */
export function checkLimits(written: readonly Written[], before: Totals, after: Totals, limits: Limits): void {
  const changed = written.filter(isChanged)
  for (const view of changed) checkValue(view, limits)

  const { maxKeys, maxTotalBytes } = limits
  const isKeyNew = changed.some(view => view.after && !view.before)
  if (after.keys > maxKeys && (isKeyNew || after.keys > before.keys))
    throw new SessionError('too-many-keys', `${after.keys} keys are more than the ${maxKeys} a room may hold.`, {
      keys: after.keys,
      maxKeys,
    })

  if (after.bytes > maxTotalBytes && after.bytes >= before.bytes)
    throw new SessionError('store-full', `${after.bytes} bytes are more than the ${maxTotalBytes} a room may hold.`, {
      bytes: after.bytes,
      maxBytes: maxTotalBytes,
    })
}

/** False where all that was written is as it was, or was taken back. To settle a conflict is to write. */
export const isChanged = ({ before, after }: Written): boolean =>
  !isEqual(before?.value, after?.value) || before?.rivals.length !== after?.rivals.length

/** A text is measured by its string, any other value by its JSON. */
export const isOversized = ({ place, value, valueBytes }: View, { maxValueBytes, maxTextBytes }: Limits): boolean =>
  place.winner.body.is === 'text' ? textBytes(value) > maxTextBytes : valueBytes > maxValueBytes

const textBytes = (value: Json | undefined): number => (typeof value === 'string' ? utf8Bytes(value) : 0)

function checkValue({ key, before, after }: Written, limits: Limits): void {
  if (!after || !isOversized(after, limits)) return
  const { maxValueBytes, maxTextBytes } = limits
  if (after.place.winner.body.is === 'text') {
    const bytes = textBytes(after.value)
    if (bytes < textBytes(before?.value)) return
    throw textTooLong(key, bytes, maxTextBytes)
  }
  if (after.valueBytes < (before?.valueBytes ?? 0) && !hasLargePart(after.value, maxValueBytes)) return
  throw new SessionError(
    'value-too-large',
    `The value of "${key}" has ${after.valueBytes} bytes, of at most ${maxValueBytes}.`,
    {
      key,
      bytes: after.valueBytes,
      maxBytes: maxValueBytes,
    },
  )
}

/** Whether a text in a value passes the limit by itself: that no peer would take, whatever the value was before. */
function hasLargePart(value: Json, maxValueBytes: number): boolean {
  if (isScalar(value)) return jsonBytes(value) > maxValueBytes
  if (isArray(value)) return value.some(item => hasLargePart(item, maxValueBytes))
  return Object.entries(value).some(
    ([field, inner]) => utf8Bytes(field) > maxValueBytes || hasLargePart(inner, maxValueBytes),
  )
}
