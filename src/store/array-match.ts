import { idKey, isObject, uniqueIds } from './first-version.js'
import { isArray, isEqual, type Json } from './value.js'

/**
 * Which element of an array, as it was, each item of its rewrite is (its index, or null for a new one), by the
 * rules of SPEC MERGE9, in this order: equal beginnings and ends; the same `id`; equal content, by occurrence;
 * and, between two that stayed, containers without an id that are alike by half.
 */
export function matchItems(before: readonly Json[], after: readonly Json[]): (number | null)[] {
  const matches: (number | null)[] = after.map(() => null)
  let start = 0
  while (start < before.length && start < after.length && isEqual(before[start], after[start])) matches[start] = start++
  let end = 0
  while (end < Math.min(before.length, after.length) - start && isEqual(before.at(-1 - end), after.at(-1 - end))) {
    matches[after.length - 1 - end] = before.length - 1 - end
    end++
  }

  const free = new Map<string, number[]>()
  const offer = (key: string, index: number) => free.set(key, [...(free.get(key) ?? []), index])
  const idsBefore = uniqueIds(before)
  const idsAfter = uniqueIds(after)
  // An id that is unique in only one of the two says nothing about who is who.
  const known = new Set(idsBefore)
  const shared = new Set(idsAfter.filter(id => known.has(id)))
  const keyOf = (id: string | null | undefined, item: Json | undefined) =>
    id && shared.has(id) ? id : contentKey(item)
  for (let i = start; i < before.length - end; i++) offer(keyOf(idsBefore[i], before[i]), i)
  for (let i = start; i < after.length - end; i++) matches[i] = free.get(keyOf(idsAfter[i], after[i]))?.shift() ?? null

  pairAlike(before, after, matches)
  return matches
}

const contentKey = (item: Json | undefined): string => `=${JSON.stringify(item)}`

/**
 * Pairs what is left over in each gap between two neighbours that stayed. Without this, changing one field of
 * an element that has no id would remove the element and insert another, and a change of another field of it
 * at the same time would be lost.
 */
function pairAlike(before: readonly Json[], after: readonly Json[], matches: (number | null)[]): void {
  const taken = new Set(matches)
  let previous = -1
  for (let i = 0; i < after.length; i++) {
    for (let j = previous + 1; matches[i] === null && j < before.length && !taken.has(j); j++)
      if (isAlike(before[j], after[i])) {
        matches[i] = j
        taken.add(j)
      }
    previous = matches[i] ?? previous
  }
}

/** Objects, or arrays, without an id that have at least half of their fields, or items, in common. */
export function isAlike(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined || idKey(a) !== null || idKey(b) !== null) return false
  if (isArray(a) && isArray(b)) {
    const equal = a.filter((item, index) => isEqual(item, b[index])).length
    return equal > 0 && equal * 2 >= Math.max(a.length, b.length)
  }
  if (!isObject(a) || !isObject(b)) return false
  const fields = new Set([...Object.keys(a), ...Object.keys(b)])
  const equal = [...fields].filter(field => Object.hasOwn(a, field) && isEqual(a[field], b[field])).length
  return equal > 0 && equal * 2 >= fields.size
}

/** The indices of a longest strictly increasing subsequence; null items are passed over. */
export function longestIncreasing<T>(items: readonly (T | null)[], compare: (a: T, b: T) => number): Set<number> {
  const tails: number[] = []
  const previous = new Map<number, number | undefined>()
  for (const [index, item] of items.entries()) {
    if (item === null) continue
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      const tail = items[tails[middle] ?? -1]
      if (tail !== null && tail !== undefined && compare(tail, item) < 0) low = middle + 1
      else high = middle
    }
    previous.set(index, tails[low - 1])
    tails[low] = index
  }
  const kept = new Set<number>()
  for (let index = tails.at(-1); index !== undefined; index = previous.get(index)) kept.add(index)
  return kept
}
