import type { JsonObject } from '../../store/value.js'
import { noMetadata, type HMSStore, type HMSWebPeer } from './state.js'

type State = Omit<HMSStore, 'sessionStore'>

/** All keys that are observed or were set here. */
export function selectSessionStore<S extends object>(): (state: HMSStore<{ sessionStore: S }>) => Partial<S>
/**
 * The value of a key; undefined where it is not set. The store that it is used with tells which keys there are. A listener
 * that `subscribe` takes before it has to name the type of its parameter: TypeScript looks at it first.
 */
export function selectSessionStore<S extends object, K extends keyof S & string>(
  key: K,
): (state: HMSStore<{ sessionStore: S }>) => S[K] | undefined
export function selectSessionStore(key?: string) {
  return ({ sessionStore }: HMSStore<{ sessionStore: Record<string, unknown> }>) => {
    // The empty text is a key like others, if one that nobody can set.
    if (key === undefined) return sessionStore
    return Object.hasOwn(sessionStore, key) ? sessionStore[key] : undefined
  }
}

/** @deprecated The key `default` of the session store; undefined if it is not set. */
export const selectSessionMetadata = (state: State): unknown => state.sessionMetadata

/** True from join until leave, also while the network is away. */
export const selectIsConnectedToRoom = (state: State): boolean => state.room.isConnected

/** Everybody, the local peer first. */
export const selectPeers = (state: State): readonly HMSWebPeer[] => state.peers

export const selectLocalPeer = (state: State): HMSWebPeer | undefined => state.peers.find(({ isLocal }) => isLocal)

export const selectRemotePeers = (state: State): readonly HMSWebPeer[] => state.remotePeers

export const selectPeerByID =
  (peerId: string) =>
  (state: State): HMSWebPeer | undefined =>
    state.peers.find(({ id }) => id === peerId)

/** The metadata of a peer as the object that its JSON holds; empty if it holds none. */
export const selectPeerMetadata =
  (peerId: string) =>
  (state: State): JsonObject =>
    state.peerMetadata.get(peerId) ?? noMetadata
