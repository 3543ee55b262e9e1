import { firstCharacter } from './dice.js'
import { isList, isObject, type Json } from './json.js'
import type { Snapshot } from './record.js'

export const textKeys: ReadonlySet<string> = new Set(['t1'])

/**
 * What can be followed through a store: texts that were written once, `t1`, `t2`, …, wherever they stand. Fields of
 * objects are told by name, elements of a list by their `id`, else all alike.
 */
export type Tokens = ReadonlyMap<string, ReadonlySet<string>>

const isToken = (value: Json): value is string =>
  typeof value === 'string' && (/^t\d+-*$/.test(value) || (value.length === 1 && value.charCodeAt(0) >= firstCharacter))

/** A text is followed by its characters. */
const readable = (key: string, value: Json): Json =>
  textKeys.has(key) && typeof value === 'string' ? value.split('') : value

const stepOf = (item: Json): string => (isObject(item) && 'id' in item ? `#${JSON.stringify(item['id'])}` : '*')

type Visit = (part: Json, path: string) => void

/** Calls `visit` for each part of a value: itself, and whatever is in it. */
const walk = (value: Json, path: string, visit: Visit): void => {
  visit(value, path)
  if (isList(value)) for (const item of value) walk(item, `${path}/${stepOf(item)}`, visit)
  else if (isObject(value)) for (const [name, inner] of Object.entries(value)) walk(inner, `${path}/${name}`, visit)
}

/** Each value that can be read, and each that lost a conflict, with where it stands. */
const walkAll = (snapshot: Snapshot, visit: Visit): void => {
  for (const [key, value] of Object.entries(snapshot.values)) walk(readable(key, value), key, visit)
  walkRivals(snapshot, visit)
}

const walkRivals = ({ values, conflicts }: Snapshot, visit: Visit): void => {
  for (const [key, found] of Object.entries(conflicts))
    for (const { path, value } of found) walk(value, [key, ...stepsTo(values[key] ?? null, path)].join('/'), visit)
}

const stepsTo = (value: Json, path: readonly (string | number)[]): string[] => {
  let at: Json | undefined = value
  return path.map(step => {
    if (typeof step === 'number') {
      at = isList(at) ? at[step] : undefined
      return at === undefined ? '*' : stepOf(at)
    }
    at = isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined
    return step
  })
}

/** By `key token`: the paths that it stands at. */
export const tokensIn = (snapshot: Snapshot): Tokens => {
  const found = new Map<string, Set<string>>()
  walkAll(snapshot, (part, path) => {
    if (!isToken(part)) return
    const id = `${path.split('/')[0]} ${part}`
    found.set(id, (found.get(id) ?? new Set()).add(path))
  })
  return found
}

/** The paths of objects and lists, those in values that lost a conflict included. */
export const containersIn = (snapshot: Snapshot): ReadonlySet<string> => containers(visit => walkAll(snapshot, visit))

/** The paths of objects and lists in values that lost a conflict: of what lost inside of these nothing can be read. */
export const rivalsIn = (snapshot: Snapshot): ReadonlySet<string> => containers(visit => walkRivals(snapshot, visit))

const containers = (walkThem: (visit: Visit) => void): ReadonlySet<string> => {
  const found = new Set<string>()
  walkThem((part, path) => {
    if (isList(part) || isObject(part)) found.add(path)
  })
  return found
}
