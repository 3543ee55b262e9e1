import { failure, toHMSException, type HMSException } from './exception.js'
import type { HMSMessage } from './message.js'
import type { HMSPeer, HMSPeerUpdate, HMSRoom, HMSRoomUpdate } from './peer.js'
import type { HMSSessionStore } from './session-store.js'

/** Told what happens in the room. In this order at each join: the store, the room, the peers that are there. */
export type HMSUpdateListener = {
  /** Once per join, before `onJoin`; at once for a listener that is added later. */
  onSessionStoreAvailable?(update: { readonly hmsSessionStore: HMSSessionStore }): void
  onJoin?(update: { readonly room: HMSRoom }): void
  /** Somebody came or left or, the local peer too, says something else of itself. */
  onPeerUpdate?(update: { readonly peer: HMSPeer; readonly update: HMSPeerUpdate }): void
  /** Once at join with all who are there, if anybody is; then with each who comes or leaves. */
  onPeerListUpdate?(update: {
    readonly addedPeers: readonly HMSPeer[]
    readonly removedPeers: readonly HMSPeer[]
  }): void
  onRoomUpdate?(update: { readonly room: HMSRoom; readonly update: HMSRoomUpdate }): void
  /** A message of somebody else. */
  onMessage?(update: { readonly message: HMSMessage }): void
  /** No link and no signaling: reading and writing go on, and merge later. */
  onReconnecting?(): void
  onReconnected?(): void
  onHMSError?(update: { readonly error: HMSException }): void
  /**
   * The room is left, and nobody of the app asked for it: this peer was cut off for longer than the resume window, and
   * the session goes on without it, or is over. `onHMSError` (1003, terminal) was told before.
   */
  onRemovedFromRoom?(update: { readonly hmsPeerRemovedFromPeer: HMSPeerRemovedFromPeer }): void
}

/** `peerWhoRemoved` is null, as without a server nobody can remove somebody else. */
export type HMSPeerRemovedFromPeer = {
  readonly peerWhoRemoved: HMSPeer | null
  readonly reason: string
  readonly roomWasEnded: boolean
}

/** Who listens to the updates of an SDK. What one of them throws is told by `onHMSError`, and stops no other. */
export type UpdateListeners = {
  /** False if it is there already. @throws HMSException 6004 for what is no listener */
  add(listener: HMSUpdateListener): boolean
  remove(listener: HMSUpdateListener): void
  /** Whether somebody is told of this. */
  has(name: keyof HMSUpdateListener): boolean
  /** Calls one member of each that has it. */
  tell: TellUpdate
  /** Calls whatever listener of the app. */
  readonly guard: (call: () => void) => void
}

export type TellUpdate = <Name extends keyof HMSUpdateListener>(name: Name, ...update: UpdateOf<Name>) => void

type UpdateOf<Name extends keyof HMSUpdateListener> = Parameters<NonNullable<HMSUpdateListener[Name]>>

export const createUpdateListeners = (): UpdateListeners => {
  const listeners = new Set<HMSUpdateListener>()

  const attempt = (call: () => void, onFailure: (cause: unknown) => void) => {
    try {
      call()
    } catch (cause) {
      onFailure(cause)
    }
  }
  // Who fails at being told of a failure is for the page to report.
  const report = (cause: unknown) => globalThis.reportError?.(cause)
  const guard = (call: () => void) =>
    attempt(call, cause => {
      const error = toHMSException(cause, 'LISTENER')
      for (const listener of listeners) attempt(() => listener.onHMSError?.({ error }), report)
    })

  const having = (name: keyof HMSUpdateListener) =>
    [...listeners].filter(listener => typeof listener[name] === 'function')

  return {
    has: name => having(name).length > 0,
    add: listener => {
      if (typeof listener !== 'object' || listener === null)
        throw failure('invalidArgument', 'addUpdateListener', 'A listener is an object with the members to be called.')
      const isNew = !listeners.has(listener)
      listeners.add(listener)
      return isNew
    },
    remove: listener => void listeners.delete(listener),
    guard,
    tell: (name, ...update) => {
      // They may add and remove each other meanwhile: who was added meanwhile heard of it by itself.
      for (const listener of having(name)) {
        const call = () => (listener[name] as (...of: typeof update) => void)(...update)
        if (!listeners.has(listener)) continue
        if (name === 'onHMSError') attempt(call, report)
        else guard(call)
      }
    },
  }
}
