import { SessionError, type AnySessionError } from './errors.js'
import type { RoomStatus } from './room-status.js'
import type { ReceivedMessage } from './session/messages.js'
import type { Departure, Peer } from './session/roster.js'
import type { ConflictEvent } from './store/conflicts.js'
import type { Json } from './store/value.js'

/** What `room.on` tells, by event. */
export type RoomEvents = {
  'peer-joined': { readonly peer: Peer }
  /**
   * `left`: it said goodbye, or was cut off here, and does not come back under this id. `lost`: it is missed, and might;
   * so it is told of who left without a link to this peer, too.
   */
  'peer-left': { readonly peer: Peer; readonly reason: Departure }
  /** Its name, role or metadata are others now. */
  'peer-updated': { readonly peer: Peer; readonly previous: Peer }
  message: ReceivedMessage
  status: RoomStatus
  /** A write of this peer, or a value that was visible here, lost against a concurrent one. */
  conflict: ConflictEvent
  /** How many transactions of this peer nobody else has yet, at each change. */
  pending: { readonly pending: number }
  /**
   * This peer was cut off for longer than the resume window, and so has left (SPEC SESSION12). `snapshot` is what it
   * held, by key, for the last time; it is gone from the store, which has the session that goes on.
   */
  'session-ended': {
    readonly reason: 'stale'
    readonly snapshot: { readonly [key: string]: Json }
    readonly sessionId: string
  }
  error: AnySessionError
}

export type RoomEmitter = {
  on<Event extends keyof RoomEvents>(event: Event, listener: (detail: RoomEvents[Event]) => void): () => void
  emit<Event extends keyof RoomEvents>(event: Event, detail: RoomEvents[Event]): void
}

/** Listeners that throw are told by `error`, and stop nobody else. */
export const createRoomEmitter = (): RoomEmitter => {
  const listeners = new Map<keyof RoomEvents, Set<(detail: never) => void>>()
  const emit: RoomEmitter['emit'] = (event, detail) => {
    const those = listeners.get(event)
    // Not those that are added meanwhile: one that listens anew whenever it is told would be told without end.
    const present = [...(those ?? [])]
    for (const listener of present)
      try {
        if (those?.has(listener)) listener(detail as never)
      } catch (cause) {
        // A listener of `error` that throws is for the page to report: telling it would be telling it to itself.
        if (event === 'error') globalThis.reportError?.(cause)
        else emit('error', new SessionError('listener-failed', `A listener of ${event} threw.`, { event }, cause))
      }
  }
  return {
    emit,
    on: (event, listener) => {
      const those = listeners.get(event) ?? new Set()
      listeners.set(event, those)
      // One of its own, so that the same function may listen twice and stop once.
      const own = (detail: never) => listener(detail)
      those.add(own)
      return () => void those.delete(own)
    },
  }
}
