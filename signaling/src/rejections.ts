/**
 * Every way in which this server turns somebody away: what the client sees, and what the README says of it. The names
 * are the `reason` of the metric that counts them.
 */

/** Answers to a handshake, before there is a socket. A browser shows the page no more than that it failed (1006). */
export const refusals = {
  'server-moving': { status: 503, meaning: 'the server is about to stop' },
  'server-full': { status: 503, meaning: '`maxSockets` are open' },
  'address-full': { status: 429, meaning: '`maxSocketsPerAddress` are open from this address' },
  'too-many-handshakes': { status: 429, meaning: '`maxHandshakesPerMinute` came from this address' },
  'keys-unreachable': { status: 503, meaning: 'the keys that tokens are checked with cannot be had' },
  'foreign-origin': { status: 403, meaning: 'a page whose origin is not among `origins`' },
} as const satisfies { readonly [name: string]: { readonly status: number; readonly meaning: string } }

/** Closes that we send, with their reasons. */
export const closeReasons = {
  'server-stopping': { code: 1001, reason: 'server stopping', meaning: 'the server was closed' },
  'server-moved': { code: 1012, reason: 'server moving', meaning: 'the server is stopping; connect again' },
  'text-only': { code: 1003, reason: 'text only', meaning: 'a binary frame' },
  'internal-error': { code: 1011, reason: 'internal error', meaning: 'our fault; logged, and told to `onError`' },
  malformed: {
    code: 4400,
    reason: 'malformed message',
    meaning: 'no JSON object with a type, or a field of the wrong shape or length',
  },
  'token-required': { code: 4401, reason: 'token required', meaning: 'the topic, or every topic, needs a token' },
  'not-allowed': {
    code: 4403,
    reason: 'not allowed',
    meaning: 'the token names other rooms or another peer, or its role may not do that',
  },
  'too-many-topics': { code: 4413, reason: 'too many topics', meaning: 'more than `maxTopicsPerSocket`' },
  'token-expired': { code: 4419, reason: 'token expired', meaning: 'it was expired, or expired meanwhile' },
  'topic-full': { code: 4423, reason: 'topic full', meaning: '`maxSocketsPerTopic` are in it' },
  'too-many-messages': {
    code: 4429,
    reason: 'too many messages',
    meaning: 'the budget of the socket, or of its address, is spent',
  },
  'token-invalid': { code: 4498, reason: 'token invalid', meaning: 'no token, or not one that this server goes by' },
} as const satisfies { readonly [name: string]: CloseReason }

/** Closes that ws sends by itself. */
export const brokenFrames = {
  'broken-frame': {
    code: 1002,
    meaning: 'not a WebSocket frame (1002), not UTF-8 (1007), or in over 1,024 parts (1008)',
  },
  'too-large': { code: 1009, meaning: 'a frame over 64 KiB' },
} as const

/** Sockets that are cut without a close frame, which would only wait behind what is not being read. */
export const drops = {
  'too-slow': { code: 1006, meaning: 'more than `maxBufferedBytes` wait for it' },
  silent: { code: 1006, meaning: 'no answer to a ping' },
} as const

export type CloseReason = { readonly code: number; readonly reason: string; readonly meaning: string }

export type RefusalName = keyof typeof refusals
export type CloseName = keyof typeof closeReasons
export type RejectionName = RefusalName | CloseName | keyof typeof brokenFrames | keyof typeof drops
