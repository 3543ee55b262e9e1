import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Addresses } from './addresses.js'
import type { Entry } from './doorkeeper.js'
import type { CloseName, RefusalName } from './rejections.js'
import type { Visitor } from './socket.js'

/** Looks at a handshake. Its seat, if it gets one, is left when the stream closes, whatever becomes of it. */
export type Admission = (request: IncomingMessage, stream: Duplex) => Promise<Verdict>

export type Verdict = Admitted | { readonly do: 'refuse'; readonly why: RefusalName; readonly address: string }

export type Admitted = {
  readonly do: 'admit'
  readonly visitor: Visitor
  /** Why it is closed as soon as it is open: of an HTTP answer a browser shows the page nothing, of a close all. */
  readonly closeWith: CloseName | null
}

/** Who sends no origin is no browser, and could send any: an allow-list keeps out other people's pages, no programs. */
export const createOriginCheck = (origins: readonly string[]): ((request: IncomingMessage) => boolean) => {
  const allowed = new Set(origins)
  return ({ headers: { origin } }) => allowed.size > 0 && origin !== undefined && !allowed.has(origin)
}

export type AdmissionOptions = {
  /** Whether it comes from somebody else's page. */
  readonly isForeign: (request: IncomingMessage) => boolean
  readonly addresses: Addresses
  readonly addressOf: (request: IncomingMessage) => string
  readonly isMoving: () => boolean
  readonly lookAtToken: (request: IncomingMessage) => Promise<Entry>
}

/** The cheapest questions first. */
export const createAdmission = (options: AdmissionOptions): Admission => {
  const { isForeign, addresses, addressOf, isMoving, lookAtToken } = options

  return async (request, stream) => {
    const address = addressOf(request)
    const refuse = (why: RefusalName): Verdict => ({ do: 'refuse', why, address })
    if (isMoving()) return refuse('server-moving')
    if (isForeign(request)) return refuse('foreign-origin')
    if (await addresses.isHasty(address)) return refuse('too-many-handshakes')
    // It may have gone by now, and then it never closes again.
    if (stream.destroyed) return refuse('server-moving')
    const seat = addresses.takeSeat(address)
    if (typeof seat === 'string') return refuse(seat)
    stream.once('close', () => seat.leave())
    const entry = await lookAtToken(request)
    // Keys may have been asked for, and the server may be about to stop by now.
    if (isMoving()) return refuse('server-moving')
    if (entry.is === 'unchecked') return refuse('keys-unreachable')
    const visitor = { address, budget: seat.budget, access: entry.access }
    return { do: 'admit', visitor, closeWith: entry.is === 'unwelcome' ? entry.why : null }
  }
}
