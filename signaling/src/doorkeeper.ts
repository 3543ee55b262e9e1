import type { IncomingMessage } from 'node:http'
import { createAccess, type Access } from './access.js'
import type { Log } from './log.js'
import { createPolicy } from './policy.js'
import type { CloseName } from './rejections.js'
import type { Settings } from './settings.js'
import { createTokenReader } from './tokens.js'

/** What a handshake comes with is good for. */
export type Entry =
  | { readonly is: 'welcome'; readonly access: Access }
  | { readonly is: 'unwelcome'; readonly why: CloseName; readonly access: Access }
  /** Its token cannot be checked now. */
  | { readonly is: 'unchecked' }

/**
 * Looks at the token of a handshake: the `token` of the address's query. There, because it is the one place that every
 * client can reach: a browser's WebSocket takes no headers, and y-webrtc gives it the address alone, so no
 * subprotocol either. An address may end up in the logs of proxies (never in ours), so tokens should end soon.
 */
export const createDoorkeeper = (
  settings: Settings,
  log: Pick<Log, 'warn'>,
): ((request: IncomingMessage) => Promise<Entry>) => {
  const readToken = createTokenReader(settings)
  const policy = createPolicy(settings.policy, readToken !== null)
  const stranger = createAccess(policy, null)
  let keys: 'at hand' | 'away' = 'at hand'

  /** Once, however many come meanwhile. */
  const missKeys = (error: unknown): Entry => {
    if (keys === 'at hand') log.warn({ err: error }, 'tokens cannot be checked')
    keys = 'away'
    return { is: 'unchecked' }
  }

  return async ({ url = '' }) => {
    const token = new URLSearchParams(url.split('?')[1]).get('token')
    if (readToken === null) return { is: 'welcome', access: stranger }
    if (token === null) {
      if (policy.hasOpenTopics) return { is: 'welcome', access: stranger }
      return { is: 'unwelcome', why: 'token-required', access: stranger }
    }
    const reading = await readToken(token)
    switch (reading.is) {
      case 'valid':
        keys = 'at hand'
        return { is: 'welcome', access: createAccess(policy, reading.grant) }
      case 'refused':
        return { is: 'unwelcome', why: reading.why, access: stranger }
      case 'unchecked':
        return missKeys(reading.error)
    }
  }
}
