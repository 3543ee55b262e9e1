import { WebrtcConn, type Room, type SignalingConn } from 'y-webrtc'
import { watchChannel, type Connection, type ConnectionListener, type ConnectionOptions } from './connection.js'

/** What is used of simple-peer, which y-webrtc leaves untyped. */
type SimplePeer = {
  readonly _channel: RTCDataChannel | null
  readonly _pc: RTCPeerConnection | null
  signal(signal: unknown): void
  destroy(): void
  emit(event: 'signal', signal: unknown): void
  on(event: 'error' | 'close', listener: () => void): void
  removeAllListeners(event: string): void
}

/**
 * A connection over y-webrtc's WebrtcConn: it makes the simple-peer, and publishes its signals sealed. Everything
 * else that it would do with the peer (sync its document, flood, announce at every end) is taken away from it
 * before anything can happen.
 *
 * `relay` carries what it publishes. @throws Error when the browser makes no connection.
 */
export const openSimplePeerConnection = (
  room: Room,
  options: ConnectionOptions & { relay(data: unknown): void },
  listener: ConnectionListener,
): Connection => {
  const { peerId, isPolite } = options
  const isDialler = options.remoteEpoch === undefined
  let { remoteEpoch } = options

  const publisher: Pick<SignalingConn, 'send'> = { send: ({ data }: { data: unknown }) => options.relay(data) }
  const wrapper = new WebrtcConn(publisher as SignalingConn, isDialler, peerId, room)
  const peer = wrapper.peer as SimplePeer
  for (const event of ['connect', 'data', 'close', 'error']) peer.removeAllListeners(event)
  // 'close' follows; but an 'error' that nobody listens for would be thrown.
  peer.on('error', () => {})
  const channel = peer._channel
  if (!channel) throw new Error('simple-peer made no data channel')
  // simple-peer's own property: it would keep every frame for a reader who never comes.
  // oxlint-disable-next-line unicorn/prefer-add-event-listener
  channel.onmessage = null

  const ground = {
    // y-webrtc has no word for it. The other side notices that the channel has closed.
    bidFarewell: () => {},
    destroy: () => {
      if (room.webrtcConns.get(peerId) === wrapper) room.webrtcConns.delete(peerId)
      peer.destroy()
    },
  }
  room.webrtcConns.set(peerId, wrapper)
  const life = watchChannel(channel, options, ground, listener)
  peer.on('close', () => life.end())

  return {
    get isOpen() {
      return life.state === 'open'
    },
    get isAnswered() {
      return remoteEpoch !== undefined
    },
    judge: ({ epoch: theirs, signal }) => {
      if (signal.type === 'offer') {
        // simple-peer cannot take an offer back: the polite side's whole connection yields.
        if (remoteEpoch === undefined) return isPolite ? 'newer' : 'crossed'
        return theirs > remoteEpoch ? 'newer' : 'stale'
      }
      if (signal.type === 'answer') return remoteEpoch === undefined ? 'own' : 'stale'
      return theirs === remoteEpoch ? 'own' : 'stale'
    },
    receive: ({ epoch: theirs, signal }) => {
      remoteEpoch ??= theirs
      if (life.state !== 'closed') peer.signal(signal)
    },
    repeatOffer: () => {
      const { type, sdp } = peer._pc?.localDescription ?? {}
      if (remoteEpoch === undefined && sdp) peer.emit('signal', { type, sdp })
    },
    close: () => life.end(),
  }
}
