import { SessionError } from '../errors.js'
import { openMesh, type Mesh, type MeshParts } from './mesh.js'
import { canEncrypt } from './room-cipher.js'
import type { TransportListener, TransportOptions, TransportSession } from './transport.js'
import { watchWaking } from './waking.js'

export type MeshSessionParts = MeshParts & {
  /** Nothing is opened before. */
  readonly ready: PromiseLike<unknown>
  /** The last to be called. */
  onLeave(): void
}

/** A session of meshes, one after the other: each `connect` opens one, each `disconnect` closes it. */
export const joinMesh = (
  parts: MeshSessionParts,
  options: TransportOptions,
  listener: TransportListener,
): TransportSession => {
  const identity = { lastEpoch: 0, dropped: new Set<string>() }
  let mesh: Mesh | null = null
  let state: 'connected' | 'disconnected' | 'left' = 'connected'
  const isConnected = (): boolean => state === 'connected'

  const close = (): void => {
    mesh?.close()
    mesh = null
  }
  // Also when it is ready at once: nothing is told before `join` or `connect` has returned.
  const open = async (): Promise<void> => {
    await parts.ready
    if (isConnected()) mesh ??= openMesh(parts, options, identity, listener)
    // Whoever was told of it may have left meanwhile.
    if (!isConnected()) close()
  }
  const retry = (): void => mesh?.retry()
  // A browser that says so may be wrong, as for two tabs of one machine, and may say nothing at all.
  const probe = (): void => mesh?.probe()

  globalThis.addEventListener?.('online', retry)
  globalThis.addEventListener?.('offline', probe)
  const stopWatching = watchWaking(options.clock, probe)
  void open()
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
      void open()
    },
    drop: peerId => {
      identity.dropped.add(peerId)
      mesh?.drop(peerId)
    },
    leave: () => {
      if (state === 'left') return
      state = 'left'
      globalThis.removeEventListener?.('online', retry)
      globalThis.removeEventListener?.('offline', probe)
      stopWatching()
      close()
      parts.onLeave()
    },
  }
}

/** @throws SessionError `insecure-context` for a password where nothing can be encrypted. */
export const requireCrypto = ({ password }: TransportOptions): void => {
  if (password === undefined || canEncrypt()) return
  throw new SessionError('insecure-context', 'A password needs a secure origin: https, or localhost', {})
}
