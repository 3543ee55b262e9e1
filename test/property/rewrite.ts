import type { Json } from './oracle.js'

/**
 * MERGE9, naively: which element of a list each item of its rewrite is, by index, or null for a new one. In this
 * order: equal beginnings, equal ends, the same unique id, equal content by occurrence, and what is alike by
 * half between the same two neighbours.
 */
export function matchRewrite(before: readonly Json[], after: readonly Json[]): (number | null)[] {
  const matches: (number | null)[] = after.map(() => null)
  const isTaken = (j: number) => matches.includes(j)
  const isEqual = (j: number, i: number) => same(before[j], after[i])

  for (let i = 0; i < Math.min(before.length, after.length) && isEqual(i, i); i++) matches[i] = i
  for (let n = 1; n <= Math.min(before.length, after.length); n++) {
    const [j, i] = [before.length - n, after.length - n]
    if (isTaken(j) || matches[i] !== null || !isEqual(j, i)) break
    matches[i] = j
  }

  const pairFirst = (isPair: (j: number, i: number) => boolean) => {
    for (const i of after.keys()) {
      if (matches[i] !== null) continue
      const match = [...before.keys()].find(j => !isTaken(j) && isPair(j, i))
      if (match !== undefined) matches[i] = match
    }
  }
  const isSharedId = (item: Json | undefined) => {
    const id = idOfItem(item)
    return id !== null && [before, after].every(items => items.filter(other => idOfItem(other) === id).length === 1)
  }
  pairFirst((j, i) => isSharedId(after[i]) && idOfItem(before[j]) === idOfItem(after[i]))
  pairFirst(isEqual)

  for (const i of after.keys()) {
    if (matches[i] !== null) continue
    const neighbour = matches.slice(0, i).findLast(match => match !== null) ?? -1
    for (let j = neighbour + 1; j < before.length && !isTaken(j); j++)
      if (areAlike(before[j], after[i])) {
        matches[i] = j
        break
      }
  }
  return matches
}

/** The JSON of an item's `id`, if that is a string or a number. */
export function idOfItem(item: Json | undefined): string | null {
  if (!isObject(item) || !Object.hasOwn(item, 'id')) return null
  const { id } = item
  return typeof id === 'string' || typeof id === 'number' ? JSON.stringify(id) : null
}

function areAlike(a: Json | undefined, b: Json | undefined): boolean {
  if (idOfItem(a) !== null || idOfItem(b) !== null) return false
  if (Array.isArray(a) && Array.isArray(b)) {
    const equal = a.filter((item: Json, i) => same(item, b[i] as Json | undefined)).length
    return equal > 0 && equal >= Math.max(a.length, b.length) / 2
  }
  if (!isObject(a) || !isObject(b)) return false
  const fields = new Set([...Object.keys(a), ...Object.keys(b)])
  const equal = [...fields].filter(field => Object.hasOwn(a, field) && same(a[field], b[field])).length
  return equal > 0 && equal >= fields.size / 2
}

export const isObject = (value: Json | undefined): value is { readonly [field: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Equal as values: fields in any order. */
export const same = (a: Json | undefined, b: Json | undefined): boolean =>
  a === undefined || b === undefined ? a === b : canonical(a) === canonical(b)

/** The JSON of a value with its fields in code unit order, whatever order they stand in. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (!isObject(value)) return JSON.stringify(value)
  const fields = Object.keys(value).sort()
  return `{${fields.map(field => `${JSON.stringify(field)}:${canonical(value[field] ?? null)}`).join()}}`
}
