import type { Field } from './entry.js'
import { firstPosition } from './position.js'
import type { Json, JsonObject } from './value.js'
import { isArray } from './value.js'

/**
 * An array written at once where none was. Its elements take keys and positions from content and occurrence
 * alone, so that two peers who write the same first version at once have written one array (SPEC MERGE8).
 */
export function placesAtOnce(items: readonly Json[]): (readonly [Field, Json])[] {
  const contentHash = hashOf(JSON.stringify(items))
  const ids = uniqueIds(items)
  const occurrences = new Map<string, number>()
  return items.map((item, index) => {
    const id = ids[index] ?? null
    const content = hashOf(JSON.stringify(item)).toString(36)
    const occurrence = occurrences.get(content) ?? 0
    occurrences.set(content, occurrence + 1)
    const key = id ?? `c${content}.${occurrence}`
    return [{ on: 'element', key, position: firstPosition(contentHash, index) }, item] as const
  })
}

/** The key of each item whose string or number `id` no other item of the array has, else null. */
export function uniqueIds(items: readonly Json[]): (string | null)[] {
  const counts = new Map<string, number>()
  const ids = items.map(item => idKey(item))
  for (const id of ids) if (id !== null) counts.set(id, (counts.get(id) ?? 0) + 1)
  return ids.map(id => (id !== null && counts.get(id) === 1 ? id : null))
}

/** The key that an element's `id` gives it, null if it has none. The id 1 and the id "1" are two. */
export function idKey(item: Json): string | null {
  if (!isObject(item) || !Object.hasOwn(item, 'id')) return null
  const { id } = item
  return typeof id === 'string' || typeof id === 'number' ? `i${JSON.stringify(id)}` : null
}

export const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !isArray(value)

/** 40 bits of a text, never 0, as positions can hold them: two rounds of FNV-1a (Fowler, Noll, Vo) with different offsets. */
export function hashOf(text: string): number {
  let low = 0x811c9dc5
  let high = 0x1b873593
  for (let i = 0; i < text.length; i++) {
    low = Math.imul(low ^ text.charCodeAt(i), 0x01000193)
    high = Math.imul(high ^ text.charCodeAt(i), 0x85ebca6b)
  }
  return (high >>> 24) * 2 ** 32 + (low >>> 0) || 1
}
