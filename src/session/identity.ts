/** Enough for ids that never meet by chance: 36^12. */
const idLength = 12

export const createId = (random: () => number): string =>
  Array.from({ length: idLength }, () => Math.floor(random() * 36).toString(36)).join('')

/** An id that sorts by the time when the session began. */
export const createSessionId = (startedAt: number, random: () => number): string =>
  `${startedAt.toString(36).padStart(9, '0')}-${createId(random)}`

/** When a session began, by the wall clock of who began it, in milliseconds since 1970. */
export const startedAtOf = (sessionId: string): number => Number.parseInt(sessionId, 36)

/** What a peer says of the session that it is in. */
export type SessionClaim = {
  readonly sessionId: string
  /** False while it is joining, and the id no more than a proposal. */
  readonly founded: boolean
}

/** Which session this is (SPEC SESSION). */
export type Identity = {
  readonly claim: SessionClaim
  /** This peer has joined: what it holds is a session, be it its own or one that it adopted. */
  found(): void
  /** Another peer's claim. True if this peer goes by another id from now on. */
  meet(theirs: SessionClaim): boolean
}

/** @param claim A proposal, or a session that this peer is in already. */
export const createIdentity = (claim: SessionClaim): Identity => {
  return {
    get claim() {
      return claim
    },
    found: () => {
      claim = { ...claim, founded: true }
    },
    meet: ({ sessionId, founded }) => {
      // A session beats a proposal, or a newcomer whose clock is slow would rename the room.
      const isStronger = founded === claim.founded ? sessionId < claim.sessionId : founded
      if (!isStronger) return false
      const hasChanged = sessionId !== claim.sessionId
      claim = { sessionId, founded }
      return hasChanged
    },
  }
}
