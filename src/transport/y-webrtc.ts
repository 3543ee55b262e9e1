import { subscribe, unsubscribe } from 'lib0/broadcastchannel'
import { WebrtcProvider } from 'y-webrtc'
import { Doc } from 'yjs'
import { SessionError } from '../errors.js'
import { joinMesh, requireCrypto } from './mesh-session.js'
import type { SignalingClient, SignalingClientListener } from './signaling-client.js'
import { openSimplePeerConnection } from './simple-peer-connection.js'
import { openTopic, type Topic } from './topic.js'
import type { Transport, TransportOptions } from './transport.js'
import { openYWebrtcClient } from './y-webrtc-client.js'

/** Module state, because y-webrtc's is: it keeps one room of a name in a page or process. */
const takenTopics = new Set<string>()

/**
 * The transport for apps that already deploy around y-webrtc: its provider signals, seals and connects, with an
 * empty document of its own, and what it would sync and flood is kept from it. Whom to dial, and when again, is
 * left to the same mesh as in the default transport, because a link that y-webrtc loses does not come back.
 *
 * In Node hand in the `RTCPeerConnection` of `@roamhq/wrtc`. y-webrtc looks for a WebSocket in the global scope; if
 * there is none, the one handed in is put there.
 *
 * `join` throws a SessionError: `invalid-option` if this page has joined the topic already, `insecure-context` for
 * a password where nothing can be encrypted.
 */
export const yWebrtc = (): Transport => ({
  name: 'y-webrtc',
  needs: ['RTCPeerConnection', 'WebSocket'],
  join: (options, listener) => {
    requireCrypto(options)
    const { topic } = options
    if (takenTopics.has(topic)) {
      const reason = 'the y-webrtc transport joins a room once in a page or process'
      throw new SessionError('invalid-option', `Cannot join the room: ${reason}`, { option: 'room', reason })
    }
    takenTopics.add(topic)
    if (options.WebSocket) globalThis.WebSocket ??= options.WebSocket
    const doc = new Doc()
    const provider = openProvider(doc, options)
    let spoken: Topic | null = null

    return joinMesh(
      {
        ready: provider.key.then(() => quieten(provider, options.peerId)),
        openTopic: told => {
          const openClient = (url: string, heard: SignalingClientListener): SignalingClient =>
            connectTo(url, provider, options, heard)
          const opened = openTopic({ transport: 'y-webrtc', openClient }, options, told)
          spoken = opened
          return { ...opened, close: () => closeTopic(opened, provider) }
        },
        openConnection: (asked, told) => {
          if (!provider.room) throw new Error('y-webrtc made no room')
          const relay = (data: unknown): void => spoken?.relay(asked.peerId, data)
          return openSimplePeerConnection(provider.room, { ...asked, relay }, told)
        },
        onLeave: () => {
          // The provider and its awareness end with the document, when the provider has its key.
          doc.destroy()
          void provider.key.then(() => closeBroadcastChannel(topic))
          takenTopics.delete(topic)
        },
      },
      options,
      listener,
    )
  },
})

/** A provider that has not connected to anything yet. */
const openProvider = (doc: Doc, options: TransportOptions): WebrtcProvider => {
  const { topic, password, iceServers = [], iceTransportPolicy, RTCPeerConnection } = options
  const provider = new WebrtcProvider(topic, doc, {
    // Connected to one by one, since one bad address must not keep it from the others.
    signaling: [],
    ...(password !== undefined && { password }),
    maxConns: Infinity,
    filterBcConns: false,
    peerOpts: {
      // Not copied: simple-peer hands it to each connection, and what is in it may become another.
      config: { iceServers: iceServers as RTCIceServer[], ...(iceTransportPolicy && { iceTransportPolicy }) },
      // Or two peers that dial each other at once end up with a channel each, and nobody listening.
      channelConfig: { negotiated: true, id: 0 },
      ...(RTCPeerConnection && {
        wrtc: { RTCPeerConnection, RTCSessionDescription: AsItIs, RTCIceCandidate: AsItIs },
      }),
    },
  })
  // When its key is there it makes its room, and leaves it be until it is asked to connect again.
  provider.shouldConnect = false
  return provider
}

/** Node's, where there is one: this file is compiled for browsers. */
const runtime = globalThis as { readonly process?: { off(event: 'exit', listener: () => void): void } }

/** simple-peer constructs what it hands to WebRTC, which takes plain objects as well. */
const AsItIs = function (init: object): object {
  return init
}

/**
 * Keeps the room from speaking to anybody but signaling servers: not to other tabs over a BroadcastChannel, and not
 * over the channels that now carry our frames.
 */
const quieten = ({ room, awareness }: WebrtcProvider, peerId: string): void => {
  if (!room) return
  room.peerId = peerId
  room.mux = () => {}
  room._bcSubscriber = async () => {}
  // The document stays empty, and without a state of its own the awareness has nothing to renew.
  awareness.setLocalState(null)
  // It would disconnect every room of the page, also when the visitor then decides to stay.
  if (typeof window !== 'undefined') window.removeEventListener('beforeunload', room._beforeUnloadHandler)
  else runtime.process?.off('exit', room._beforeUnloadHandler)
}

const connectTo = (
  url: string,
  provider: WebrtcProvider,
  { topic, peerId, clock, random }: TransportOptions,
  listener: SignalingClientListener,
): SignalingClient => {
  try {
    if (!provider.room) throw new Error('y-webrtc has a room of this name already')
    // Checked here, because y-webrtc's connection leaves a timer behind when its WebSocket refuses the address.
    if (!/^wss?:$/.test(new URL(url).protocol)) throw new SyntaxError('not the address of a WebSocket')
    provider.signalingUrls = [url]
    provider.connect()
    return openYWebrtcClient(provider.signalingConns.at(-1), { topic, peerId, clock, random }, listener)
  } catch (error) {
    listener.onFailed(String(error))
    return { isOpen: false, members: null, publish: () => {}, probe: () => {}, retry: () => {}, close: () => {} }
  }
}

/** y-webrtc opens it anew with its last unsubscribe, and leaves it so, which keeps a Node process alive. */
const closeBroadcastChannel = (topic: string): void => {
  const subscriber = (): void => {}
  subscribe(topic, subscriber)
  unsubscribe(topic, subscriber)
}

const closeTopic = (topic: Topic, provider: WebrtcProvider): void => {
  topic.close()
  provider.disconnect()
  // It only grows otherwise, and each `disconnect` closes again what others may have opened since.
  provider.signalingConns = []
}
