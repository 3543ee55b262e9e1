import type { Clock } from '../clock.js'
import type { SessionError } from '../errors.js'
import type { Conflict, ConflictEvent } from './conflicts.js'
import type { Counter } from './counter.js'
import type { History } from './history.js'
import { Ledger, type Receipt } from './ledger.js'
import type { Usage } from './limit-check.js'
import type { Limits } from './limits.js'
import type { List, ListOptions } from './list.js'
import type { Members } from './members.js'
import type {
  CounterKeyOf,
  ItemOf,
  JsonSchema,
  KeyOf,
  ListKeyOf,
  Schema,
  Schemas,
  TextKeyOf,
  ValueOf,
} from './schema.js'
import { SharedStore } from './shared-store.js'
import type { Text } from './text.js'
import type { TextPart } from './texts.js'

/** What a listener of `observe` is told about one key. */
export type Change<S = Schema, K extends KeyOf<S> = KeyOf<S>> = K extends KeyOf<S> ? ChangeOf<K, ValueOf<S[K]>> : never

/** A change of this one key; `Change` has one for each, so that comparing `key` tells the type of `value`. */
type ChangeOf<K, Value> = {
  readonly key: K
  /** null if the key is not set. */
  readonly value: Value | null
  readonly previousValue: Value | null
  /** `initial` for the calls within `observe` itself; then who made the change: this peer or another. */
  readonly source: 'initial' | 'local' | 'remote'
  /** The peer that wrote last in this key, null if it is not set. */
  readonly updatedBy: string | null
  /** When, in milliseconds since 1970 by that peer's clock; null if the key is not set. */
  readonly updatedAt: number | null
  readonly conflicts: readonly Conflict[]
}

/**
 * The shared data of a room. Reads give frozen values; writes are atomic, checked before anything changes, and
 * throw `invalid-key`, `invalid-value`, `value-too-large`, `too-many-keys` or `store-full` (SPEC LIMIT).
 */
export type SessionStore<S = Schema> = {
  /** The value of a key, null if it is not set. */
  get<K extends KeyOf<S>>(key: K): ValueOf<S[K]> | null
  /** Makes a key hold a value, by writing what differs from what this peer sees. null or undefined removes it. */
  set<K extends KeyOf<S>>(key: K, value: ValueOf<S[K]> | null | undefined): void
  /**
   * Sets a key to what `change` makes of its current value, which is null if the key is not set: its type leaves that
   * out, for those who set their keys before they update them. `change` must be synchronous.
   */
  update<K extends KeyOf<S>>(key: K, change: (value: ValueOf<S[K]>) => ValueOf<S[K]> | null | undefined): void
  /** The same as setting null. */
  delete(key: KeyOf<S>): void
  /**
   * Sets a key if its value, as this peer sees it, equals `expected` (null: not set); else writes nothing and gives
   * false. Two peers that had not seen each other can both be given true: then one value wins everywhere, and a
   * `conflict` event tells each (SPEC CAS2). No more can be promised without a coordinator.
   */
  compareAndSet<K extends KeyOf<S>>(
    key: K,
    expected: ValueOf<S[K]> | null | undefined,
    value: ValueOf<S[K]> | null | undefined,
  ): boolean
  /** A number that everybody counts up and down at once. */
  counter(key: CounterKeyOf<S>): Counter
  /** A list whose elements are pushed, inserted, moved and removed, with at most `max` of them, the newest. */
  list<K extends ListKeyOf<S>>(key: K, options?: ListOptions): List<ItemOf<S[K]>>
  /** A set of values. */
  members<K extends ListKeyOf<S>>(key: K): Members<ItemOf<S[K]>>
  /**
   * A text that everybody types in at once, for the bindings of editors: the same Y.Text for as long as the room is
   * joined. An edit over a limit (`maxTextBytes`) is taken back at the end of the tick and told by an `error` event.
   * @throws SessionError `type-mismatch` if the key holds anything but a text or a string
   */
  text(key: TextKeyOf<S>): Text
  /** Runs `run` as one change: all of it or, if it throws or the result breaks a limit, nothing. Gives what `run` gives. */
  transact<R>(run: () => R): R
  /**
   * Tells `listener` the current value of each key before it returns (`'*'`: of every key that is set), then each
   * change of a visible value once. The result ends it.
   */
  observe<K extends KeyOf<S>>(keys: K | readonly K[] | '*', listener: (change: Change<S, K>) => void): () => void
  /** Values that lost against concurrent ones and that nobody has written over since, newest first. The same on all replicas. */
  conflicts(key: KeyOf<S>): readonly Conflict[]
  /** The keys that are set, in code unit order. */
  keys(): KeyOf<S>[]
  has(key: KeyOf<S>): boolean
  /** Every key that is set, as one frozen object. */
  getAll(): { readonly [K in KeyOf<S>]?: ValueOf<S[K]> }
  readonly usage: Usage
  /** Undo and redo of what this peer wrote, and nobody else has written over. Typing in a text is not part of it. */
  readonly history: History
}

export type StoreOptions = {
  /** The peer that writes here; it stands at the head of its log. */
  readonly peerId: string
  readonly limits: Limits
  readonly schema?: Schemas
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** The clientID to write under; drawn from `random` if not given. Never use one twice. */
  readonly writer?: number
  /** Runs something at the end of this tick. Default: a microtask. */
  readonly defer?: (run: () => void) => void
  /** Told of listeners that throw (`listener-failed`) and values that are hidden (SPEC SCHEMA3). */
  readonly onError: (error: SessionError) => void
}

export type OpenStore = {
  /** Untyped; `joinRoom` gives it the schema of the app. */
  readonly store: SessionStore<JsonSchema>
  /** Of the present writer. */
  readonly replica: {
    readonly writer: number
    clock(): number
    stateVector(): Uint8Array
    updateSince(stateVector: Uint8Array): Uint8Array | null
    receive(
      update: Uint8Array,
      takes: (writer: number) => boolean,
      bound?: { writer: number; peerId: string },
      texts?: readonly TextPart[],
    ): Receipt
    expect(clocks: ReadonlyMap<number, number>): void
    peerOf(writer: number): string | null
    onLocalChange(listener: () => void): () => void
    takeLocalUpdate(): Uint8Array | null
    /** Advances this writer's clock. Who acknowledges that has all that was here before, whoever wrote it. */
    writeMark(): void
    /** What was typed has documents of its own, and travels with the updates of the log. */
    readonly texts: {
      /** Some text builds on what is not here. */
      readonly isWaiting: boolean
      /** And of that, something was typed by a client that no live entry names. */
      readonly waitsForDead: boolean
      /** Accepts what was typed in this tick, or takes it back. */
      settle(): void
      stateVectors(): readonly TextPart[]
      updatesSince(stateVectors: readonly TextPart[]): readonly TextPart[]
      takeLocalUpdates(): readonly TextPart[]
    }
  }
  onConflict(listener: (conflict: ConflictEvent) => void): () => void
  /**
   * From here on `peerId` writes, under a writer of its own, in what is here or, without `keepsData`, in an empty
   * store. The store, its handles and observers stay; what they show that is gone is told as such. Without `keepsData`
   * its texts are dead: an edit in them is told by `onError` (`session-ended`). `replica` is another one: it is so when
   * `onReplica` is called, and observers, who may write, are told after that.
   */
  restart(life: { readonly peerId: string; readonly keepsData: boolean; onReplica?: () => void }): void
  close(): void
}

/** Opens an empty store. Its data travels through `replica`. */
export function openStore(options: StoreOptions): OpenStore {
  // 31 bits, so that Yjs and the entries write it in at most five bytes; never 0, which stands for "the writer itself".
  const drawWriter = () => 1 + Math.floor(options.random() * (2 ** 31 - 1))
  let ledger = new Ledger({ ...options, writer: options.writer ?? drawWriter() })
  const shared = new SharedStore(ledger, options)
  let replica = replicaOf(ledger, shared)
  return {
    store: shared,
    get replica() {
      return replica
    },
    onConflict: listener => shared.onConflict(listener),
    restart: ({ peerId, keepsData, onReplica }) => {
      const ended = ledger
      shared.texts.settle()
      ledger = new Ledger({ ...options, peerId, writer: drawWriter() })
      if (keepsData) ledger.continue(ended)
      const tell = shared.restart(ledger, { keepsTexts: keepsData })
      replica = replicaOf(ledger, shared)
      ended.close()
      onReplica?.()
      tell()
    },
    close: () => {
      shared.close()
      ledger.close()
    },
  }
}

const replicaOf = (ledger: Ledger, shared: SharedStore): OpenStore['replica'] => ({
  writer: ledger.writer,
  clock: () => ledger.clock(),
  stateVector: () => ledger.stateVector(),
  updateSince: stateVector => ledger.updateSince(stateVector),
  receive: (update, takes, bound, texts = []) => shared.receive(texts, () => ledger.receive(update, takes, bound)),
  expect: clocks => ledger.expect(clocks),
  peerOf: of => ledger.peerOf(of),
  onLocalChange: listener => ledger.onLocalChange(listener),
  takeLocalUpdate: () => ledger.takeLocalUpdate(),
  writeMark: () => ledger.writeMark(),
  texts: shared.texts,
})
