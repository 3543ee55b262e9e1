import type { Clock } from '../clock.js'

/**
 * Hybrid logical clock readings (Kulkarni et al., "Logical Physical Clocks", 2014), folded into one integer:
 * milliseconds since 1970, pushed ahead of every stamp seen. Stamps only choose among concurrent entries; an
 * entry that saw another has deleted it, so a wrong clock cannot lose a sequential write (SPEC DATA7).
 */
export type Stamps = {
  /** A stamp later than any given or adopted before. It counts as given only once it is told so. */
  next(): number
  give(stamp: number): void
  /** Takes notice of a stamp from elsewhere, unless it lies more than a day ahead: a wrong clock must not spread. */
  adopt(stamp: number): void
}

/** No stamp is greater: some 9,000 years from now, and far from where integers lose precision. */
export const maxStamp = 2 ** 48

const dayMs = 24 * 60 * 60 * 1000

export function createStamps(clock: Clock): Stamps {
  let last = 0
  return {
    next: () => Math.max(Math.min(Math.max(Math.floor(clock.now()), 0), maxStamp - 1), last + 1),
    give(stamp) {
      last = Math.max(last, stamp)
    },
    adopt(stamp) {
      if (stamp > last && stamp <= clock.now() + dayMs) last = stamp
    },
  }
}
