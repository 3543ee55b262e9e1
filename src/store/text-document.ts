import * as Y from 'yjs'
import { textFault, textName } from './text-admission.js'
import { inverseOf, stringDelta, type DeltaStep } from './text-inverse.js'
import { isWellFormed } from './value.js'

/** A local edit, as its Yjs transaction made it. */
export type TextEdit = {
  readonly update: Uint8Array
  readonly inverse: DeltaStep[]
  /** What it put into the document that cannot be in a text; null if nothing. */
  readonly fault: string | null
}

export type TextDocumentOptions = {
  /** A client that nobody has typed under. */
  drawClient(): number
  onEdit(edit: TextEdit): void
  /** A listener of the app threw while it was told of a change that did not come from it. */
  onFailure(cause: unknown): void
}

/** The state vector of who holds nothing. */
const nothing = Y.encodeStateVector(new Map())

/**
 * The document of one key's text. There is one for each key, for as long as the store is open, as editors are bound
 * to its Y.Text; not one for each text that the key has held, named by its entry. So peers need not agree on names,
 * and what tells one text from the next is who typed it (`show`).
 */
export class TextDocument {
  readonly text: Y.Text
  readonly #doc = new Y.Doc()
  readonly #options: TextDocumentOptions
  #content: readonly DeltaStep[] = []
  #delta: readonly DeltaStep[] = []
  /** Bytes of the document at the most: measured when asked, in between every update is added in full. */
  #bytes = 0
  #isMeasured = true
  /** Whether nobody was told yet that this peer types under its present client. */
  isFresh = true
  /** A string that is shown but not typed into yet: its client is here alone, and may leave no trace. */
  #lent: number | null = null
  readonly #traceless = new Set<number>()
  /** Clients that this peer typed under, and of which nothing was sent. */
  readonly #untold = new Set<number>()
  /** Local edits that are to be sent; null if they are not to be sent as they were made. */
  #updates: Uint8Array[] | null = []
  #sentClock = 0
  #isWhole = false
  #isDue = false

  constructor(options: TextDocumentOptions) {
    this.#options = options
    this.renew()
    this.text = this.#doc.getText(textName)
    this.text.observe(event => {
      this.#delta = event.transaction.local && event.transaction.origin !== this ? (event.delta as DeltaStep[]) : []
    })
    this.#doc.on('update', (update: Uint8Array, origin: unknown, _: Y.Doc, transaction: Y.Transaction) => {
      this.#bytes += update.length
      this.#isMeasured = false
      const before = this.#content
      const delta = this.#delta
      this.#content = this.text.toDelta() as DeltaStep[]
      this.#delta = []
      if (!transaction.local || origin === this) return
      // Others would read something else in the place of half a character.
      const isTorn = delta.some(({ insert }) => typeof insert === 'string' && !isWellFormed(insert))
      const fault = isTorn ? 'a lone surrogate has no UTF-8 form' : textFault(update)
      // Yjs tidies up formats by itself, and what is typed and deleted at once leaves nothing to tell.
      if (delta.length === 0 && !fault) this.#updates = null
      else this.#options.onEdit({ update, inverse: inverseOf(delta, before), fault })
    })
    this.#doc.on('afterAllTransactions', () => this.#removeTraces())
  }

  get client(): number {
    return this.#doc.clientID
  }

  /** Something in it builds on what is not here yet. */
  get isWaiting(): boolean {
    return this.#doc.store.pendingStructs !== null || this.#doc.store.pendingDs !== null
  }

  /** The clients of what it builds on that is not here yet. */
  get missing(): readonly number[] {
    return [...(this.#doc.store.pendingStructs?.missing.keys() ?? [])]
  }

  get bytes(): number {
    if (!this.#isMeasured) this.#bytes = Y.encodeStateAsUpdate(this.#doc).length
    this.#isMeasured = true
    return this.#bytes
  }

  /** What `bytes` is at the most, without measuring. */
  get atMost(): number {
    return this.#bytes
  }

  exceeds(maxBytes: number): boolean {
    return this.#bytes > maxBytes && this.bytes > maxBytes
  }

  /** What these clients typed (without `clients`, all) and nobody has deleted. */
  read(clients?: ReadonlySet<number>): string {
    let string = ''
    // By hand: the string of Y.Text has what others typed too, until `show` has deleted it.
    for (let item = this.text._start; item; item = item.right)
      if (!item.deleted && item.content instanceof Y.ContentString && clients?.has(item.id.client) !== false)
        string += item.content.str
    return string
  }

  // --- local edits ----------------------------------------------------------------------------------------------

  /** Makes the text this string, as an edit of this peer. */
  write(string: string): void {
    const before = this.read()
    // Embeds count as characters for positions.
    const isPlain = before.length === this.text.length
    const delta = isPlain ? stringDelta(before, string) : [{ delete: this.text.length }, { insert: string }]
    if (before !== string) this.#told(() => this.text.applyDelta(delta.filter(step => step.insert !== '')))
  }

  /** Edits stay, and are to be sent. */
  keep(edits: readonly TextEdit[]): void {
    this.#isDue = true
    for (const { update } of edits) this.#updates?.push(update)
  }

  /** A point to return to with what is to be sent, for edits that are taken back. */
  mark(): () => void {
    const { isFresh } = this
    const isWhole = this.#isWhole
    const isDue = this.#isDue
    return () => {
      this.isFresh = isFresh
      this.#isWhole = isWhole
      this.#isDue = isDue
    }
  }

  /** The text begins: what it is built on may have been deleted where others know nothing of it. */
  begin(): void {
    this.#isWhole = true
  }

  /** Takes edits back, the last one first. True if something had to be typed anew, which is an edit by itself. */
  takeBack(edits: readonly TextEdit[]): boolean {
    const from = this.#clock()
    this.#updates = null
    this.#told(() =>
      this.#doc.transact(transaction => {
        for (const { inverse } of [...edits].reverse()) this.text.applyDelta(inverse)
        if (edits.some(({ fault }) => fault !== null)) this.#deleteStrange(transaction)
      }, this),
    )
    return this.#clock() > from
  }

  #deleteStrange(transaction: Y.Transaction): void {
    for (const struct of [...this.#doc.store.clients.values()].flat()) {
      if (!(struct instanceof Y.Item) || struct.deleted) continue
      const { content } = struct
      const isKnown =
        content instanceof Y.ContentString || content instanceof Y.ContentFormat || content instanceof Y.ContentEmbed
      if (!isKnown || struct.parent !== this.text || struct.parentSub !== null) struct.delete(transaction)
    }
  }

  /** What is to be sent of local edits, once. */
  takeUpdate(): Uint8Array | null {
    if (!this.#isDue) return null
    const update = this.#isWhole ? Y.encodeStateAsUpdate(this.#doc) : this.#unsent()
    this.#isDue = this.#isWhole = false
    this.#updates = []
    this.#sentClock = this.#clock()
    this.#tell()
    return update
  }

  #unsent(): Uint8Array {
    if (this.#updates) return Y.mergeUpdates(this.#updates)
    const known = Y.decodeStateVector(Y.encodeStateVector(this.#doc)).set(this.client, this.#sentClock)
    return Y.encodeStateAsUpdate(this.#doc, Y.encodeStateVector(known))
  }

  #clock(): number {
    return Y.getState(this.#doc.store, this.client)
  }

  // --- what others typed ----------------------------------------------------------------------------------------

  stateVector(): Uint8Array {
    return Y.encodeStateVector(this.#doc)
  }

  /** Null if that is no state vector. */
  updateSince(stateVector: Uint8Array | undefined): Uint8Array | null {
    this.#tell()
    try {
      return Y.encodeStateAsUpdate(this.#doc, stateVector)
    } catch {
      return null
    }
  }

  /**
   * Takes in what `textFault` has passed. What is missing may make some of it rest in Yjs's pending structs, as
   * nowhere else: it is bounded by the document's size, and what is asked for next heals it.
   */
  receive(update: Uint8Array): void {
    this.#told(() => Y.applyUpdate(this.#doc, Y.diffUpdate(update, nothing), this))
  }

  /**
   * Makes the text what these clients typed: strings that they stand for are typed by them if they are not yet, what
   * others typed is deleted. Not sent, as every replica does the same by itself. `lent` is the client of a string
   * that nobody has typed into yet. Without `clients` nothing is deleted: what a transaction, or what is still missing, may bring back.
   */
  show(clients: ReadonlySet<number> | null, seeds: ReadonlyMap<number, string>, lent: number | null): void {
    const { store } = this.#doc
    const gone = [...store.clients.keys()].filter(
      client =>
        clients?.has(client) === false &&
        store.clients.get(client)?.some(struct => struct instanceof Y.Item && !struct.deleted),
    )
    const missing = [...seeds].filter(([client, string]) => Y.getState(store, client) === 0 && string !== '')
    if (this.#lent !== null && clients?.has(this.#lent) === false) {
      // Others have never heard of that client, and might yet type that string themselves.
      this.#traceless.add(this.#lent)
      // What was typed there and taken back builds on it.
      for (const client of this.#untold) this.#traceless.add(client)
      this.renew()
    }
    this.#lent = lent
    if (gone.length > 0 || missing.length > 0) this.#change(gone, missing)
    else if (this.#doc._transaction === null && this.#doc._transactionCleanups.length === 0) this.#removeTraces()
  }

  #change(gone: readonly number[], missing: readonly (readonly [client: number, string: string])[]): void {
    const { store } = this.#doc
    this.#told(() =>
      // Not as a local one: Yjs would keep places in mind that are not there any more.
      Y.transact(
        this.#doc,
        transaction => {
          for (const client of gone)
            for (const struct of store.clients.get(client) ?? [])
              if (struct instanceof Y.Item) struct.delete(transaction)
          for (const [client, string] of missing) Y.applyUpdate(this.#doc, typedBy(client, string))
        },
        this,
        false,
      ),
    )
  }

  /** From here on this peer types under a client that nobody knows. */
  renew(): void {
    this.#doc.clientID = this.#options.drawClient()
    this.#untold.add(this.client)
    this.#sentClock = 0
    this.isFresh = true
  }

  /** From here on others know what is in the document. */
  #tell(): void {
    this.#untold.clear()
    if (this.isFresh) this.renew()
  }

  /** Takes clients out of the document as if they had never been here, unless something of others builds on them. */
  #removeTraces(): void {
    if (this.#traceless.size > 0 && this.#isBuiltOn(this.#traceless)) this.#traceless.clear()
    for (const client of this.#traceless) {
      for (const struct of this.#doc.store.clients.get(client) ?? []) {
        if (!(struct instanceof Y.Item)) continue
        if (struct.left) struct.left.right = struct.right
        else if (struct.parent === this.text) this.text._start = struct.right
        if (struct.right) struct.right.left = struct.left
      }
      this.#doc.store.clients.delete(client)
      this.#untold.delete(client)
    }
    if (this.#traceless.size > 0 && this.text._searchMarker) this.text._searchMarker.length = 0
    this.#traceless.clear()
  }

  #isBuiltOn(clients: ReadonlySet<number>): boolean {
    const names = (id: Y.ID | null) => id !== null && clients.has(id.client)
    return [...this.#doc.store.clients].some(
      ([client, structs]) =>
        !clients.has(client) &&
        structs.some(struct => struct instanceof Y.Item && (names(struct.origin) || names(struct.rightOrigin))),
    )
  }

  /** Yjs tells listeners of the app before it returns, and throws what they throw. */
  #told(change: () => void): void {
    try {
      change()
    } catch (cause) {
      this.#options.onFailure(cause)
    }
  }
}

/** The same for whoever asks. */
function typedBy(client: number, string: string): Uint8Array {
  const doc = new Y.Doc()
  doc.clientID = client
  doc.getText(textName).insert(0, string)
  const update = Y.encodeStateAsUpdate(doc)
  doc.destroy()
  return update
}
