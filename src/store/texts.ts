import type { SessionError } from '../errors.js'
import type { Draft, Spot } from './draft.js'
import { type Container, type Entry, type EntryIndex } from './entry-index.js'
import { isKey } from './entry.js'
import type { Group, Place } from './fold.js'
import { mismatch } from './key-editor.js'
import { maxDocumentBytes, maxHistoryBytes, maxTextsBytes, textFault } from './text-admission.js'
import { TextDocument, type TextEdit } from './text-document.js'
import { clientOf, seedOf, type TextBody } from './text-fold.js'
import { sessionEnded, strangeText, textsTooLong, textTooLong } from './text-errors.js'
import type { Text } from './text.js'

/** Something of the text of one key: a state vector of its document, or an update. */
export type TextPart = { readonly key: string; readonly bytes: Uint8Array }

export type TextsOptions = {
  readonly index: EntryIndex
  readonly writer: number
  readonly random: () => number
  /** Runs something at the end of this tick. */
  readonly defer: (run: () => void) => void
  readonly onError: (error: SessionError) => void
  onFailure(cause: unknown): void
  place(key: string): Place | undefined
  /** Whether no part of the log is known to be missing. */
  isWhole(): boolean
  /** The open transaction, if there is one. */
  draft(): Draft | null
  /** Runs `write` as a transaction. @throws SessionError what a write throws */
  edit(write: (draft: Draft) => void): void
  /** Runs `write` in the open transaction or one of its own, whatever limits say: nothing visible comes of it. */
  force(write: (draft: Draft) => void): void
}

/** An edit within the open transaction. */
type Joined = { readonly key: string; readonly document: TextDocument; readonly edit: TextEdit; restore(): void }

/**
 * The texts of a store: a document for each key, and what the log says of who types there. An editor types whenever
 * it likes, so an edit is first made and then judged. One that breaks a limit is taken back at the end of the tick,
 * before anything is sent and not at once: a binding that is telling of a change cannot be told of another.
 *
 * Longer than other files, as its parts share what no other part of the store may see: which edits are not judged yet.
 */
export class Texts {
  #options: TextsOptions
  readonly #documents = new Map<string, TextDocument>()
  /** Edits that are not accepted yet, or never will be, by key; and what was visible before. */
  readonly #pending = new Map<string, { readonly edits: TextEdit[]; readonly before: string }>()
  /** What each text held when it was last there. */
  readonly #last = new Map<string, string>()
  #joined: Joined[] = []
  #failure: SessionError | null = null
  /** The key whose pending edits are on trial. */
  #onTrial: string | null = null
  /** Where what seems to be gone may only have been written anew, in what is missing. */
  readonly #unsure = new Set<string>()
  #isBusy = false
  #isSettleDue = false

  constructor(options: TextsOptions) {
    this.#options = options
    this.#answer(options.index)
  }

  #answer(index: EntryIndex): void {
    index.readText = (key, clients) => this.#pending.get(key)?.before ?? this.#documents.get(key)?.read(clients) ?? ''
  }

  /** The same texts, typed into under another writer from here on. */
  goOn({ index, writer }: Pick<TextsOptions, 'index' | 'writer'>): void {
    this.#options = { ...this.#options, index, writer }
    this.#answer(index)
    for (const [key, document] of this.#documents) {
      document.renew()
      index.touch(key)
    }
  }

  /** What is typed into these texts from here on goes nowhere, and is told as an error. */
  end(): void {
    const edit = () => {
      throw sessionEnded()
    }
    this.#options = { ...this.#options, place: () => undefined, draft: () => null, edit, force: () => {} }
  }

  /** Encoded bytes of all documents. */
  get historyBytes(): number {
    return [...this.#documents.values()].reduce((sum, { bytes }) => sum + bytes, 0)
  }

  #exceeds(maxBytes: number): boolean {
    const documents = [...this.#documents.values()]
    return documents.reduce((sum, { atMost }) => sum + atMost, 0) > maxBytes && this.historyBytes > maxBytes
  }

  /** The text of a key. @throws SessionError `type-mismatch` */
  open(key: string): Text {
    const body = this.#options.place(key)?.winner.body
    if (body && body.is !== 'text' && !isString(body)) throw mismatch(key, 'text', body)
    const document = this.#documentOf(key)
    if (!this.#isUndecided(key)) this.#follow(key, document)
    return document.text
  }

  /** Makes the text that a key holds this string; false if it holds none. */
  write(key: string, string: string): boolean {
    if (this.#options.place(key)?.winner.body.is !== 'text') return false
    this.#settleOne(key)
    this.#documentOf(key).write(string)
    return true
  }

  /** Fills a text that an undo brought back with what it last held. */
  remake(key: string): void {
    const document = this.#documents.get(key)
    if (document) document.write(this.#last.get(key) ?? '')
  }

  // --- local edits ----------------------------------------------------------------------------------------------

  #documentOf(key: string): TextDocument {
    const known = this.#documents.get(key)
    if (known) return known
    const document: TextDocument = new TextDocument({
      drawClient: () => 1 + Math.floor(this.#options.random() * (2 ** 31 - 1)),
      onEdit: edit => this.#take(key, document, edit),
      onFailure: cause => this.#options.onFailure(cause),
    })
    this.#documents.set(key, document)
    return document
  }

  #take(key: string, document: TextDocument, edit: TextEdit): void {
    const draft = this.#options.draft()
    if (draft && !this.#pending.has(key)) {
      this.#joined.push({ key, document, edit, restore: document.mark() })
      try {
        this.#enter(draft, key, document, [edit])
      } catch (error) {
        // Thrown from here it would leave the document in the middle of its transaction.
        this.#failure ??= error as SessionError
      }
      return
    }
    const before = this.#textAt(key)?.value
    const pending = this.#pending.get(key) ?? { edits: [], before: typeof before === 'string' ? before : '' }
    pending.edits.push(edit)
    this.#pending.set(key, pending)
    if (draft || this.#isBusy || this.#judge(key, document)) this.#settleLater()
  }

  /** Accepts the pending edits of a key, or says what is against them. */
  #judge(key: string, document: TextDocument): SessionError | null {
    const pending = this.#pending.get(key)
    if (!pending) return null
    const restore = document.mark()
    this.#pending.delete(key)
    this.#onTrial = key
    try {
      this.#options.edit(draft => this.#enter(draft, key, document, pending.edits))
      this.#onTrial = null
      this.follow([key])
      return null
    } catch (error) {
      restore()
      this.#onTrial = null
      this.#pending.set(key, pending)
      this.#options.index.touch(key)
      return error as SessionError
    }
  }

  /** Its document is left alone, as nobody knows yet whether what was typed last stays. */
  #isUndecided(key: string): boolean {
    return this.#onTrial === key || this.#pending.has(key)
  }

  /** Writes into the log that this peer has typed. */
  #enter(draft: Draft, key: string, document: TextDocument, edits: readonly TextEdit[]): void {
    const fault = edits.find(edit => edit.fault !== null)?.fault
    if (fault) throw strangeText(key, fault)
    if (document.exceeds(maxHistoryBytes)) throw textTooLong(key, document.bytes, maxHistoryBytes)
    if (this.#exceeds(maxTextsBytes)) throw textsTooLong(this.historyBytes, maxTextsBytes)
    this.#register(draft, key, document, this.#containersFor(draft, key, document))
    document.keep(edits)
    this.#options.index.touch(key)
  }

  /** Where to type: into what is there, or into a new text. */
  #containersFor(draft: Draft, key: string, document: TextDocument): readonly Container[] {
    const place = this.#options.place(key)
    const text = this.#textAt(key)
    if (place && place.winner !== text && !isString(place.winner.body)) throw mismatch(key, 'text', place.winner.body)
    if (text) {
      // Who types on in a text that a string has won against writes over that string.
      if (place && place.winner !== text) for (const entry of place.winner.entries) draft.remove(entry)
      if (text.body.typists.length === 0) document.begin()
      return text.body.containers
    }
    document.begin()
    const { container } = place?.winner.top ?? draft.append(null, spotOf(key), { is: 'container', kind: 'text' })
    return container ? [container] : []
  }

  #register(draft: Draft, key: string, document: TextDocument, containers: readonly Container[]): void {
    const own = this.#ownEntry(containers, document)
    if (own) draft.remove(own)
    // A client never comes into another container: once those that it was in are dead, so is it (SPEC TEXT3).
    const kept = own ? containers.filter(container => own.parents?.includes(container)) : containers
    draft.append(kept, { on: 'own' }, { is: 'scalar', scalar: document.client })
    document.isFresh = false
    this.#options.index.touch(key)
  }

  #ownEntry(containers: readonly Container[], { client }: TextDocument): Entry | undefined {
    return containers
      .flatMap(container => [...container.entries])
      .find(entry => entry.writer === this.#options.writer && clientOf(entry) === client)
  }

  // --- taking back ----------------------------------------------------------------------------------------------

  /** From here on edits of the open transaction can be taken back. */
  savepoint(): { check(): void; takeBack(draft: Draft): void } {
    const start = this.#joined.length
    return {
      check: () => {
        const failure = this.#failure
        this.#failure = null
        if (failure) throw failure
      },
      takeBack: draft => {
        this.#failure = null
        this.#takeBack(draft, this.#joined.splice(start))
      },
    }
  }

  /** The transaction is over. */
  commit(): void {
    this.#joined = []
  }

  #takeBack(draft: Draft, joined: readonly Joined[]): void {
    for (const document of new Set(joined.map(each => each.document))) {
      const [first, ...rest] = joined.filter(each => each.document === document)
      if (!first) continue
      first.restore()
      const edits = [first, ...rest].map(each => each.edit)
      if (document.takeBack(edits)) this.#typeAnew(draft, first.key, document)
    }
  }

  /** What was deleted cannot be brought back as what it was. It is typed again, and that is an edit. */
  #typeAnew(draft: Draft, key: string, document: TextDocument): void {
    const place = this.#options.place(key)
    const text = this.#textAt(key)
    if (!text && !(place && isString(place.winner.body))) return
    this.#register(draft, key, document, text?.body.containers ?? this.#containersFor(draft, key, document))
    document.keep([])
  }

  /** Accepts or takes back what is pending. */
  settle(): void {
    for (const key of this.#pending.keys()) this.#settleOne(key)
  }

  #settleOne(key: string): void {
    const document = this.#documents.get(key)
    const pending = this.#pending.get(key)
    if (!document || !pending) return
    const error = this.#judge(key, document)
    if (!error) return
    this.#pending.delete(key)
    if (document.takeBack(pending.edits)) this.#options.force(draft => this.#typeAnew(draft, key, document))
    this.follow([key])
    this.#options.onError(error)
  }

  #settleLater(): void {
    if (this.#isSettleDue) return
    this.#isSettleDue = true
    this.#options.defer(() => {
      this.#isSettleDue = false
      this.settle()
    })
  }

  // --- after the log --------------------------------------------------------------------------------------------

  /** Makes the texts of these keys what the log says. */
  follow(keys: Iterable<string>): void {
    const wasBusy = this.#isBusy
    this.#isBusy = true
    const isSureAgain = this.#unsure.size > 0 && this.#options.isWhole()
    for (const key of isSureAgain ? new Set([...keys, ...this.#unsure]) : keys) {
      const document = this.#documents.get(key)
      if (document && !this.#isUndecided(key)) this.#follow(key, document)
    }
    this.#isBusy = wasBusy
  }

  #follow(key: string, document: TextDocument): void {
    const text = this.#textAt(key)
    const top = this.#options.place(key)?.winner.top
    const lent = !text && top && isStringEntry(top) ? top : null
    if (text && typeof text.value === 'string') this.#last.set(key, text.value)
    const seeds = text ? text.body.seeds : lent ? [lent] : []
    const strings = new Map(seeds.map(entry => [seedOf(entry), stringOf(entry)]))
    this.#refit(document, text?.body)
    const clients = text?.body.clients ?? new Set(strings.keys())
    const isSure = this.#options.isWhole()
    if (isSure) this.#unsure.delete(key)
    else this.#unsure.add(key)
    document.show(this.#options.draft() || !isSure ? null : clients, strings, lent && seedOf(lent))
  }

  /** Sees to it that what is typed next is typed under a client that may be there. */
  refit(): void {
    for (const [key, document] of this.#documents)
      if (!this.#isUndecided(key)) this.#refit(document, this.#textAt(key)?.body)
  }

  #refit(document: TextDocument, body: TextBody | undefined): void {
    if (document.isFresh) return
    const own = this.#ownEntry(body?.containers ?? [], document)
    if (!own || body?.containers.some(container => !own.parents?.includes(container))) document.renew()
  }

  /** The text at a key, also one that lost to something else. */
  #textAt(key: string): (Group & { readonly body: TextBody }) | undefined {
    const place = this.#options.place(key)
    return place && [place.winner, ...place.rivals].find(isText)
  }

  // --- what travels ---------------------------------------------------------------------------------------------

  *#live(): Generator<readonly [string, TextDocument]> {
    for (const [key, document] of this.#documents) if (this.#textAt(key)) yield [key, document]
  }

  stateVectors(): TextPart[] {
    return [...this.#live()].map(([key, document]) => ({ key, bytes: document.stateVector() }))
  }

  updatesSince(stateVectors: readonly TextPart[]): TextPart[] {
    const known = new Map(stateVectors.map(({ key, bytes }) => [key, bytes]))
    return [...this.#live()].flatMap(([key, document]) => {
      const bytes = document.updateSince(known.get(key)) ?? document.updateSince(undefined)
      return bytes ? [{ key, bytes }] : []
    })
  }

  takeLocalUpdates(): TextPart[] {
    return [...this.#documents].flatMap(([key, document]) => {
      const bytes = document.takeUpdate()
      return bytes ? [{ key, bytes }] : []
    })
  }

  /** Some text builds on what is not here. */
  get isWaiting(): boolean {
    return [...this.#live()].some(([, document]) => document.isWaiting)
  }

  /** Some text builds on what a client typed that no live entry names. */
  get waitsForDead(): boolean {
    return [...this.#live()].some(([key, document]) => {
      const clients = this.#textAt(key)?.body.clients
      return document.missing.some(client => !clients?.has(client))
    })
  }

  /** Why these cannot be taken in, or null. */
  faultIn(parts: readonly TextPart[]): string | null {
    for (const { key, bytes } of parts) {
      const fault = isKey(key) ? textFault(bytes) : 'a text of no key'
      if (fault) return fault
      const room = maxDocumentBytes - bytes.length
      if (room < 0 || this.#documents.get(key)?.exceeds(room)) return 'a text at its hard cap'
    }
    return null
  }

  /** Takes in what `faultIn` has passed, once the log that it came with is in. True if anything visible came of it. */
  receive(parts: readonly TextPart[]): boolean {
    const wasBusy = this.#isBusy
    this.#isBusy = true
    let isNews = false
    for (const { key, bytes } of parts) {
      const text = this.#textAt(key)
      const document = text ? this.#documentOf(key) : this.#documents.get(key)
      if (!document) continue
      const before = text && document.read(text.body.clients)
      document.receive(bytes)
      isNews ||= text !== undefined && document.read(text.body.clients) !== before
      this.#options.index.touch(key)
    }
    this.#isBusy = wasBusy
    return isNews
  }
}

const isText = (group: Group): group is Group & { readonly body: TextBody } => group.body.is === 'text'

const isString = (body: Group['body']): boolean => body.is === 'scalar' && typeof body.scalar === 'string'

const isStringEntry = ({ value }: Entry): boolean => value.is === 'scalar' && typeof value.scalar === 'string'

const stringOf = ({ value }: Entry): string =>
  value.is === 'scalar' && typeof value.scalar === 'string' ? value.scalar : ''

const spotOf = (key: string): Spot['field'] => ({ on: 'field', name: key })
