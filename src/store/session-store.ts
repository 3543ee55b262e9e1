import type { Clock } from '../clock.js'
import { SessionError } from '../errors.js'
import { lostWrites, newConflicts, toConflict, type Conflict, type ConflictEvent } from './conflicts.js'
import { isKey } from './entry.js'
import type { Entry } from './entry-index.js'
import { writeKey } from './json-tree.js'
import { Ledger, type LedgerDraft, type Receipt } from './ledger.js'
import { checkLimits, usageOf, type Usage } from './limit-check.js'
import { maxKeyBytes, type Limits } from './limits.js'
import { Observers } from './observers.js'
import { isEqual, isWellFormed, makeObject, toJson, utf8Bytes, type Json } from './value.js'
import { Views, type Totals, type View } from './views.js'

/** What an app stores: its keys and the types of their values. */
export type Schema = Record<string, unknown>
/** The schema of an app that names none. */
export type JsonSchema = Record<string, Json>
export type KeyOf<S> = keyof S & string

/** What a listener of `observe` is told about one key. */
export type Change<S = Schema, K extends KeyOf<S> = KeyOf<S>> = K extends KeyOf<S> ? ChangeOf<S, K> : never

/** A change of this one key; `Change` has one for each, so that comparing `key` tells the type of `value`. */
type ChangeOf<S, K extends KeyOf<S>> = {
  readonly key: K
  /** null if the key is not set. */
  readonly value: S[K] | null
  readonly previousValue: S[K] | null
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
  get<K extends KeyOf<S>>(key: K): S[K] | null
  /** Makes a key hold a value, by writing what differs from what this peer sees. null or undefined removes it. */
  set<K extends KeyOf<S>>(key: K, value: S[K] | null | undefined): void
  /** Sets a key to what `change` makes of its current value. `change` must be synchronous. */
  update<K extends KeyOf<S>>(key: K, change: (value: S[K] | null) => S[K] | null | undefined): void
  /** The same as setting null. */
  delete(key: KeyOf<S>): void
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
  getAll(): { readonly [K in KeyOf<S>]?: S[K] }
  readonly usage: Usage
}

export type StoreOptions = {
  /** The peer that writes here; it stands at the head of its log. */
  readonly peerId: string
  readonly limits: Limits
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** The clientID to write under; drawn from `random` if not given. Never use one twice. */
  readonly writer?: number
  /** Told of listeners that throw (`listener-failed`). */
  readonly onError: (error: SessionError) => void
}

export type OpenStore = {
  /** Untyped; `joinRoom` gives it the schema of the app. */
  readonly store: SessionStore<JsonSchema>
  readonly replica: {
    readonly writer: number
    clock(): number
    stateVector(): Uint8Array
    updateSince(stateVector: Uint8Array): Uint8Array | null
    receive(update: Uint8Array, takes: (writer: number) => boolean, bound?: { writer: number; peerId: string }): Receipt
    peerOf(writer: number): string | null
    onLocalChange(listener: () => void): () => void
    takeLocalUpdate(): Uint8Array | null
  }
  onConflict(listener: (conflict: ConflictEvent) => void): () => void
  close(): void
}

/** Opens an empty store. Its data travels through `replica`. */
export function openStore(options: StoreOptions): OpenStore {
  // 31 bits, so that Yjs and the entries write it in at most five bytes; never 0, which stands for "the writer itself".
  const writer = options.writer ?? 1 + Math.floor(options.random() * (2 ** 31 - 1))
  const ledger = new Ledger({ ...options, writer })
  const shared = new SharedStore(ledger, options)
  return {
    store: shared,
    replica: {
      writer,
      clock: () => ledger.clock(),
      stateVector: () => ledger.stateVector(),
      updateSince: stateVector => ledger.updateSince(stateVector),
      receive(update, takes, bound) {
        const receipt = ledger.receive(update, takes, bound)
        if (receipt.outcome === 'applied') shared.publish('remote')
        return receipt
      },
      peerOf: of => ledger.peerOf(of),
      onLocalChange: listener => ledger.onLocalChange(listener),
      takeLocalUpdate: () => ledger.takeLocalUpdate(),
    },
    onConflict: listener => shared.onConflict(listener),
    close: () => {
      shared.close()
      ledger.close()
    },
  }
}

type AnyChange = Change<JsonSchema>

class SharedStore implements SessionStore<JsonSchema> {
  readonly #ledger: Ledger
  readonly #limits: Limits
  readonly #views: Views
  readonly #observers: Observers<AnyChange>
  readonly #conflictListeners = new Set<(conflict: ConflictEvent) => void>()
  readonly #onError: (error: SessionError) => void
  /** What observers have been told, or are being told. */
  readonly #published = new Map<string, View>()
  readonly #toldLost = new WeakSet<Entry>()
  #totals: Totals = { keys: 0, bytes: 0, oversized: 0 }
  #draft: LedgerDraft | null = null

  constructor(ledger: Ledger, { limits, onError }: StoreOptions) {
    this.#ledger = ledger
    this.#limits = limits
    this.#onError = onError
    this.#views = new Views(ledger.index, limits)
    this.#observers = new Observers(cause => this.#reportListener('observe', cause))
  }

  get(key: string): Json | null {
    return this.#views.get(checkKey(key))?.value ?? null
  }

  set(key: string, value: Json | null | undefined): void {
    checkKey(key)
    const json = toJson(value)
    this.#edit(draft => {
      writeKey(draft, { containers: null, field: { on: 'field', name: key } }, this.#views.get(key)?.place, json)
    })
  }

  update(key: string, change: (value: Json | null) => Json | null | undefined): void {
    this.transact(() => this.set(key, refusePromise(change(this.get(key)))))
  }

  delete(key: string): void {
    this.set(key, null)
  }

  transact<R>(run: () => R): R {
    return this.#edit(() => refusePromise(run()))
  }

  observe<K extends string>(
    keys: K | readonly K[] | '*',
    listener: (change: Change<JsonSchema, K>) => void,
  ): () => void {
    const chosen = keys === '*' ? '*' : new Set<string>(typeof keys === 'string' ? [keys] : keys)
    const initial = chosen === '*' ? [...this.#published.keys()].sort() : [...chosen].map(checkKey)
    return this.#observers.add(
      chosen,
      // It is only told of its own keys.
      listener as (change: AnyChange) => void,
      initial.map(key => this.#changeOf(key, undefined, this.#published.get(key), 'initial')),
    )
  }

  conflicts(key: string): readonly Conflict[] {
    return this.#conflictsOf(this.#views.get(checkKey(key)))
  }

  keys(): string[] {
    return [...this.#views.keys]
  }

  has(key: string): boolean {
    return this.#views.get(checkKey(key)) !== undefined
  }

  getAll(): { readonly [key: string]: Json } {
    return makeObject(this.#views.keys.map(key => [key, this.get(key)] as const))
  }

  get usage(): Usage {
    return usageOf(this.#views.totals, this.#limits)
  }

  onConflict(listener: (conflict: ConflictEvent) => void): () => void {
    this.#conflictListeners.add(listener)
    return () => this.#conflictListeners.delete(listener)
  }

  close(): void {
    this.#observers.clear()
    this.#conflictListeners.clear()
  }

  /** Tells listeners of everything that changed since they were last told. */
  publish(source: 'local' | 'remote'): void {
    const changes: AnyChange[] = []
    const conflicts: ConflictEvent[] = []
    const peerOf = (writer: number) => this.#ledger.peerOf(writer)
    const keys = this.#views.takeUnpublished()
    for (const key of keys) {
      const before = this.#published.get(key)
      const after = this.#views.get(key)
      if (after) this.#published.set(key, after)
      else this.#published.delete(key)
      if (!isEqual(before?.value, after?.value)) changes.push(this.#changeOf(key, before, after, source))
      for (const conflict of newConflicts(key, before, after, peerOf)) conflicts.push(conflict)
    }
    if (source === 'remote') {
      const { index, writer } = this.#ledger
      for (const lost of lostWrites(index, this.#views.straysOf(keys), writer, this.#toldLost, peerOf))
        conflicts.push(lost)
    }
    this.#totals = this.#views.totals
    this.#observers.tell(changes)
    for (const conflict of conflicts) this.#tellConflict(conflict)
  }

  /** Runs `edit` in the open draft or in one of its own: whole, or not at all. */
  #edit<R>(edit: (draft: LedgerDraft) => R): R {
    const outer = this.#draft
    const draft = outer ?? this.#ledger.openDraft()
    const takeBack = draft.savepoint()
    this.#draft = draft
    let result: R
    try {
      result = edit(draft)
      if (!outer) this.#settle(draft)
    } catch (error) {
      takeBack()
      if (!outer) draft.commit()
      throw error
    } finally {
      this.#draft = outer
    }
    if (!outer && draft.commit()) this.publish('local')
    return result
  }

  /** Checks a finished draft against the limits, and clears away what it and others left below what is gone. */
  #settle(draft: LedgerDraft): void {
    if (draft.isEmpty()) return
    const keys = this.#views.unpublished
    const written = keys.map(key => ({ key, before: this.#published.get(key), after: this.#views.get(key) }))
    checkLimits(written, this.#totals, this.#views.totals, this.#limits)
    draft.sweep(this.#views.straysOf(keys))
  }

  #changeOf(key: string, before: View | undefined, after: View | undefined, source: AnyChange['source']): AnyChange {
    const newest = after?.place.winner.newest
    return {
      key,
      value: after?.value ?? null,
      previousValue: before?.value ?? null,
      source,
      updatedBy: newest ? this.#ledger.peerOf(newest.writer) : null,
      updatedAt: newest?.stamp ?? null,
      conflicts: this.#conflictsOf(after),
    }
  }

  #conflictsOf(view: View | undefined): readonly Conflict[] {
    return view?.rivals.map(rival => toConflict(rival, writer => this.#ledger.peerOf(writer))) ?? []
  }

  #tellConflict(conflict: ConflictEvent): void {
    for (const listener of this.#conflictListeners)
      try {
        listener(conflict)
      } catch (cause) {
        this.#reportListener('conflict', cause)
      }
  }

  #reportListener(event: string, cause: unknown): void {
    this.#onError(new SessionError('listener-failed', `A listener of ${event} threw.`, { event }, cause))
  }
}

/** @throws SessionError `invalid-key` */
function checkKey(key: string): string {
  const isText = typeof key === 'string'
  if (isText && isWellFormed(key) && isKey(key)) return key
  throw new SessionError('invalid-key', `A key is a non-empty text of at most ${maxKeyBytes} bytes in UTF-8.`, {
    key,
    bytes: isText ? utf8Bytes(key) : 0,
    maxBytes: maxKeyBytes,
  })
}

/** A transaction ends when its function returns; what an async one did later would not be part of it. */
function refusePromise<R>(result: R): R {
  if (typeof result !== 'object' || result === null || !('then' in result) || typeof result.then !== 'function')
    return result
  const reason = 'a transaction is synchronous, and this function returned a promise'
  throw new SessionError('invalid-value', `Not done: ${reason}.`, { path: [], reason })
}
