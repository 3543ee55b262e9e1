import type { Policy } from './policy.js'
import type { CloseName } from './rejections.js'
import type { Grant } from './tokens.js'

/** What one socket may do, by the token that it came with, if any. */
export type Access = {
  /** Why it may not subscribe to the topic, as this peer or, without one, plainly; null if it may. */
  refusalOf(topic: string, peer: string | undefined): CloseName | null
  mayPublish(topic: string): boolean
  /** When it ends, in wall-clock milliseconds; null for one without a token. */
  readonly expiresAt: number | null
}

export const createAccess = (policy: Policy, grant: Grant | null): Access => ({
  refusalOf: (topic, peer) => {
    if (!policy.needsToken(topic)) return null
    if (grant === null) return 'token-required'
    if (!grant.rooms.has(topic)) return 'not-allowed'
    if (peer === undefined) return null
    // Who is listed as a member is dialled, and an observer could not answer.
    const isItself = grant.peer === null || grant.peer === peer
    return grant.role === 'peer' && isItself ? null : 'not-allowed'
  },
  mayPublish: topic => grant?.role !== 'observer' || !policy.needsToken(topic),
  expiresAt: grant?.expiresAt ?? null,
})
