import { byAge, type Entry, type EntryIndex } from './entry-index.js'
import { foldKey, rivalsBelow, type Place, type Rival } from './fold.js'
import { isOversized } from './limit-check.js'
import type { Limits } from './limits.js'
import { byCodeUnit, jsonBytes, utf8Bytes, type Json } from './value.js'

/** A key as it stands: what its live entries fold to. */
export type View = {
  readonly place: Place
  readonly value: Json
  /** Of the value's JSON. */
  readonly valueBytes: number
  /** Of the key and the value's JSON together, as `maxTotalBytes` counts. */
  readonly bytes: number
  /** Values that lost, in this key and below, the greatest first. */
  readonly rivals: readonly Rival[]
}

export type Totals = { readonly keys: number; readonly bytes: number; readonly oversized: number }

/**
 * The folded values of all keys and their sums, kept current key by key: only keys whose entries changed are
 * folded again, so that the cost of a write follows the key, not the store.
 */
export class Views {
  readonly #index: EntryIndex
  readonly #limits: Limits
  readonly #views = new Map<string, View>()
  #totals: Totals = { keys: 0, bytes: 0, oversized: 0 }
  #sortedKeys: readonly string[] | null = null
  readonly #refolded = new Set<string>()

  constructor(index: EntryIndex, limits: Limits) {
    this.#index = index
    this.#limits = limits
  }

  get(key: string): View | undefined {
    this.#refresh()
    return this.#views.get(key)
  }

  get keys(): readonly string[] {
    this.#refresh()
    return (this.#sortedKeys ??= [...this.#views.keys()].sort(byCodeUnit))
  }

  get totals(): Totals {
    this.#refresh()
    return this.#totals
  }

  /** The keys folded again since `takeUnpublished`, in code unit order, so that events come in one order everywhere. */
  get unpublished(): readonly string[] {
    this.#refresh()
    return [...this.#refolded].sort(byCodeUnit)
  }

  takeUnpublished(): readonly string[] {
    const keys = this.unpublished
    this.#refolded.clear()
    return keys
  }

  /** Moves within a key that name elements that are not there. */
  *straysOf(keys: Iterable<string>): Generator<Entry> {
    for (const key of keys) {
      const view = this.get(key)
      if (view) yield* straysIn(view.place)
    }
  }

  #refresh(): void {
    const { changed } = this.#index
    if (changed.size === 0) return
    let { keys, bytes, oversized } = this.#totals
    for (const key of changed) {
      this.#refolded.add(key)
      const before = this.#views.get(key)
      const after = this.#fold(key)
      if (after) this.#views.set(key, after)
      else this.#views.delete(key)
      if (!before !== !after) this.#sortedKeys = null
      for (const [view, sign] of [[before, -1] as const, [after, 1] as const]) {
        if (!view) continue
        keys += sign
        bytes += sign * view.bytes
        if (isOversized(view, this.#limits)) oversized += sign
      }
    }
    this.#totals = { keys, bytes, oversized }
    changed.clear()
  }

  #fold(key: string): View | undefined {
    const place = foldKey(this.#index, key)
    if (!place) return undefined
    const { value } = place.winner
    const valueBytes = jsonBytes(value)
    const rivals = [...rivalsBelow(place)].sort((a, b) => byAge(b.group.top, a.group.top))
    return { place, value, valueBytes, bytes: utf8Bytes(key) + valueBytes, rivals }
  }
}

function* straysIn({ winner, rivals }: Place): Generator<Entry> {
  for (const { body } of [winner, ...rivals]) {
    if (body.is === 'object') for (const place of body.fields.values()) yield* straysIn(place)
    if (body.is === 'list') {
      yield* body.strays
      for (const { place } of body.elements) yield* straysIn(place)
    }
  }
}
