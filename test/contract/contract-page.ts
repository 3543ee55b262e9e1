/** A page with one recorder in it: what chromium-world.ts drives. */

import { webrtc } from '../../src/transport/webrtc.js'
import { yWebrtc } from '../../src/transport/y-webrtc.js'
import { cutChannels, cutConnections, openNatives, WatchedConnection, WatchedSocket } from './native-runtime.js'
import { record, type Recorder, type RecorderOptions } from './recorder.js'

export { cutChannels, cutConnections, openNatives }

const transports = { webrtc, 'y-webrtc': yWebrtc }

export type TransportName = keyof typeof transports

let recorder: Recorder | null = null

export const join = (transport: TransportName, options: RecorderOptions): void => {
  // y-webrtc takes no other.
  globalThis.WebSocket = WatchedSocket
  const runtime = { RTCPeerConnection: WatchedConnection, WebSocket: WatchedSocket }
  recorder = record(transports[transport](), options, runtime)
}

export const ask = (method: keyof Recorder, given: readonly unknown[]): unknown => {
  if (!recorder) throw new Error('Nobody has joined in this page')
  if (method === 'told') return recorder.told
  const call = recorder[method] as (...given: readonly unknown[]) => unknown
  return call(...given)
}

export const tryToJoin = (transport: TransportName, options: RecorderOptions): string => {
  try {
    join(transport, options)
    return 'joined'
  } catch (error) {
    const { name, code } = error as { name: string; code: string }
    return `${name} ${code}`
  }
}

let heardBroadcasts = 0

export const listenToBroadcasts = (topic: string): void => {
  new BroadcastChannel(topic).addEventListener('message', () => heardBroadcasts++)
}

export const broadcasts = (): number => heardBroadcasts
