import type { Clock } from '../clock.js'
import { isIceServer } from './ice-server.js'

export type TurnCredentialsOptions = {
  /** WebSocket addresses of signaling servers, with whatever token they need: asked in turn until one answers. */
  readonly signaling: readonly string[]
  readonly clock: Clock
  readonly fetch: typeof fetch
  /** No server gave any; asked again later. Told once until one does. */
  readonly onFailure: (url: string, reason: string) => void
}

export type TurnCredentials = {
  /** What connections are to be made with from now on: the same array, filled anew before what is in it expires. */
  readonly iceServers: readonly RTCIceServer[]
  readonly stop: () => void
}

/** How long a server may take to answer. */
const answerMs = 3000
/** They are fetched anew when this much of their time has passed: a connection may be long in the making. */
const usableShare = 0.75
/** Timers may stop while a machine sleeps, and what it has expires all the same. */
const lookAgainMs = 60_000
const retryMs = { first: 5000, longest: 60_000 }
/** The longest and the shortest time that asking anew makes sense for. */
const maxLifeMs = 24 * 60 * 60_000
const minLifeMs = 10_000

/**
 * TURN servers with credentials for a limited time, which signaling servers hand out at `GET /turn` as the draft
 * "A REST API For Access To TURN Services" (draft-uberti-behave-turn-rest) has it: `{ username, password, ttl, uris }`.
 * Resolves after the first answer, or the lack of one: without TURN most links can be made all the same. Never rejects.
 */
export const openTurnCredentials = async (options: TurnCredentialsOptions): Promise<TurnCredentials> => {
  const { signaling, clock } = options
  const iceServers: RTCIceServer[] = []
  const asking = new Set<AbortController>()
  let isStopped = false
  let cancel = () => {}
  let failures = 0

  const ask = async (url: string): Promise<Grant> => {
    const abort = new AbortController()
    asking.add(abort)
    const cancelTimeout = clock.schedule(() => abort.abort(new Error('no answer in time')), answerMs)
    try {
      const response = await options.fetch(url, { signal: abort.signal, cache: 'no-store' })
      if (!response.ok) throw new Error(`it answered ${response.status}`)
      const grant = readGrant(await response.json())
      if (!grant) throw new Error('its answer has no TURN credentials')
      return grant
    } finally {
      cancelTimeout()
      asking.delete(abort)
    }
  }

  const renew = async (): Promise<void> => {
    let reason = 'there is no address'
    let asked = ''
    for (const address of signaling) {
      asked = turnUrlOf(address)
      try {
        const { server, lifeMs } = await ask(asked)
        if (isStopped) return
        iceServers.splice(0, Infinity, server)
        failures = 0
        return again(lifeMs * usableShare)
      } catch (cause) {
        if (isStopped) return
        reason = cause instanceof Error ? cause.message : String(cause)
      }
    }
    if (failures++ === 0) options.onFailure(asked, `it gave no TURN credentials: ${reason}`)
    again(Math.min(retryMs.longest, retryMs.first * 2 ** (failures - 1)))
  }
  const again = (delayMs: number) => {
    const [wall, monotonic] = [clock.now(), clock.monotonic()]
    const look = () => {
      const leftMs = delayMs - Math.max(clock.now() - wall, clock.monotonic() - monotonic)
      if (leftMs <= 0) return void renew()
      cancel = clock.schedule(look, Math.min(leftMs, lookAgainMs))
    }
    look()
  }

  await renew()
  return {
    iceServers,
    stop: () => {
      isStopped = true
      cancel()
      for (const abort of asking) abort.abort()
    },
  }
}

type Grant = { readonly server: RTCIceServer; readonly lifeMs: number }

/** Null for what is no grant, or has an address that a connection would refuse. */
const readGrant = (answer: unknown): Grant | null => {
  const { username, password, ttl, uris } = Object(answer) as { readonly [field: string]: unknown }
  if (typeof username !== 'string' || typeof password !== 'string') return null
  if (!Array.isArray(uris) || !uris.every(uri => typeof uri === 'string')) return null
  if (typeof ttl !== 'number' || !(ttl > 0)) return null
  const server = { urls: uris, username, credential: password }
  return isIceServer(server) ? { server, lifeMs: Math.min(maxLifeMs, Math.max(minLifeMs, ttl * 1000)) } : null
}

/** Beside the WebSocket, with the same query, which may have a token in it. */
const turnUrlOf = (address: string): string => {
  const url = new URL(address)
  url.protocol = url.protocol === 'wss:' ? 'https:' : 'http:'
  url.pathname = `${url.pathname.replace(/\/$/, '')}/turn`
  return url.href
}
