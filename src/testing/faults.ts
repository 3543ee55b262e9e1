import { SessionError } from '../errors.js'

/** What goes wrong with messages on their way: chances from 0 to 1. */
export type Faults = {
  /** It is lost, and the link stays. */
  readonly drop?: number
  /** It arrives twice. */
  readonly duplicate?: number
  /** The next message of its link overtakes it. */
  readonly reorder?: number
  /** How long it takes, on the network's clock: a time, or the least and the most. */
  readonly delayMs?: number | readonly [min: number, max: number]
}

/** What becomes of one message. */
export type Fate =
  | { readonly kind: 'dropped' }
  /** When each copy sets out, and whether the next message overtakes it. */
  | { readonly kind: 'sent'; readonly copies: readonly { readonly delayMs: number; readonly isOvertaken: boolean }[] }

/** @throws SessionError `invalid-option` */
export const checkFaults = ({ drop = 0, duplicate = 0, reorder = 0, delayMs = 0 }: Faults): void => {
  for (const [name, chance] of Object.entries({ drop, duplicate, reorder }))
    if (!(chance >= 0 && chance <= 1)) throw invalid(name, 'it is no chance from 0 to 1')
  const [min, max] = rangeOf(delayMs)
  if (!(min >= 0 && max >= min && max < Infinity)) throw invalid('delayMs', 'it is no time, or range of times')
}

/** @param random Uniform in [0, 1). */
export const drawFate = (faults: Faults, random: () => number): Fate => {
  const { drop = 0, duplicate = 0, reorder = 0, delayMs = 0 } = faults
  if (random() < drop) return { kind: 'dropped' }
  const [min, max] = rangeOf(delayMs)
  const copies = Array.from({ length: random() < duplicate ? 2 : 1 }, () => ({
    delayMs: min + random() * (max - min),
    isOvertaken: random() < reorder,
  }))
  return { kind: 'sent', copies }
}

const rangeOf = (delayMs: number | readonly [number, number]): readonly [number, number] =>
  typeof delayMs === 'number' ? [delayMs, delayMs] : delayMs

const invalid = (name: string, reason: string) => {
  const option = `faults.${name}`
  return new SessionError('invalid-option', `The option ${option} cannot be used: ${reason}.`, { option, reason })
}
