import type { Clock } from './clock.js'

/** A budget that fills steadily up to a maximum; spending beyond it is refused. */
export type TokenBucket = {
  /** Takes `tokens` and is true, or takes nothing and is false. */
  take(tokens: number): boolean
}

/**
 * A full bucket of `capacity` tokens that gains `tokensPerSecond`. No timer: what came in meanwhile is counted
 * when somebody takes.
 */
export const createTokenBucket = (capacity: number, tokensPerSecond: number, clock: Clock): TokenBucket => {
  let level = capacity
  let countedAt = clock.monotonic()
  return {
    take: tokens => {
      const now = clock.monotonic()
      level = Math.min(capacity, level + ((now - countedAt) / 1000) * tokensPerSecond)
      countedAt = now
      if (tokens > level) return false
      level -= tokens
      return true
    },
  }
}
