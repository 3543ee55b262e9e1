import { SessionError } from '../errors.js'

/** What a value may be. Objects and arrays handed out are frozen; fields stand in code unit order. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject
export type JsonObject = { readonly [field: string]: Json }
export type Scalar = string | number | boolean | null
export type Path = readonly (string | number)[]

/** Deeper nesting than this is no value: folding goes down it with the stack. */
export const maxDepth = 100

/** The length of a text in UTF-8, counted: every write asks several times, and an encoder costs more than short texts. */
export function utf8Bytes(text: string): number {
  let bytes = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    // The two halves of a surrogate pair make four bytes; one that stands alone is encoded as three.
    const isPair = unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00
    if (isPair) i++
    bytes += isPair ? 4 : unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3
  }
  return bytes
}

/** The size of a value as limits count it: the UTF-8 bytes of its JSON. */
export const jsonBytes = (value: Json): number => utf8Bytes(JSON.stringify(value))

/** False for a text that has no UTF-8 form because a surrogate in it stands alone. */
export const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text)

export const isScalar = (value: unknown): value is Scalar =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)

export const isArray = (value: Json): value is readonly Json[] => Array.isArray(value)

/** Code unit order, the one order of fields, keys and element ids. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** A frozen plain object with the entries' fields in code unit order; `__proto__` is a field like any other. */
export function makeObject(fields: Iterable<readonly [string, Json]>): JsonObject {
  const object: Record<string, Json> = {}
  for (const [field, value] of [...fields].sort((a, b) => byCodeUnit(a[0], b[0])))
    if (field === '__proto__')
      Object.defineProperty(object, field, { value, enumerable: true, writable: true, configurable: true })
    else object[field] = value
  return Object.freeze(object)
}

/**
 * A frozen copy of what an app hands in, or undefined for null and undefined, which mean "no value".
 * @throws SessionError `invalid-value` with the path to what is not JSON
 */
export function toJson(value: unknown): Json | undefined {
  return value === null || value === undefined ? undefined : copy(value, [], new Set())
}

function copy(value: unknown, path: Path, ancestors: Set<object>): Json {
  const invalid = (reason: string) =>
    new SessionError('invalid-value', `Not a JSON value at /${path.join('/')}: ${reason}.`, { path, reason })

  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw invalid(`${value} has no JSON form`)
    return value === 0 ? 0 : value
  }
  if (typeof value === 'string') {
    if (!isWellFormed(value)) throw invalid('a lone surrogate has no UTF-8 form')
    return value
  }
  if (typeof value !== 'object') throw invalid(`a ${typeof value} has no JSON form`)
  if (ancestors.has(value)) throw invalid('it contains itself')
  if (ancestors.size >= maxDepth) throw invalid(`it nests deeper than ${maxDepth}`)

  ancestors.add(value)
  let result: Json
  if (Array.isArray(value)) {
    // Not map(): it would pass over the holes of a sparse array.
    result = Object.freeze(Array.from(value, (item: unknown, index) => copy(item, [...path, index], ancestors)))
  } else {
    // A plain object of another realm (an iframe) has another Object.prototype, but one without a prototype too.
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
      throw invalid('a class instance is no plain object')
    const fields: [string, Json][] = []
    for (const [field, inner] of Object.entries(value)) {
      if (!isWellFormed(field)) throw invalid('a lone surrogate has no UTF-8 form')
      if (inner !== undefined) fields.push([field, copy(inner, [...path, field], ancestors)])
    }
    result = makeObject(fields)
  }
  ancestors.delete(value)
  return result
}

/** Equality of values, by content. */
export function isEqual(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (isArray(a)) return isArray(b) && a.length === b.length && a.every((item, index) => isEqual(item, b[index]))
  if (isArray(b)) return false
  const fields = Object.keys(a)
  return (
    fields.length === Object.keys(b).length &&
    fields.every(field => Object.hasOwn(b, field) && isEqual(a[field], b[field]))
  )
}
