import type { AnyRoom } from '../room.js'
import type { RoomStatus } from '../room-status.js'
import type { Peer } from '../session/roster.js'
import { toHMSException } from './exception.js'
import { readMessage } from './message.js'
import { remotePeersOf, toHMSPeer, toHMSRoom, updatesOf } from './peer.js'
import type { TellUpdate } from './update-listener.js'

export type RoomUpdatesOptions = {
  readonly room: AnyRoom
  readonly name: string
  readonly tell: TellUpdate
  /** This peer was away for so long that it has left. */
  readonly onEnded: () => void
}

/** Tells what happens in a room in the words of `HMSUpdateListener`, from its beginning on. The result ends it. */
export const tellRoomUpdates = ({ room, name, tell, onEnded }: RoomUpdatesOptions): (() => void) => {
  const tellCount = () => tell('onRoomUpdate', { room: toHMSRoom(room, name), update: 'roomPeerCountUpdated' })
  const onPeer = (peer: Peer, update: 'peerJoined' | 'peerLeft') => {
    const hmsPeer = toHMSPeer(room, peer)
    const [addedPeers, removedPeers] = update === 'peerJoined' ? [[hmsPeer], []] : [[], [hmsPeer]]
    tell('onPeerUpdate', { peer: hmsPeer, update })
    tell('onPeerListUpdate', { addedPeers, removedPeers })
    tellCount()
  }

  let isOffline = false
  const onStatus = ({ sync }: RoomStatus) => {
    const wasOffline = isOffline
    isOffline = sync === 'offline'
    if (isOffline !== wasOffline) tell(isOffline ? 'onReconnecting' : 'onReconnected')
  }

  const stops = [
    room.on('peer-joined', ({ peer }) => onPeer(peer, 'peerJoined')),
    room.on('peer-left', ({ peer }) => onPeer(peer, 'peerLeft')),
    room.on('peer-updated', ({ peer, previous }) => {
      const hmsPeer = toHMSPeer(room, peer)
      for (const update of updatesOf(hmsPeer, toHMSPeer(room, previous)))
        tell('onPeerUpdate', { peer: hmsPeer, update })
    }),
    room.on('message', received => {
      const message = readMessage(room, received)
      if (message) tell('onMessage', { message })
    }),
    room.on('status', onStatus),
    room.on('error', error => tell('onHMSError', { error: toHMSException(error, 'NONE') })),
    room.on('session-ended', onEnded),
  ]
  tell('onJoin', { room: toHMSRoom(room, name) })
  const addedPeers = remotePeersOf(room)
  // Nobody may be there: then it is told with the first who comes.
  if (addedPeers.length > 0) tell('onPeerListUpdate', { addedPeers, removedPeers: [] })
  onStatus(room.status)
  return () => {
    for (const stop of stops) stop()
  }
}
