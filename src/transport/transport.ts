/**
 * The seam between a room and what links its peers. A transport gives links that carry bytes, in order and
 * whole, and says what it knows of signaling; it knows nothing of documents, keys or sessions.
 *
 * Contract (each line is a test of test/contract/):
 * - At most one open link a peer; a newer one replaces an older one, whose `onClose` runs first.
 * - Frames of at most `maxFrameBytes` arrive whole, unchanged and in order, or the link closes.
 * - `send` never throws. On a closed link it does nothing.
 * - `onClose` runs exactly once per link, however it ended, and nothing runs for that link afterwards. Where this side
 *   ends it (`close`, `drop`, `disconnect`, `leave`) it has run when the call returns.
 * - A link that dies, or is closed on either side, while both are still joined comes back by itself.
 * - A dropped peer is linked no more, whoever dials.
 * - Nothing is called before `join` has returned.
 * - After `leave()` no callback runs any more, and no socket, timer or connection is left.
 */

import type { Clock } from '../clock.js'

export { maxFrameBytes } from '../wire/frames.js'

/** One open connection to one peer. */
export type Link = {
  /** The peer at the other end, as it named itself on the signaling wire. Unproven: a peer can lie. */
  readonly peerId: string
  /** Bytes handed to `send` that have not left yet. */
  readonly bufferedBytes: number
  send(frame: Uint8Array): void
  /** Closes this link; another one to the same peer is dialled at once. To be rid of the peer, see `drop`. */
  close(): void
}

/** What the user of a link is told about it. */
export type LinkListener = {
  onMessage(frame: Uint8Array): void
  /** `bufferedBytes` fell to or below half of `maxBufferedBytes`. */
  onDrain(): void
  onClose(): void
}

/** Above this many buffered bytes a sender waits for `onDrain`. */
export const maxBufferedBytes = 256 * 1024

/**
 * Signaling as this peer sees it: `connected` while at least one server answers, `connecting` while none does
 * yet or again, `disconnected` when asked to be (`disconnect`) or when there is none.
 */
export type SignalingState = 'connecting' | 'connected' | 'disconnected'

/** Why a peer that was met cannot be linked to. */
export type TransportProblem =
  | { readonly code: 'password-mismatch' }
  | { readonly code: 'transport-mismatch'; readonly peerId: string; readonly theirs: string }
  | { readonly code: 'signaling-failed'; readonly url: string; readonly reason: string }
  | { readonly code: 'connection-failed'; readonly peerId: string; readonly reason: string }

export type TransportListener = {
  /** A link is open and carries bytes. The returned listener is told all about it. */
  onLink(link: Link): LinkListener
  /** A link to this peer is being dialled (`connecting`), or the dial ended without a link (`closed`). */
  onDial(peerId: string, state: 'connecting' | 'closed'): void
  onSignaling(state: SignalingState): void
  /**
   * The peers that signaling says are in the topic, without this one; told again at each change. Never told if
   * no server tells its members, so whether one is alone is then unknown. `unnamed` is how many more there are that
   * told the server no id, as plain y-webrtc clients do.
   */
  onMembers(peerIds: readonly string[], unnamed: number): void
  onProblem(problem: TransportProblem): void
}

/** What a room asks of a transport when it joins. */
export type TransportOptions = {
  /** The topic peers meet under: the room name. */
  readonly topic: string
  /** This peer's id, fresh for each join. */
  readonly peerId: string
  /** WebSocket addresses of signaling servers. May be empty. */
  readonly signaling: readonly string[]
  /** Encrypts what the signaling servers relay. */
  readonly password?: string
  /** Its content may become another: it is to be read for each connection. */
  readonly iceServers?: readonly RTCIceServer[]
  readonly iceTransportPolicy?: RTCIceTransportPolicy
  /** Links dialled or kept at most; further peers are reached through others. Default: no maximum. */
  readonly maxLinks?: number
  /** For runtimes that have none of their own. */
  readonly RTCPeerConnection?: typeof RTCPeerConnection
  readonly WebSocket?: typeof WebSocket
  /** Milliseconds on the monotonic clock; timers. For tests and the simulator. */
  readonly clock: Clock
  /** Uniform in [0, 1): backoff jitter and ids. */
  readonly random: () => number
}

/** A joined topic. */
export type TransportSession = {
  /** As if the network went away: closes all links and sockets and stays so. */
  disconnect(): void
  /** Undoes `disconnect`; when already connected, retries at once whatever waits for its backoff. */
  connect(): void
  /**
   * Closes the link to this peer, if there is one, and makes no other with it until `leave`: it said bye, was cut
   * off, or does not match. Peer ids are fresh for each join, so nobody who comes back is meant.
   */
  drop(peerId: string): void
  /** Closes everything for good. Idempotent. */
  leave(): void
}

/** Joins topics. `name` stands in the announce, so that peers of different transports can tell. */
export type Transport = {
  readonly name: string
  /** What it takes from its options or, failing that, from the runtime. */
  readonly needs?: readonly ('RTCPeerConnection' | 'WebSocket')[]
  join(options: TransportOptions, listener: TransportListener): TransportSession
}
