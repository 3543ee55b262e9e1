import type { Clock } from '../clock.js'

export type ResumeWindowOptions = {
  readonly clock: Clock
  /** How long a peer may be cut off and still be part of the session. Up to Infinity. */
  readonly windowMs: number
  /** When this peer was last in the room, by the wall clock: what a copy of it tells. Infinity: it never was. */
  readonly connectedAt?: number
}

/**
 * `in`: part of the session, as far as can be known. `doubtful`: it may have been away for too long; nothing may be
 * sent until that is known. `stale`: it was, and has left the session by that.
 */
export type Standing = 'in' | 'doubtful' | 'stale'

/** What shows that a peer is in the room. */
export type Evidence =
  /** A timer of its own ran while there was no link, and a signaling server that answers said that nobody else is there. */
  | 'alone'
  /** A timer of its own ran while there was a link, or a signaling server that answers, and somebody may be there. */
  | 'tick'
  /** Something arrived over a link, or one opened by a signaling server that was there all the time. */
  | 'heard'
  /** Who was linked before the doubt began has answered a question that was asked since. */
  | 'answered'
  /** There was neither link nor signaling, and now there is. */
  | 'return'

/**
 * Judges whether this peer was cut off for so long that it has left (SPEC SESSION11): neither link nor signaling, by
 * the larger of wall and monotonic time, as timers and the monotonic clocks of some machines stop while these sleep.
 * Who sleeps does not see its connections go. So time that passed unseen while there were some counts as well, by
 * the monotonic clock; by the wall clock alone it may be no more than that clock having been set, and then it is
 * those at the other ends of its links who can tell. Browsers freeze pages that nobody looks at, and keep their sockets:
 * one that finds its own still there, and nobody else, has missed nobody.
 */
export type ResumeWindow = {
  judge(evidence: Evidence): Standing
  /** This peer has left by that, and comes as somebody new. */
  restart(): void
  /** When this peer was last in the room, by the wall clock; Infinity if it never was. */
  readonly connectedAt: number
}

/** Timers are this late at times, without anything being wrong. */
const patienceMs = 2000
/** What signaling has to tell, or a socket that is gone, is known by then. */
const aloneMs = 5000
/** What was on the way before a sleep arrives at once after it, and proves nothing. */
const proofMs = 1000

export const createResumeWindow = ({ clock, windowMs, connectedAt = Infinity }: ResumeWindowOptions): ResumeWindow => {
  let last = connectedAt === Infinity ? null : { wall: connectedAt, monotonic: clock.monotonic() }
  let doubtfulSince: number | null = null

  const isIn = (): Standing => {
    last = { wall: clock.now(), monotonic: clock.monotonic() }
    doubtfulSince = null
    return 'in'
  }

  return {
    get connectedAt() {
      return last?.wall ?? Infinity
    },
    restart: () => {
      last = null
      doubtfulSince = null
    },
    judge: evidence => {
      if (!last) return isIn()
      const wallMs = clock.now() - last.wall
      const ranMs = clock.monotonic() - last.monotonic
      if (evidence === 'return') return Math.max(wallMs, ranMs) > windowMs ? 'stale' : isIn()
      const unseenMs = Math.max(windowMs, patienceMs)
      if (doubtfulSince === null && Math.max(wallMs, ranMs) <= unseenMs) return isIn()
      doubtfulSince ??= clock.monotonic()
      const doubtfulMs = clock.monotonic() - doubtfulSince
      if (evidence === 'alone') return doubtfulMs >= aloneMs ? isIn() : 'doubtful'
      if (ranMs - doubtfulMs > unseenMs) return 'stale'
      if (evidence === 'answered') return isIn()
      return evidence === 'heard' && doubtfulMs >= proofMs ? isIn() : 'doubtful'
    },
  }
}
