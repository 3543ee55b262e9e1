/** How long one may be away and still be part of the session, as the page speaks of it. */

import type { RoomAddress } from './room-name.js'

/** That of the library, unless the address has another. */
const usualMs = 5 * 60_000

export const windowMsOf = ({ windowMs }: RoomAddress): number => windowMs ?? usualMs

/** Until when somebody who is away now belongs to the session. */
export const inTime = (windowMs: number): string =>
  windowMs === Infinity ? 'whenever you are back' : `if you are back within ${inWords(windowMs)}`

export const inWords = (durationMs: number): string => {
  if (durationMs === Infinity) return 'ever'
  const seconds = Math.round(durationMs / 1000)
  if (seconds < 120) return `${seconds} seconds`
  return `${Math.round(seconds / 60)} minutes`
}
