import { SessionError } from '../errors.js'
import { lostWrites, newConflicts, toConflict, type Conflict, type ConflictEvent } from './conflicts.js'
import { createCounter, type Counter } from './counter.js'
import type { Spot } from './draft.js'
import type { KeyEditor } from './key-editor.js'
import { checkKey } from './key.js'
import type { Entry } from './entry-index.js'
import { createSteps, type History, type Step } from './history.js'
import { writeKey } from './json-tree.js'
import type { Ledger, LedgerDraft, Receipt } from './ledger.js'
import { checkLimits, usageOf, type Usage } from './limit-check.js'
import type { Limits } from './limits.js'
import { createList, type List, type ListOptions } from './list.js'
import { removeElement } from './list-write.js'
import { createMembers, type Members } from './members.js'
import { Observers } from './observers.js'
import { Published } from './published.js'
import type { JsonSchema } from './schema.js'
import type { Change, SessionStore, StoreOptions } from './session-store.js'
import { takeBack, type Successors } from './take-back.js'
import type { Text } from './text.js'
import { Texts, type TextPart } from './texts.js'
import { byCodeUnit, isEqual, makeObject, toJson, type Json } from './value.js'
import { Views, type Totals, type View } from './views.js'

/** How many things may have come back as others before the history is forgotten. */
const maxSuccessors = 10_000

type AnyChange = Change<JsonSchema>

export class SharedStore implements SessionStore<JsonSchema> {
  #ledger: Ledger
  readonly #limits: Limits
  #views: Views
  readonly #observers: Observers<AnyChange>
  readonly #conflictListeners = new Set<(conflict: ConflictEvent) => void>()
  readonly #onError: (error: SessionError) => void
  readonly #published: Published
  readonly #textsOf: (ledger: Ledger) => Texts
  texts: Texts
  readonly #toldLost = new WeakSet<Entry>()
  #totals: Totals = { keys: 0, bytes: 0, oversized: 0 }
  readonly #steps = createSteps(
    step => this.#takeBack(step),
    () => this.#checkOpen(),
  )
  readonly #successors: Successors = new Map()
  #draft: LedgerDraft | null = null
  #isClosed = false

  constructor(ledger: Ledger, { limits, schema = {}, random, defer = queueAtEnd, onError }: StoreOptions) {
    this.#ledger = ledger
    this.#limits = limits
    this.#published = new Published(schema)
    this.#onError = onError
    this.#views = new Views(ledger.index, limits)
    this.#observers = new Observers(cause => this.#reportListener('observe', cause))
    this.#textsOf = ({ index, writer }) =>
      new Texts({
        index,
        writer,
        random,
        defer,
        onError,
        onFailure: cause => this.#reportListener('text', cause),
        place: key => this.#views.get(key)?.place,
        isWhole: () => this.#ledger.isWhole,
        draft: () => this.#draft,
        // An editor has a history of its own.
        edit: write => this.#edit(write, () => {}),
        force: write => this.#force(write),
      })
    this.texts = this.#textsOf(ledger)
  }

  get(key: string): Json | null {
    return this.#shown(checkKey(key))?.value ?? null
  }

  set(key: string, value: Json | null | undefined): void {
    checkKey(key)
    const json = toJson(value)
    if (json !== undefined) this.#published.checkAgain(key, json)
    this.#edit(draft => {
      writeKey(draft, spotOf(key), this.#views.get(key)?.place, json)
      if (typeof json === 'string') this.texts.write(key, json)
    })
  }

  update(key: string, change: (value: Json | null) => Json | null | undefined): void {
    this.transact(() => this.set(key, refusePromise(change(this.get(key)))))
  }

  delete(key: string): void {
    this.set(key, null)
  }

  compareAndSet(key: string, expected: Json | null | undefined, value: Json | null | undefined): boolean {
    if (!isEqual(this.get(key) ?? undefined, toJson(expected))) return false
    this.set(key, value)
    return true
  }

  counter(key: string): Counter {
    return createCounter(this.#editorOf(key))
  }

  list(key: string, options?: ListOptions): List {
    return createList(this.#editorOf(key), options)
  }

  members(key: string): Members {
    return createMembers(this.#editorOf(key))
  }

  text(key: string): Text {
    checkKey(key)
    this.#checkOpen()
    return this.texts.open(key)
  }

  transact<R>(run: () => R): R {
    return this.#edit(() => refusePromise(run()))
  }

  observe<K extends string>(
    keys: K | readonly K[] | '*',
    listener: (change: Change<JsonSchema, K>) => void,
  ): () => void {
    const chosen = keys === '*' ? '*' : new Set<string>(typeof keys === 'string' ? [keys] : keys)
    const initial = chosen === '*' ? this.#published.shownKeys : [...chosen].map(checkKey)
    return this.#observers.add(
      chosen,
      // It is only told of its own keys.
      listener as (change: AnyChange) => void,
      initial.map(key => this.#changeOf(key, undefined, this.#published.shown(key), 'initial')),
    )
  }

  conflicts(key: string): readonly Conflict[] {
    return this.#conflictsOf(this.#shown(checkKey(key)))
  }

  keys(): string[] {
    return this.#views.keys.filter(key => this.#shown(key))
  }

  has(key: string): boolean {
    return this.#shown(checkKey(key)) !== undefined
  }

  getAll(): { readonly [key: string]: Json } {
    return makeObject(this.keys().map(key => [key, this.get(key)] as const))
  }

  get history(): History {
    return this.#steps.history
  }

  get usage(): Usage {
    return usageOf(this.#views.totals, this.#limits, this.texts.historyBytes)
  }

  onConflict(listener: (conflict: ConflictEvent) => void): () => void {
    this.#conflictListeners.add(listener)
    return () => this.#conflictListeners.delete(listener)
  }

  /** Goes on with another ledger: that of another session, or this one's under another writer. The result tells of it. */
  restart(ledger: Ledger, { keepsTexts }: { readonly keepsTexts: boolean }): () => void {
    const shown = this.#views.keys
    this.#ledger = ledger
    this.#views = new Views(ledger.index, this.#limits)
    this.#steps.clear()
    this.#successors.clear()
    if (keepsTexts) this.texts.goOn(ledger)
    else {
      this.texts.end()
      this.texts = this.#textsOf(ledger)
    }
    return () => this.publish('remote', shown)
  }

  close(): void {
    this.#isClosed = true
    this.#observers.clear()
    this.#conflictListeners.clear()
  }

  /** Takes in what others wrote and typed: what they typed after what they wrote, or not at all (SPEC TEXT4). */
  receive(texts: readonly TextPart[], receiveLog: () => Receipt): Receipt {
    this.texts.settle()
    const fault = this.texts.faultIn(texts)
    if (fault) return { outcome: 'refused', reason: fault }
    const receipt = receiveLog()
    if (receipt.outcome === 'refused' || receipt.outcome === 'waiting') return receipt
    const isTextNews = this.texts.receive(texts)
    this.publish('remote')
    return { ...receipt, isTextNews }
  }

  /** Tells listeners of everything that changed since they were last told, and of what became of `others`. */
  publish(source: 'local' | 'remote', others: readonly string[] = []): void {
    const changes: AnyChange[] = []
    const conflicts: ConflictEvent[] = []
    const flaws: SessionError[] = []
    const peerOf = (writer: number) => this.#ledger.peerOf(writer)
    const keys = [...new Set([...others, ...this.#views.takeUnpublished()])].sort(byCodeUnit)
    for (const key of keys) {
      const before = this.#published.shown(key)
      const flaw = this.#published.put(key, this.#views.get(key), source)
      const after = this.#published.shown(key)
      if (flaw) flaws.push(flaw)
      if (!isEqual(before?.value, after?.value)) changes.push(this.#changeOf(key, before, after, source))
      for (const conflict of newConflicts(key, before, after, peerOf)) conflicts.push(conflict)
    }
    if (source === 'remote') {
      const { index, writer } = this.#ledger
      for (const lost of lostWrites(index, this.#views.straysOf(keys), writer, this.#toldLost, peerOf))
        conflicts.push(lost)
    }
    this.#totals = this.#views.totals
    this.texts.follow(keys)
    this.#observers.tell(changes)
    for (const conflict of conflicts) this.#tellConflict(conflict)
    for (const flaw of flaws) this.#onError(flaw)
  }

  /** A key as reads show it: not if it is hidden, unless the open transaction has written it. */
  #shown(key: string): View | undefined {
    const view = this.#views.get(key)
    if (!this.#published.isHidden(key)) return view
    return this.#draft && !isEqual(view?.value, this.#published.get(key)?.value) ? view : undefined
  }

  #editorOf(key: string): KeyEditor {
    checkKey(key)
    const place = () => {
      this.#checkOpen()
      return this.#shown(key)?.place
    }
    // A hidden value is still there: what is written goes on from it.
    return { key, place, edit: write => this.#edit(draft => write(draft, spotOf(key), this.#views.get(key)?.place)) }
  }

  /** Handles and `history` outlive the store that gave them. */
  #checkOpen(): void {
    if (this.#isClosed) throw new SessionError('left', 'This room was left.', {})
  }

  #takeBack(step: Step): Step | null {
    if (this.#draft) {
      const reason = 'it is a transaction of its own, and cannot be part of another'
      throw new SessionError('invalid-option', `Not undone: ${reason}.`, { option: 'history', reason })
    }
    const { index } = this.#ledger
    let back: Step | null = null
    const found = this.#edit(
      draft => takeBack(draft, index, step, this.#successors, key => this.texts.remake(key)),
      made => {
        back = made
      },
    )
    for (const [id, successor] of found) this.#successors.set(id, successor)
    return back
  }

  /**
   * Runs `edit` in the open draft or in one of its own: whole, or not at all. `record` is told what the transaction
   * did, if it did anything.
   */
  #edit<R>(edit: (draft: LedgerDraft) => R, record = (step: Step) => this.#remember(step)): R {
    this.#checkOpen()
    const outer = this.#draft
    const draft = outer ?? this.#ledger.openDraft()
    const takeBack = draft.savepoint()
    const texts = this.texts.savepoint()
    this.#draft = draft
    let result: R
    try {
      result = edit(draft)
      texts.check()
      this.texts.refit()
      if (!outer) this.#settle(draft)
    } catch (error) {
      takeBack()
      texts.takeBack(draft)
      this.#draft = outer
      if (!outer) this.#finish(draft)
      throw error
    }
    this.#draft = outer
    if (outer) return result
    this.texts.commit()
    const step = draft.step()
    if (draft.commit()) {
      record(step)
      this.publish('local')
    }
    return result
  }

  /** Writes what nobody can see, whatever limits say. */
  #force(write: (draft: LedgerDraft) => void): void {
    if (this.#draft) return write(this.#draft)
    if (this.#isClosed) return
    const draft = this.#ledger.openDraft()
    write(draft)
    this.#finish(draft)
  }

  /** Ends a draft that is left with nothing, or nothing that can be seen. */
  #finish(draft: LedgerDraft): void {
    if (draft.commit()) this.publish('local')
    else this.texts.follow(this.#views.unpublished)
    this.texts.refit()
  }

  #remember(step: Step): void {
    // Who undoes and redoes without end starts anew one day.
    if (this.#successors.size > maxSuccessors) {
      this.#steps.clear()
      this.#successors.clear()
    }
    this.#steps.push(step)
  }

  /** Checks a finished draft against the limits, and clears away what it and others left below what is gone. */
  #settle(draft: LedgerDraft): void {
    if (draft.isEmpty()) return
    for (const key of this.#views.unpublished) {
      const body = this.#views.get(key)?.place.winner.body
      if (body?.is === 'list') for (const element of body.surplus) removeElement(draft, element)
    }
    const keys = this.#views.unpublished
    const written = keys.map(key => ({ key, before: this.#published.get(key), after: this.#views.get(key) }))
    checkLimits(written, this.#totals, this.#views.totals, this.#limits)
    this.#published.check(written)
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

/** Wrapped: browsers refuse to run it as a method of another object. */
const queueAtEnd = (run: () => void): void => queueMicrotask(run)

const spotOf = (key: string): Spot => ({ containers: null, field: { on: 'field', name: key } })

/** A transaction ends when its function returns; what an async one did later would not be part of it. */
function refusePromise<R>(result: R): R {
  if (typeof result !== 'object' || result === null || !('then' in result) || typeof result.then !== 'function')
    return result
  const reason = 'a transaction is synchronous, and this function returned a promise'
  throw new SessionError('invalid-value', `Not done: ${reason}.`, { path: [], reason })
}
