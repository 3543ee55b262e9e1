import type { HMSKeyChangeListener, HMSSessionStore } from '../session-store.js'
import type { HMSUpdateListener } from '../update-listener.js'
import { toWebPeer, withoutPeer, withPeer, withPeers, type HMSStore } from './state.js'

export type ProjectionOptions = {
  readonly change: (next: (state: HMSStore) => HMSStore) => void
  /** A room is being joined, and this is its store. */
  readonly onSessionStore: (sessionStore: HMSSessionStore) => void
  readonly onRemoved: () => void
}

/** Keeps the state like the room, as far as an SDK tells of it; keys of the store are for those who observe them. */
export const createProjection = ({ change, onSessionStore, onRemoved }: ProjectionOptions): HMSUpdateListener => {
  const metadataListener: HMSKeyChangeListener = {
    onKeyChanged: ({ value }) => change(state => Object.freeze({ ...state, sessionMetadata: value ?? undefined })),
  }
  return {
    onSessionStoreAvailable: ({ hmsSessionStore }) => {
      onSessionStore(hmsSessionStore)
      // Told at once. It ends with the room.
      void hmsSessionStore.addKeyChangeListener({ keys: ['default'], hmsKeyChangeListener: metadataListener })
    },
    onJoin: ({ room: { id, name, peers } }) => {
      const room = Object.freeze({ id, name, isConnected: true })
      change(state => withPeers(Object.freeze({ ...state, room }), peers.map(toWebPeer)))
    },
    onPeerUpdate: ({ peer, update }) =>
      change(state => (update === 'peerLeft' ? withoutPeer(state, peer.peerId) : withPeer(state, toWebPeer(peer)))),
    onRemovedFromRoom: onRemoved,
  }
}
