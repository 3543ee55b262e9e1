import { SessionError } from '../errors.js'
import { openMesh, type Mesh } from './mesh.js'
import { canEncrypt } from './room-cipher.js'
import type { Transport, TransportListener, TransportOptions, TransportSession } from './transport.js'

/**
 * The default transport: a native RTCPeerConnection to each peer, introduced by signaling servers. In Node hand in
 * `RTCPeerConnection` (for instance of `node-datachannel/polyfill`) and `WebSocket` (of `ws`).
 */
export const webrtc = (): Transport => ({ name: 'webrtc', join })

/** @throws SessionError `insecure-context` for a password where nothing can be encrypted. */
const join = (options: TransportOptions, listener: TransportListener): TransportSession => {
  if (options.password !== undefined && !canEncrypt()) {
    throw new SessionError('insecure-context', 'A password needs a secure origin: https, or localhost', {})
  }
  const identity = { lastEpoch: 0, dropped: new Set<string>() }
  let mesh: Mesh | null = null
  let state: 'connected' | 'disconnected' | 'left' = 'connected'

  const open = (): void => {
    // Later, so that nothing is told before `join` or `connect` has returned.
    queueMicrotask(() => {
      if (state === 'connected') mesh ??= openMesh(options, identity, listener)
    })
  }
  const close = (): void => {
    mesh?.close()
    mesh = null
  }
  const retry = (): void => mesh?.retry()

  globalThis.addEventListener?.('online', retry)
  open()
  return {
    disconnect: () => {
      if (state !== 'connected') return
      state = 'disconnected'
      close()
      listener.onSignaling('disconnected')
    },
    connect: () => {
      if (state === 'left') return
      state = 'connected'
      retry()
      open()
    },
    drop: peerId => {
      identity.dropped.add(peerId)
      mesh?.drop(peerId)
    },
    leave: () => {
      state = 'left'
      globalThis.removeEventListener?.('online', retry)
      close()
    },
  }
}
