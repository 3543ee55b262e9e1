type Observer<Change> = {
  readonly keys: ReadonlySet<string> | '*'
  readonly listener: (change: Change) => void
  /** The number of the last change that its initial values already contained. */
  readonly knows: number
}

/**
 * Who listens to which keys. Changes are told in the order they were made, also those that a listener makes
 * while it is told of another; a listener that throws is reported, and the others are still told.
 */
export class Observers<Change extends { readonly key: string }> {
  readonly #observers = new Set<Observer<Change>>()
  readonly #queue: { readonly change: Change; readonly number: number }[] = []
  readonly #onFailure: (cause: unknown) => void
  #last = 0
  #isTelling = false

  constructor(onFailure: (cause: unknown) => void) {
    this.#onFailure = onFailure
  }

  add(keys: ReadonlySet<string> | '*', listener: (change: Change) => void, initial: Iterable<Change>): () => void {
    const observer = { keys, listener, knows: this.#last }
    this.#observers.add(observer)
    // What the listener changes meanwhile is told after that, or it would be told a newer value first.
    this.#whileTelling(() => {
      for (const change of initial) if (this.#observers.has(observer)) this.#call(observer, change)
    })
    return () => this.#observers.delete(observer)
  }

  /** Tells these changes after all told before. Returns when all are told, unless called by a listener. */
  tell(changes: readonly Change[]): void {
    this.#whileTelling(() => {
      for (const change of changes) this.#queue.push({ change, number: ++this.#last })
    })
  }

  /** Then tells all that is due, unless that is being told already. */
  #whileTelling(run: () => void): void {
    const isOutermost = !this.#isTelling
    this.#isTelling = true
    run()
    if (!isOutermost) return
    for (let next = this.#queue.shift(); next; next = this.#queue.shift())
      for (const observer of this.#observers)
        if (observer.knows < next.number && (observer.keys === '*' || observer.keys.has(next.change.key)))
          this.#call(observer, next.change)
    this.#isTelling = false
  }

  clear(): void {
    this.#observers.clear()
    this.#queue.length = 0
  }

  #call(observer: Observer<Change>, change: Change): void {
    try {
      observer.listener(change)
    } catch (cause) {
      this.#onFailure(cause)
    }
  }
}
