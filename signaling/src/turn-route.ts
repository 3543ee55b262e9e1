import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Entry } from './doorkeeper.js'
import type { Answer, Route } from './http-routes.js'
import { refusals, type RefusalName, type RejectionName } from './rejections.js'
import type { Settings } from './settings.js'
import { createTurnCredentials } from './turn-credentials.js'

export type TurnRouteOptions = {
  readonly settings: Settings
  readonly isForeign: (request: IncomingMessage) => boolean
  /** Counts it like a handshake; resolves with whether there were too many from there in this minute. */
  readonly isHasty: (request: IncomingMessage) => Promise<boolean>
  readonly lookAtToken: (request: IncomingMessage) => Promise<Entry>
  readonly onRefused: (why: RejectionName) => void
}

/** `GET /turn`: credentials for the TURN server, as JSON, for as long as the token may be used at most. */
export const createTurnRoute = (options: TurnRouteOptions): Route | null => {
  const { turnSecret: secret, turnUris: uris, turnTtlMs, origins, clock, tokenSecret, tokenJwks } = options.settings
  if (secret === undefined) return null
  // Whatever topics are open: relaying costs.
  const needsToken = tokenSecret !== undefined || tokenJwks !== undefined

  const refusalOf = async (request: IncomingMessage): Promise<RejectionName | Extract<Entry, { is: 'welcome' }>> => {
    if (options.isForeign(request)) return 'foreign-origin'
    if (await options.isHasty(request)) return 'too-many-handshakes'
    const entry = await options.lookAtToken(request)
    if (entry.is === 'unchecked') return 'keys-unreachable'
    if (entry.is === 'unwelcome') return entry.why
    return needsToken && entry.access.expiresAt === null ? 'token-required' : entry
  }

  return async request => {
    const headers = corsHeaders(origins, request.headers.origin)
    const entry = await refusalOf(request)
    if (typeof entry === 'string') {
      options.onRefused(entry)
      return { status: statusOf(entry), text: `${entry}\n`, headers }
    }
    const nowMs = clock.now()
    const lifeMs = Math.min(turnTtlMs, (entry.access.expiresAt ?? Infinity) - nowMs)
    const user = randomBytes(6).toString('hex')
    const credentials = createTurnCredentials({
      secret,
      uris,
      ttlSeconds: Math.max(1, Math.floor(lifeMs / 1000)),
      user,
      nowMs,
    })
    return { status: 200, text: JSON.stringify(credentials), contentType: 'application/json', headers } satisfies Answer
  }
}

const statusOf = (why: RejectionName): number => (why in refusals ? refusals[why as RefusalName].status : 401)

/** Pages of another origin than the server's may read the answer, if they may connect at all. */
const corsHeaders = (origins: readonly string[], origin: string | undefined): Record<string, string> => {
  if (origins.length === 0) return { 'Access-Control-Allow-Origin': '*' }
  return {
    Vary: 'Origin',
    ...(origin !== undefined && origins.includes(origin) && { 'Access-Control-Allow-Origin': origin }),
  }
}
