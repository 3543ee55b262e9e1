import type { SessionError } from '../errors.js'
import { isChanged, type Written } from './limit-check.js'
import type { Schemas } from './schema.js'
import { flawOf } from './schema-check.js'
import { byCodeUnit, isEqual, type Json } from './value.js'
import type { View } from './views.js'

/**
 * The keys as observers have been told of them, or are being told. A value from others that does not pass its key's
 * schema is hidden: it is here, and counts, but is shown to nobody (SPEC SCHEMA). A schema is asked once per value,
 * never in a read, so that what was told stays what is read.
 */
export class Published {
  readonly #schemas: Schemas
  readonly #views = new Map<string, View>()
  readonly #hidden = new Set<string>()

  constructor(schemas: Schemas) {
    this.#schemas = schemas
  }

  /** What is there, hidden or not. */
  get(key: string): View | undefined {
    return this.#views.get(key)
  }

  shown(key: string): View | undefined {
    return this.#hidden.has(key) ? undefined : this.#views.get(key)
  }

  /** The keys that are shown, in code unit order. */
  get shownKeys(): string[] {
    return [...this.#views.keys()].filter(key => !this.#hidden.has(key)).sort(byCodeUnit)
  }

  isHidden(key: string): boolean {
    return this.#hidden.has(key)
  }

  /** Takes a key as it is now, and gives what is wrong with it, if that is new. */
  put(key: string, after: View | undefined, source: 'local' | 'remote'): SessionError | null {
    const before = this.#views.get(key)
    if (after) this.#views.set(key, after)
    else this.#views.delete(key)
    if (isEqual(before?.value, after?.value)) return null
    // What this peer wrote was judged before it was committed.
    const flaw = after && source === 'remote' ? flawOf(this.#schemas, key, after.value) : null
    if (flaw) this.#hidden.add(key)
    else this.#hidden.delete(key)
    return flaw
  }

  /** Judges a local transaction by its end result. @throws SessionError `invalid-value`, `invalid-option` */
  check(written: readonly Written[]): void {
    for (const { key, after } of written.filter(isChanged)) if (after) this.#check(key, after.value)
  }

  /** To write what is there is no write, and would not be judged. @throws SessionError as `check` */
  checkAgain(key: string, value: Json): void {
    if (this.#hidden.has(key) && isEqual(value, this.#views.get(key)?.value)) this.#check(key, value)
  }

  #check(key: string, value: Json): void {
    const flaw = flawOf(this.#schemas, key, value)
    if (flaw) throw flaw
  }
}
