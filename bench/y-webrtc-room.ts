import { WebrtcProvider } from 'y-webrtc'
import * as Y from 'yjs'

/** What an app on plain y-webrtc holds: a Y.Map in a Y.Doc that the package's provider keeps in sync. */
export type YWebrtcRoom = {
  readonly map: Y.Map<number>
  /** Peers that the provider calls connected. */
  readonly linked: number
}

/** The package as it comes; only the public signaling and STUN servers that it would call are left out. */
export const joinYWebrtc = (room: string, signaling: string): YWebrtcRoom => {
  const doc = new Y.Doc()
  const provider = new WebrtcProvider(room, doc, { signaling: [signaling], peerOpts: { config: { iceServers: [] } } })
  return {
    map: doc.getMap('store'),
    get linked() {
      return [...(provider.room?.webrtcConns.values() ?? [])].filter(({ connected }) => connected).length
    },
  }
}
