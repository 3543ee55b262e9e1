import { createHmac } from 'node:crypto'

export type TurnCredentialsOptions = {
  /** The same as coturn's `static-auth-secret`. */
  readonly secret: string
  /** What clients may connect to: `turn:` and `turns:` addresses. */
  readonly uris: readonly string[]
  readonly ttlSeconds: number
  /** Who they are for, for the TURN server's log and quotas; it is no secret. */
  readonly user: string
  readonly nowMs: number
}

/** What clients are answered, as the draft "A REST API For Access To TURN Services" has it. */
export type TurnCredentials = {
  readonly username: string
  readonly password: string
  /** Seconds. */
  readonly ttl: number
  readonly uris: readonly string[]
}

/**
 * Credentials that a TURN server with the same secret takes until they expire (draft-uberti-behave-turn-rest-00, 2.2;
 * coturn's `use-auth-secret`): the time of expiry is in the name, and the password is its HMAC-SHA1.
 */
export const createTurnCredentials = (options: TurnCredentialsOptions): TurnCredentials => {
  const { secret, uris, ttlSeconds, user, nowMs } = options
  const username = `${Math.floor(nowMs / 1000) + ttlSeconds}:${user}`
  return { username, password: createHmac('sha1', secret).update(username).digest('base64'), ttl: ttlSeconds, uris }
}
