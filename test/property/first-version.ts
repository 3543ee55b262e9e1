import type { Json, Position } from './oracle.js'
import { canonical, idOfItem } from './rewrite.js'

/** MERGE8: where an element of an array written at once stands, and what it is called, by content alone. */
export function firstPlace(
  items: readonly Json[],
  index: number,
): { readonly key: string; readonly position: Position } {
  const item = items[index] ?? null
  const id = idOfItem(item)
  const isOnly = items.filter(other => idOfItem(other) === id).length === 1
  const hash = hashOf(canonical(item))
  const before = items.slice(0, index).filter(other => hashOf(canonical(other)) === hash).length
  return {
    key: id !== null && isOnly ? `i${id}` : `c${hash.toString(36)}.${before}`,
    position: [0, 2 ** 31 + (hashOf(canonical(items)) % (2 ** 40 - 2 ** 31 + 1)), index],
  }
}

function hashOf(text: string): number {
  let low = 0x811c9dc5n
  let high = 0x1b873593n
  for (const unit of text.split('').map(character => BigInt(character.charCodeAt(0)))) {
    low = ((low ^ unit) * 0x01000193n) % 2n ** 32n
    high = ((high ^ unit) * 0x85ebca6bn) % 2n ** 32n
  }
  return Number((high >> 24n) * 2n ** 32n + low) || 1
}
