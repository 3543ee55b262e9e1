/**
 * The one in the centre. Who is lit follows from the key and from who is here: a spotlight goes dark as soon as its
 * peer is missed, is back with it, and waits for a peer that is not known yet. None of that is written, so a link that
 * is gone for a moment, or a partition, leaves no trace in the room. The key is cleared only when somebody has said
 * goodbye, or has been missed for so long that they have left, by one of those who are here and are not cut off themselves.
 */

import { systemClock, type AnyRoom, type Clock, type Peer } from '../../src/index.js'
import type { SessionKeys } from '../../src/hms/session-keys.js'
import { codeOf } from './error-code.js'
import type { RecipeStore } from './recipe-store.js'

const key: keyof SessionKeys = 'spotlight'

/** What the key says, be that somebody here or not; null if it says nothing. An empty text is how some clear it. */
export const spotlightIn = (store: RecipeStore): string | null => {
  const value = store.get(key)
  return typeof value === 'string' && value !== '' ? value : null
}

export type SpotlightRoom = Pick<AnyRoom, 'store' | 'self' | 'peers' | 'status' | 'on'>

export type SpotlightOptions = {
  /** What the key calls a peer by. Default: its id, which nobody has again who has said goodbye. */
  readonly idOf?: (peer: Peer) => string
  /**
   * How long somebody has to be missed before the key is cleared, in milliseconds. Default: 5 minutes, which is the
   * usual resume window, after which a peer comes back under another id. For ids that survive a reload take less, or
   * who comes back much later is in the spotlight again.
   */
  readonly clearAfterMs?: number
  readonly clock?: Clock
}

export type Spotlight = {
  /** What the key says (`spotlightIn`). */
  readonly id: string | null
  /** Who is lit here: null as long as that peer is not here. */
  readonly peer: Peer | null
  put(id: string): void
  clear(): void
  /** Calls `listener` now, and whenever one of the two may have changed. The result ends it. */
  observe(listener: () => void): () => void
  /** Leaves the key to the others. Call it before `room.leave()`. */
  stop(): void
}

/** Timers that are to wait longer do not wait at all. These are some 25 days. */
const maxWaitMs = 2 ** 31 - 1

/** Each page waits that much longer than the one whose peer id stands before its own, so that one of them writes. */
const turnMs = 1000

export const createSpotlight = (room: SpotlightRoom, options: SpotlightOptions = {}): Spotlight => {
  const { idOf = ({ id }) => id, clearAfterMs = 5 * 60_000, clock = systemClock } = options
  const { store } = room
  const listeners = new Set<() => void>()
  /** Who was never here is not missed but waited for. */
  const known = new Set<string>()
  /** Peers that said goodbye. Under ids that survive a reload they may be back in a moment, and are missed like others. */
  const gone = new Set<string>()
  let countdown: { readonly id: string; readonly cancel: () => void } | null = null

  const everybody = () => [room.self, ...room.peers]
  const findPeer = (id: string | null) => everybody().find(peer => idOf(peer) === id) ?? null

  /** Who is missed here, and not because this page is cut off itself. */
  const missedId = (): string | null => {
    const id = spotlightIn(store)
    if (id === null || !known.has(id) || findPeer(id) || room.status.signaling !== 'connected') return null
    return id
  }
  const turn = () =>
    everybody()
      .map(({ id }) => id)
      .sort()
      .indexOf(room.self.id)
  const look = () => {
    for (const peer of everybody()) known.add(idOf(peer))
    const id = missedId()
    if (id !== (countdown?.id ?? null)) {
      // Whatever changes what is missed is told, so what is still counted down is still missed in the end.
      countdown?.cancel()
      const waitMs = () => (id !== null && gone.has(id) ? 0 : clearAfterMs) + turn() * turnMs
      countdown = id === null ? null : { id, cancel: clock.schedule(clearMissed, Math.min(waitMs(), maxWaitMs)) }
    }
    for (const listener of listeners) listener()
  }
  const clearMissed = () => {
    countdown = null
    try {
      store.delete(key)
    } catch (error) {
      // The room was left, and this was not stopped.
      if (codeOf(error) !== 'left') throw error
      stop()
    }
  }

  const stops = [
    store.observe(key, look),
    room.on('peer-joined', look),
    room.on('peer-left', ({ peer, reason }) => {
      if (reason === 'left' && !options.idOf) gone.add(peer.id)
      look()
    }),
    room.on('peer-updated', look),
    room.on('status', look),
  ]
  const stop = () => {
    for (const end of stops) end()
    countdown?.cancel()
    countdown = null
    listeners.clear()
  }

  return {
    get id() {
      return spotlightIn(store)
    },
    get peer() {
      return findPeer(spotlightIn(store))
    },
    put: id => store.set(key, id),
    clear: () => store.delete(key),
    observe: listener => {
      listeners.add(listener)
      listener()
      return () => listeners.delete(listener)
    },
    stop,
  }
}
