import * as Y from 'yjs'
import type { Clock } from '../clock.js'
import { admit, firstEntryClock, headerClock, logsName } from './admission.js'
import { EntryIndex, entryKey, type Container, type Entry } from './entry-index.js'
import { mark, maxContainers, readEntry, writeEntry, type EntryId, type EntryValue, type Field } from './entry.js'
import type { Draft } from './draft.js'
import type { Step } from './history.js'
import type { Limits } from './limits.js'
import { OwnRuns } from './own-runs.js'
import { createStamps } from './stamp.js'

/** What became of a remote update; see the seam in src/sync/replica.ts. */
export type Receipt =
  | {
      readonly outcome: 'applied'
      readonly update: Uint8Array
      readonly clocks: ReadonlyMap<number, number>
      readonly isTextNews?: boolean
    }
  | { readonly outcome: 'known'; readonly isTextNews?: boolean }
  | { readonly outcome: 'waiting'; readonly missing: readonly number[] }
  | { readonly outcome: 'refused'; readonly reason: string }

export type LedgerOptions = {
  readonly peerId: string
  readonly limits: Limits
  readonly clock: Clock
  readonly writer: number
}

/** The state vector of who holds nothing. */
const nothing = Y.encodeStateVector(new Map())

/**
 * How many times `maxTotalBytes` the encoded document may take (SPEC LIMIT7): above what is honest. A store full of
 * arrays of single digits, the most that entries cost against the JSON that they stand for, takes 21 times, and
 * some peers may each have filled theirs before they meet.
 */
const encodedAllowance = 128

/**
 * The shared data: one Y.Doc that holds a log per writer, and the index of its live entries. Local writes go to
 * the index first, as a draft that can be taken back, and to the document in one Yjs transaction on commit;
 * remote updates go through `admit`, the document, and from there into the index.
 */
export class Ledger {
  readonly writer: number
  readonly index = new EntryIndex()
  readonly #doc = new Y.Doc({ gc: true })
  readonly #logs = this.#doc.getMap<Y.Array<unknown>>(logsName)
  readonly #options: LedgerOptions
  readonly #stamps
  readonly #runs
  readonly #peers = new Map<number, string>()
  readonly #changeListeners = new Set<() => void>()
  #localUpdates: Uint8Array[] = []
  /** Bytes of state at the most: measured now and then, in between every update is added in full. */
  #encodedBytes = 0
  #mark: number | null = null
  /** How far logs are known to go, where that was left out of what was received. */
  readonly #expected = new Map<number, number>()

  constructor(options: LedgerOptions) {
    this.#options = options
    this.#stamps = createStamps(options.clock)
    this.#runs = new OwnRuns(options.writer)
    this.writer = this.#doc.clientID = options.writer
    this.#doc.on('afterTransaction', (transaction: Y.Transaction) => {
      if (transaction.origin !== this) this.#integrate(transaction)
    })
  }

  close(): void {
    this.#changeListeners.clear()
    this.#doc.destroy()
  }

  /** Takes over all that another ledger of this peer holds, which ends with it. */
  continue(ended: Ledger): void {
    const update = ended.updateSince(nothing)
    if (update) this.#apply(update)
    for (const [writer, clock] of ended.#expected) this.#expected.set(writer, clock)
  }

  // --- what sync asks for ---------------------------------------------------------------------------------------

  clock(): number {
    return this.#clockOf(this.writer)
  }

  stateVector(): Uint8Array {
    return Y.encodeStateVector(this.#doc)
  }

  updateSince(stateVector: Uint8Array): Uint8Array | null {
    try {
      return Y.encodeStateAsUpdate(this.#doc, stateVector)
    } catch {
      return null
    }
  }

  peerOf(writer: number): string | null {
    return writer === this.writer ? this.#options.peerId : (this.#peers.get(writer) ?? null)
  }

  onLocalChange(listener: () => void): () => void {
    this.#changeListeners.add(listener)
    return () => this.#changeListeners.delete(listener)
  }

  takeLocalUpdate(): Uint8Array | null {
    const [first, ...rest] = this.#localUpdates
    this.#localUpdates = []
    return first === undefined ? null : rest.length === 0 ? first : Y.mergeUpdates([first, ...rest])
  }

  receive(
    update: Uint8Array,
    takes: (writer: number) => boolean,
    bound?: { readonly writer: number; readonly peerId: string },
  ): Receipt {
    const { limits } = this.#options
    const clockOf = (writer: number) => this.#clockOf(writer)
    const admission = admit(update, { limits, writer: this.writer, clockOf, takes, bound })
    switch (admission.verdict) {
      case 'refused':
        return { outcome: 'refused', reason: admission.reason }
      case 'waiting':
        return { outcome: 'waiting', missing: admission.missing }
      case 'known':
        return { outcome: 'known' }
      case 'new':
        if (!this.#hasRoomFor(update.length)) return { outcome: 'refused', reason: 'the document is at its hard cap' }
        return this.#apply(update)
    }
  }

  /** These entries exist, and were left out of what comes next. */
  expect(clocks: ReadonlyMap<number, number>): void {
    for (const [writer, clock] of clocks) this.#expected.set(writer, Math.max(clock, this.#expected.get(writer) ?? 0))
  }

  /** Nothing that was left out is still missing. */
  get isWhole(): boolean {
    for (const [writer, clock] of this.#expected) if (clock <= this.#clockOf(writer)) this.#expected.delete(writer)
    return this.#expected.size === 0
  }

  #apply(raw: Uint8Array): Receipt {
    // Written anew, each log in one part: what `admit` read is then what Yjs reads.
    const update = Y.diffUpdate(raw, nothing)
    this.#encodedBytes += update.length
    const { beforeState, afterState } = Y.transact(
      this.#doc,
      transaction => {
        Y.applyUpdate(this.#doc, update)
        return transaction
      },
      'remote',
      false,
    )
    const advanced = [...afterState].filter(([writer, clock]) => clock > (beforeState.get(writer) ?? 0))
    const clocks = new Map(advanced)
    // All of it. Not what Yjs tells as its update: that leaves out what was known here already, and a deletion that
    // two transactions have in common would be missing from the one that is passed on.
    return { outcome: 'applied', update, clocks }
  }

  #hasRoomFor(bytes: number): boolean {
    const cap = this.#options.limits.maxTotalBytes * encodedAllowance
    if (this.#encodedBytes + bytes > cap) this.#encodedBytes = Y.encodeStateAsUpdate(this.#doc).length
    return this.#encodedBytes + bytes <= cap
  }

  #clockOf(writer: number): number {
    return Y.getState(this.#doc.store, writer)
  }

  // --- from the document into the index -------------------------------------------------------------------------

  #integrate({ beforeState, afterState, deleteSet }: Y.Transaction): void {
    for (const [writer, ranges] of deleteSet.clients) {
      const log = this.index.logOf(writer)
      for (const { clock, len } of ranges) {
        // Whichever is shorter: a range can span the whole history of a log.
        const clocks = len < log.size ? Array.from({ length: len }, (_, i) => clock + i) : [...log.keys()]
        for (const at of clocks) {
          const entry = at >= clock && at < clock + len ? log.get(at) : undefined
          if (entry) this.index.remove(entry)
        }
      }
    }
    for (const [writer, clock] of afterState) {
      const known = beforeState.get(writer) ?? 0
      const structs = this.#doc.store.clients.get(writer)
      if (clock <= known || !structs) continue
      for (const struct of structs.slice(Y.findIndexSS(structs, known)))
        if (struct instanceof Y.Item && !struct.deleted && struct.content instanceof Y.ContentAny)
          for (const [offset, element] of struct.content.arr.entries()) {
            const at = struct.id.clock + offset
            if (at >= known) this.#take(element, writer, at)
          }
    }
  }

  #take(element: unknown, writer: number, clock: number): void {
    if (clock === headerClock && typeof element === 'string') {
      this.#peers.set(writer, element)
      return
    }
    const content = readEntry(element, writer, this.#options.limits)
    if (content === null || content === mark) return
    this.#stamps.adopt(content.stamp)
    this.index.add(content, writer, clock)
  }

  // --- local writes ---------------------------------------------------------------------------------------------

  /**
   * Opens a draft: writes reach the index at once and the document on `commit`. One at a time; nothing remote may
   * arrive while it is open, which holds as it never outlives a synchronous call.
   */
  openDraft(): LedgerDraft {
    const { index, writer } = this
    const start = this.clock() || firstEntryClock
    const stamp = this.#stamps.next()
    const added: Entry[] = []
    const removed: Entry[] = []
    const leftovers = new Set<Entry>()
    index.savepoint()
    const remove = (entry: Entry) => {
      index.remove(entry)
      if (entry.writer !== writer || entry.clock < start) removed.push(entry)
    }
    const isLive = (entry: Entry) => index.at([writer, entry.clock]) === entry
    const isEmpty = () => removed.length === 0 && !added.some(isLive)
    const runs = this.#runs
    return {
      writer,
      runs,
      append(containers, field: Field, value: EntryValue) {
        if (field.on === 'element') runs.note(containers, field.position)
        if (value.is === 'position') runs.note(containers, value.position)
        const ids = containers?.slice(0, maxContainers).map(container => container.id) ?? null
        const entry = index.add({ containers: ids, field, stamp, value }, writer, start + added.length)
        added.push(entry)
        return entry
      },
      remove,
      savepoint() {
        const point = { steps: index.savepoint(), added: added.length, removed: removed.length }
        return () => {
          index.rollBack(point.steps)
          added.length = point.added
          removed.length = point.removed
        }
      },
      sweep: strays => {
        const gone = new Set(removed.map(({ writer, clock }) => entryKey([writer, clock])))
        /** `above` are the entries that it hung on. Those that were gone before left it behind: that is no part of this. */
        const clear = (entry: Entry, above: readonly EntryId[]) => {
          remove(entry)
          if (above.some(id => gone.has(entryKey(id)))) gone.add(entryKey([entry.writer, entry.clock]))
          else leftovers.add(entry)
        }
        for (const entry of strays)
          if (this.#isGone(entry, start + added.length))
            clear(entry, entry.field.on === 'position' ? entry.field.inserted : [])
        // Containers that lose their name on the way join the set and are visited too.
        for (const container of index.unnamed)
          for (const entry of container.entries)
            if (entry.parents?.every(parent => this.#isDead(parent, start + added.length)))
              clear(
                entry,
                entry.parents.map(({ id }) => id),
              )
      },
      isEmpty,
      step: () => ({ added: added.filter(isLive), removed: removed.filter(entry => !leftovers.has(entry)) }),
      commit: () => {
        index.keep()
        if (isEmpty()) return false
        if (added.some(isLive)) this.#stamps.give(stamp)
        this.#write(added, removed, isLive)
        return true
      },
    }
  }

  writeMark(): void {
    this.#write([], [], () => false)
  }

  /** One Yjs transaction, so that it is atomic everywhere, and always with something appended (SPEC DATA4). */
  #write(added: readonly Entry[], removed: readonly Entry[], isLive: (entry: Entry) => boolean): void {
    const { writer } = this
    // Nobody listens in between, or Yjs would encode what others wrote once more.
    this.#doc.once('update', (update: Uint8Array) => {
      this.#encodedBytes += update.length
      this.#localUpdates.push(update)
    })
    this.#doc.transact(transaction => {
      let log = this.#logs.get(String(writer))
      if (!log) {
        log = new Y.Array()
        this.#logs.set(String(writer), log)
        log.push([this.#options.peerId])
      }
      for (const [first, last] of runsOf(removed)) deleteRun(transaction, first, last.clock)
      if (this.#mark !== null) deleteRun(transaction, { writer, clock: this.#mark })
      this.#mark = added.length === 0 ? this.clock() : null
      // A draft that was overwritten within its own transaction keeps its clock, as a deleted mark.
      log.push(added.length === 0 ? [mark] : added.map(entry => (isLive(entry) ? writeEntry(entry, writer) : mark)))
      for (const entry of added) if (!isLive(entry)) deleteRun(transaction, entry)
    }, this)
    for (const listener of this.#changeListeners) listener()
  }

  /** Dead for good: its name is not live although its writer's log is known that far. */
  #isDead(container: Container, ownClock: number): boolean {
    return container.naming === null && this.#covers(container.id, ownClock)
  }

  /** A move of which every insertion it names is known and not live any more. */
  #isGone({ field }: Entry, ownClock: number): boolean {
    return field.on === 'position' && field.inserted.every(id => !this.index.at(id) && this.#covers(id, ownClock))
  }

  #covers([writer, clock]: EntryId, ownClock: number): boolean {
    return clock < (writer === this.writer ? ownClock : this.#clockOf(writer))
  }
}

export type LedgerDraft = Draft & {
  /** A point to return to: calling the result takes back all that was written since. */
  savepoint(): () => void
  /** Removes these moves, where their elements are gone, and whatever is left below containers that are dead. */
  sweep(strays: Iterable<Entry>): void
  /** Whether nothing is written, or nothing is left of it. */
  isEmpty(): boolean
  /** What it has written and taken out so far, less what others had left behind. */
  step(): Step
  /** Writes to the document what is left of the draft. False if that is nothing. */
  commit(): boolean
}

type Place = Pick<Entry, 'writer' | 'clock'>

/** The first and last of each run of neighbours in a log. Deleted one by one, each would have Yjs copy its whole run. */
function runsOf(entries: readonly Entry[]): [Place, Place][] {
  const runs: [Place, Place][] = []
  for (const entry of [...entries].sort((a, b) => a.writer - b.writer || a.clock - b.clock)) {
    const run = runs.at(-1)
    if (run?.[1].writer === entry.writer && run[1].clock === entry.clock - 1) run[1] = entry
    else runs.push([entry, entry])
  }
  return runs
}

function deleteRun(transaction: Y.Transaction, { writer, clock }: Place, last = clock): void {
  const { store } = transaction.doc
  Y.getItemCleanStart(transaction, Y.createID(writer, clock))
  Y.getItemCleanEnd(transaction, store, Y.createID(writer, last))
  const structs = store.clients.get(writer) ?? []
  for (let at = Y.findIndexSS(structs, clock); (structs[at]?.id.clock ?? Infinity) <= last; at++) {
    const struct = structs[at]
    if (struct instanceof Y.Item) struct.delete(transaction)
  }
}
