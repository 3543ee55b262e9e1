/**
 * Why this server ends a socket: the code and reason that the client sees, and what the README says of it. The names
 * are also the `reason` of the metric that counts them.
 */
export const closeReasons = {
  stopping: { code: 1001, reason: 'server stopping', meaning: 'the server was closed' },
  'text-only': { code: 1003, reason: 'text only', meaning: 'a binary frame' },
  'internal-error': { code: 1011, reason: 'internal error', meaning: 'our fault; logged, and told to `onError`' },
  malformed: {
    code: 4400,
    reason: 'malformed message',
    meaning: 'no JSON object with a type, or a field of the wrong shape or length',
  },
  'too-many-topics': { code: 4413, reason: 'too many topics', meaning: 'more than `maxTopicsPerSocket`' },
  'topic-full': { code: 4423, reason: 'topic full', meaning: '`maxSocketsPerTopic` are in it' },
  'too-many-messages': { code: 4429, reason: 'too many messages', meaning: 'the budget of the socket is spent' },
} as const satisfies { readonly [name: string]: CloseReason }

export type CloseReason = { readonly code: number; readonly reason: string; readonly meaning: string }

export type CloseReasonName = keyof typeof closeReasons
