/**
 * What makes several servers one: a *node* is one server, and a backplane carries between nodes what a topic's
 * sockets have to know of each other. With one node there is nobody to carry to (`memory-backplane.ts`).
 *
 * A node has a topic open while it has a socket in it. Between nodes that have a topic open:
 *
 * - **Messages.** What one publishes reaches each other node once, if both are reachable all along, and never the
 *   node itself. It may be lost when the way is lost, or full (peers announce themselves again), and is not kept.
 * - **Presence.** Each is told what all others have there, as one sum that replaces the one before. It is told at
 *   the first chance after any of them has said `changed`, opened, closed or died. A node that dies without a word
 *   counts no more after its time to live, which the implementation sets (seconds, not minutes).
 * - **Order.** What one node publishes in a topic, and its presence there, arrive in the order in which it gave them.
 * - **Nobody is missed.** When `changed` calls `onSettled`, `onPresence` has told of every other node that had settled
 *   before; so of two that come at once at least one hears of the other at once, and the other when it is told.
 *   "You are alone" is said only then. An implementation therefore listens first, then writes its own presence,
 *   then reads that of the others.
 *
 * **Without the others** (the store cannot be reached): `isReady` is false, so that balancers send nobody new; sockets
 * that are here go on among themselves; what was told of others stands, so that a short break makes nobody leave;
 * `onSettled` is not called, so that nobody is told to be alone. Once it is back the implementation itself asks each
 * open topic for its `presence`, tells and is told anew, and calls every `onSettled` that is still waiting.
 *
 * No method throws, and none waits; whatever fails is the implementation's to report and to try again.
 * `test/support/backplane-contract.ts` is all of this as tests, run against every implementation.
 */
export type Backplane = {
  /** Whether other nodes can be heard and told now. */
  readonly isReady: boolean
  /** Enters a topic, which this node has not open. Nothing is told to others before the first `changed`. */
  open(topic: string, listener: TopicListener): TopicChannel
  /** Leaves every topic, so that other nodes count this one no more. Resolves when nothing is left. Idempotent. */
  close(): Promise<void>
}

/** A topic that this node has open. */
export type TopicChannel = {
  /**
   * This node's presence is another now. Several changes may travel as one, the last. `onSettled` is called once, maybe
   * before this returns, as above; never after `close`.
   */
  changed(onSettled?: () => void): void
  publish(message: NodeMessage): void
  /** This node has no sockets there any more. Nothing is called from then on. Idempotent. */
  close(): void
}

/** Called from outside of any call into the backplane, except where said. Never throws. */
export type TopicListener = {
  /** What this node has there now. Asked whenever it is to be told. */
  presence(): Presence
  /** The other nodes' sum. Told only when it may differ from before; the first one to compare with is `nobody`. */
  onPresence(others: Presence): void
  onMessage(message: NodeMessage): void
}

/** Who is in a topic, at some nodes. */
export type Presence = {
  /** Each id once, at however many sockets. */
  readonly peers: ReadonlySet<string>
  /** Sockets that named no peer. */
  readonly plain: number
  /** All sockets. */
  readonly sockets: number
}

/** A frame as clients get it, for every socket of the topic or, with `to`, for that peer's. */
export type NodeMessage = { readonly frame: string; readonly to?: string }

export const nobody: Presence = { peers: new Set(), plain: 0, sockets: 0 }

export const sumOf = (presences: readonly Presence[]): Presence => ({
  peers: new Set(presences.flatMap(({ peers }) => [...peers])),
  plain: presences.reduce((sum, { plain }) => sum + plain, 0),
  sockets: presences.reduce((sum, { sockets }) => sum + sockets, 0),
})
