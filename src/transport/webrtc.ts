import { joinMesh, requireCrypto } from './mesh-session.js'
import { openNativeConnection } from './native-connection.js'
import { openSignalingClient } from './signaling-client.js'
import { openTopic } from './topic.js'
import type { Transport } from './transport.js'

/**
 * The default transport: a native RTCPeerConnection to each peer, introduced by signaling servers. In Node hand in
 * `RTCPeerConnection` (for instance of `node-datachannel/polyfill`) and `WebSocket` (of `ws`).
 *
 * `join` throws a SessionError `insecure-context` for a password where nothing can be encrypted.
 */
export const webrtc = (): Transport => ({
  name: 'webrtc',
  needs: ['RTCPeerConnection', 'WebSocket'],
  join: (options, listener) => {
    requireCrypto(options)
    const { topic, peerId, clock, random, iceServers, iceTransportPolicy } = options
    const { WebSocket = globalThis.WebSocket, RTCPeerConnection = globalThis.RTCPeerConnection } = options
    /** Asked for each connection: credentials for a limited time are others each time. */
    const configuration = () => ({
      ...(iceServers && { iceServers: [...iceServers] }),
      ...(iceTransportPolicy && { iceTransportPolicy }),
    })
    return joinMesh(
      {
        ready: Promise.resolve(),
        openTopic: told =>
          openTopic(
            {
              transport: 'webrtc',
              openClient: (url, heard) => openSignalingClient({ url, topic, peerId, WebSocket, clock, random }, heard),
            },
            options,
            told,
          ),
        openConnection: (asked, told) => openNativeConnection(new RTCPeerConnection(configuration()), asked, told),
        onLeave: () => {},
      },
      options,
      listener,
    )
  },
})
