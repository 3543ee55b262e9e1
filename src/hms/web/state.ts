import { makeObject, toJson, type Json, type JsonObject } from '../../store/value.js'
import type { HMSPeer } from '../peer.js'

/** The types of an app: `sessionStore` is an interface of its keys and their values. */
export type HMSGenericTypes = { readonly sessionStore: object }
/** Of an app that names none. */
export type AnySessionStore = { readonly sessionStore: Readonly<Record<string, Json>> }

/** Somebody in the room, by the names of the Web. The same object for as long as nothing of it changes. */
export type HMSWebPeer = {
  readonly id: string
  readonly name: string
  readonly isLocal: boolean
  readonly roleName: string
  readonly metadata: string | undefined
  readonly customerUserId: string | undefined
  readonly joinedAt: Date
}

/**
 * What selectors read: the projection of a room, which gives each thing an identity that changes with it. This is all
 * that the Web flavour keeps of what the room has. It is frozen, and replaced where it changes.
 */
export type HMSStore<T extends HMSGenericTypes = AnySessionStore> = {
  readonly room: { readonly id: string; readonly name: string; readonly isConnected: boolean }
  /** Everybody, the local peer first. */
  readonly peers: readonly HMSWebPeer[]
  readonly remotePeers: readonly HMSWebPeer[]
  /** What each peer's metadata holds as JSON, by id. */
  readonly peerMetadata: ReadonlyMap<string, JsonObject>
  /** The key `default`; undefined if it is not set. */
  readonly sessionMetadata: unknown
  /** The keys that are observed or were set by this peer, where they have a value. */
  readonly sessionStore: Partial<T['sessionStore']>
}

/** The state outside of a room. */
export const noRoom: HMSStore = Object.freeze({
  room: Object.freeze({ id: '', name: '', isConnected: false }),
  peers: Object.freeze([]),
  remotePeers: Object.freeze([]),
  peerMetadata: new Map(),
  sessionMetadata: undefined,
  sessionStore: Object.freeze({}),
})

export const toWebPeer = (peer: HMSPeer): HMSWebPeer =>
  Object.freeze({
    id: peer.peerId,
    name: peer.name,
    isLocal: peer.isLocal,
    roleName: peer.role.name,
    metadata: peer.metadata ?? undefined,
    customerUserId: peer.customerUserId ?? undefined,
    joinedAt: peer.joinedAt,
  })

/** With this peer as it is now. The same state if nothing of it is new. */
export const withPeer = (state: HMSStore, peer: HMSWebPeer): HMSStore => {
  const before = state.peers.find(({ id }) => id === peer.id)
  if (!before) return withPeers(state, [...state.peers, peer])
  if (isSamePeer(before, peer)) return state
  return withPeers(
    state,
    state.peers.map(other => (other === before ? peer : other)),
  )
}

export const withoutPeer = (state: HMSStore, peerId: string): HMSStore =>
  withPeers(
    state,
    state.peers.filter(({ id }) => id !== peerId),
  )

export const withPeers = (state: HMSStore, peers: readonly HMSWebPeer[]): HMSStore => {
  const metadataOf = (peer: HMSWebPeer): JsonObject => {
    const parsed = state.peerMetadata.get(peer.id)
    const before = state.peers.find(({ id }) => id === peer.id)
    return parsed && before?.metadata === peer.metadata ? parsed : parseMetadata(peer.metadata)
  }
  return Object.freeze({
    ...state,
    peers: Object.freeze(peers),
    remotePeers: Object.freeze(peers.filter(({ isLocal }) => !isLocal)),
    peerMetadata: new Map(peers.map(peer => [peer.id, metadataOf(peer)])),
  })
}

/** With this value under a key of the session store; null takes the key away. */
export const withValue = (state: HMSStore, key: string, value: Json | null): HMSStore => {
  const { sessionStore } = state
  const before = Object.hasOwn(sessionStore, key) ? sessionStore[key] : null
  if (before === value) return state
  const others = Object.entries(sessionStore).filter(([name]) => name !== key) as [string, Json][]
  return Object.freeze({ ...state, sessionStore: makeObject(value === null ? others : [...others, [key, value]]) })
}

const isSamePeer = (a: HMSWebPeer, b: HMSWebPeer): boolean =>
  a.name === b.name &&
  a.roleName === b.roleName &&
  a.metadata === b.metadata &&
  a.customerUserId === b.customerUserId &&
  a.joinedAt.getTime() === b.joinedAt.getTime()

export const noMetadata: JsonObject = Object.freeze({})

const parseMetadata = (metadata: string | undefined): JsonObject => {
  try {
    const json = toJson(JSON.parse(metadata ?? '{}'))
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as JsonObject) : noMetadata
  } catch {
    // It is the text of an app, and need not be JSON.
    return noMetadata
  }
}
