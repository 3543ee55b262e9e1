import type { AnyRoom } from '../room.js'
import { startedAtOf } from '../session/identity.js'
import type { Peer } from '../session/roster.js'

/** A role is what the app calls it; it carries no permissions, as nobody could enforce them. */
export type HMSRole = { readonly name: string }

/** Somebody in the room, as they were when this was made. */
export type HMSPeer = {
  readonly peerId: string
  readonly name: string
  readonly isLocal: boolean
  readonly role: HMSRole
  /** What the peer said of itself at join, or by `changeMetadata`; JSON text for who joined by `joinRoom`. */
  readonly metadata: string | null
  readonly customerUserId: string | null
  readonly joinedAt: Date
}

export type HMSRoom = {
  readonly id: string
  readonly name: string
  /** Another one for each session: from the first peer in an empty room to the last one out. */
  readonly sessionId: string
  readonly startedAt: Date
  readonly peerCount: number
  /** Everybody, the local peer first. */
  readonly peers: readonly HMSPeer[]
  readonly hmsLocalPeer: HMSPeer
}

export type HMSPeerUpdate = 'metadataChanged' | 'nameChanged' | 'peerJoined' | 'peerLeft' | 'roleUpdated'
export const HMSPeerUpdate = {
  metadataChanged: 'metadataChanged',
  nameChanged: 'nameChanged',
  peerJoined: 'peerJoined',
  peerLeft: 'peerLeft',
  roleUpdated: 'roleUpdated',
} as const satisfies { readonly [Update in HMSPeerUpdate]: Update }

export type HMSRoomUpdate = 'roomPeerCountUpdated'
export const HMSRoomUpdate = { roomPeerCountUpdated: 'roomPeerCountUpdated' } as const satisfies {
  readonly [Update in HMSRoomUpdate]: Update
}

/** Others say when something was. What no Date can hold would throw in whoever shows it: it is the beginning of time. */
export const toDate = (ms: number): Date => new Date(Number.isNaN(new Date(ms).getTime()) ? 0 : ms)

export const toHMSPeer = (room: AnyRoom, peer: Peer): HMSPeer => {
  const { metaData, customerUserId, ...others } = peer.metadata
  const json = Object.keys(others).length > 0 ? JSON.stringify(others) : null
  return {
    peerId: peer.id,
    name: peer.name,
    isLocal: peer.id === room.self.id,
    role: { name: peer.role },
    metadata: typeof metaData === 'string' ? metaData : json,
    customerUserId: typeof customerUserId === 'string' ? customerUserId : null,
    joinedAt: toDate(peer.joinedAt),
  }
}

export const remotePeersOf = (room: AnyRoom): HMSPeer[] => room.peers.map(peer => toHMSPeer(room, peer))

export const toHMSRoom = (room: AnyRoom, name: string): HMSRoom => {
  const hmsLocalPeer = toHMSPeer(room, room.self)
  const peers = [hmsLocalPeer, ...remotePeersOf(room)]
  const { sessionId } = room
  const startedAt = toDate(startedAtOf(sessionId))
  return { id: name, name, sessionId, startedAt, peerCount: peers.length, peers, hmsLocalPeer }
}

/** What is different about a peer: as many updates as there are differences. */
export const updatesOf = (peer: HMSPeer, previous: HMSPeer): HMSPeerUpdate[] => {
  const updates: HMSPeerUpdate[] = []
  if (peer.name !== previous.name) updates.push('nameChanged')
  if (peer.metadata !== previous.metadata) updates.push('metadataChanged')
  if (peer.role.name !== previous.role.name) updates.push('roleUpdated')
  return updates
}
