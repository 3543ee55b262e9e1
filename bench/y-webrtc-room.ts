import { WebrtcProvider } from 'y-webrtc'
import * as Y from 'yjs'

/** What an app on plain y-webrtc holds: a Y.Map in a Y.Doc that the package's provider keeps in sync. */
export type YWebrtcRoom = {
  readonly map: Y.Map<number>
  /** Peers that the provider calls connected. */
  readonly linked: number
  /** The provider says that it is synced with all peers that it knows of; resolves when it does so first. */
  readonly synced: Promise<void>
  disconnect(): void
  connect(): void
}

/** The package as it comes; only the public signaling and STUN servers that it would call are left out. */
export const joinYWebrtc = (room: string, signaling: string): YWebrtcRoom => {
  const doc = new Y.Doc()
  const provider = new WebrtcProvider(room, doc, { signaling: [signaling], peerOpts: { config: { iceServers: [] } } })
  const synced = new Promise<void>(resolve => provider.on('synced', ({ synced }) => synced && resolve()))
  return {
    map: doc.getMap('store'),
    get linked() {
      return [...(provider.room?.webrtcConns.values() ?? [])].filter(({ connected }) => connected).length
    },
    synced,
    disconnect: () => provider.disconnect(),
    connect: () => provider.connect(),
  }
}
