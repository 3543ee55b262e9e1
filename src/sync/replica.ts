/**
 * What sync needs of the shared data. Sync moves opaque updates between replicas and knows no keys; the store
 * implements this (src/store/ledger.ts) and judges every remote update before it reaches the document.
 */

/** Something of the text of one key: the state vector of its document, or an update. */
export type TextPart = { readonly key: string; readonly bytes: Uint8Array }

/** What became of a remote update. `isTextNews`: its texts changed something that can be seen. */
export type Receipt =
  /** Something new is in. `update` is what was taken, whole transactions (forward that, never the bytes that came), `clocks` the new clock of each writer that advanced. */
  | {
      readonly outcome: 'applied'
      readonly update: Uint8Array
      readonly clocks: ReadonlyMap<number, number>
      readonly isTextNews?: boolean
    }
  /** Nothing of the log in it was new. */
  | { readonly outcome: 'known'; readonly isTextNews?: boolean }
  /**
   * It builds on something of these writers that is not here yet, or brings something new of a writer for whom
   * `takes` said false. Nothing of it was taken. Keep the bytes (bounded), ask its sender to sync, try again later.
   */
  | { readonly outcome: 'waiting'; readonly missing: readonly number[] }
  /** No honest peer could have sent it. Nothing of it was taken; blame the link. */
  | { readonly outcome: 'refused'; readonly reason: string }

export type Replica = {
  /** The writer (Yjs clientID) under which this replica writes. */
  readonly writer: number
  /** This replica's own clock: how much of its own log there is. An acknowledgement names it. */
  clock(): number
  /** A Yjs state vector, encoded. Covers deletions too (SPEC DATA: every transaction advances its writer's clock). */
  stateVector(): Uint8Array
  /** Everything that a holder of this state vector lacks, deletions included; null if the bytes are no state vector. */
  updateSince(stateVector: Uint8Array): Uint8Array | null
  /**
   * Judges and applies a remote update, all of it or nothing. Never throws, whatever the bytes.
   * @param takes False for writers whose entries come over a link of their own.
   * @param bound The writer that the link is bound to by its hello, and the peer id that its log must name.
   * @param texts What was typed with it: taken in after it, and only if all of it is here.
   */
  receive(
    update: Uint8Array,
    takes: (writer: number) => boolean,
    bound?: { readonly writer: number; readonly peerId: string },
    texts?: readonly TextPart[],
  ): Receipt
  /**
   * Entries of these writers, up to these clocks, were left out of what is received next. Until they are here, what
   * was deleted may have been written anew in them, and nothing is done on its account that cannot be undone.
   */
  expect(clocks: ReadonlyMap<number, number>): void
  /** The peer id that the writer's log names, null if there is no such log here. */
  peerOf(writer: number): string | null
  /** Told after each local transaction; then `takeLocalUpdate` has something. The result stops it. */
  onLocalChange(listener: () => void): () => void
  /** All local transactions since the last call as one update, null if there were none. */
  takeLocalUpdate(): Uint8Array | null
  /**
   * Texts have documents of their own, beside the log. Whoever types writes into the log too: so its state vector
   * and its acks stand for texts as well, and their updates travel with its updates.
   */
  readonly texts: {
    /** Some text builds on what is not here, as an update that came before was lost. */
    readonly isWaiting: boolean
    /** And of that, something was typed by a client that no live entry names: nobody sends it by itself. */
    readonly waitsForDead: boolean
    stateVectors(): readonly TextPart[]
    /** Everything that a holder of these lacks, and all of the texts that they do not name. */
    updatesSince(stateVectors: readonly TextPart[]): readonly TextPart[]
    /** What was typed here since the last call: goes with `takeLocalUpdate`. */
    takeLocalUpdates(): readonly TextPart[]
  }
}
