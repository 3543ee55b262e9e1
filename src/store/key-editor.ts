import { SessionError } from '../errors.js'
import type { Draft, Spot } from './draft.js'
import type { Body, Place } from './fold.js'

/** What a handle may do with the one key that it is for. */
export type KeyEditor = {
  readonly key: string
  /** What is there. @throws SessionError `left` */
  place(): Place | undefined
  /** Runs `write` as a transaction, or in the open one. @throws SessionError what a write throws */
  edit(write: (draft: Draft, spot: Spot, place: Place | undefined) => void): void
}

/** The error of a handle of one kind on a key of another. */
export function mismatch(key: string, expected: string, body: Body): SessionError {
  const actual = body.is === 'scalar' ? (body.scalar === null ? 'null' : typeof body.scalar) : body.is
  return new SessionError('type-mismatch', `"${key}" holds a value of kind ${actual}, not ${expected}.`, {
    key,
    expected,
    actual,
  })
}

/** @throws SessionError `invalid-option` unless `value` is a whole number from `least` to `most` */
export function checkWhole(option: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return
  const reason = `it must be a whole number from ${least} to ${most}, and is ${String(value)}`
  throw new SessionError('invalid-option', `${option} cannot be used: ${reason}.`, { option, reason })
}
