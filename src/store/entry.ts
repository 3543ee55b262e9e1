import type { Limits } from './limits.js'
import { maxKeyBytes } from './limits.js'
import { maxNumber, maxSegments, type Position } from './position.js'
import { maxStamp } from './stamp.js'
import { isScalar, jsonBytes, utf8Bytes, type Scalar } from './value.js'

/** The kinds of container, as an entry names them. */
export const containerKinds = { object: 1, array: 2, counter: 3, members: 4, text: 5, list: 6 } as const
export type ContainerKind = keyof typeof containerKinds

/** Where an entry was written: its writer's clientID and its place in that writer's log. */
export type EntryId = readonly [writer: number, clock: number]

/**
 * Which field of its container an entry writes: a key or an object's field, an element's value (with the
 * position it was inserted at), or an element's position. An element is known by `key` where its content gives
 * it one (an `id`, or its place in an array written at once), else by the entry that inserted it. A move lists
 * the insertions that it saw, and dies with them. `own` is what each writer has one of, and `baseline` what a reset
 * of a counter takes from that writer's tally.
 */
export type Field =
  | { readonly on: 'field'; readonly name: string }
  | { readonly on: 'element'; readonly key: string | null; readonly position: Position }
  | { readonly on: 'position'; readonly key: string | null; readonly inserted: readonly EntryId[] }
  | { readonly on: 'own' }
  | { readonly on: 'baseline'; readonly writer: number }

/** What an entry says. */
export type EntryValue =
  | { readonly is: 'scalar'; readonly scalar: Scalar }
  | { readonly is: 'container'; readonly kind: ContainerKind }
  | { readonly is: 'position'; readonly position: Position }
  | ({ readonly is: 'tally' } & Tally)

/** How often a writer has changed a counter, and by how much in all. */
export type Tally = { readonly count: number; readonly total: number }

/** One written value, as it stands in a log. `containers` is null for the root, whose fields are the keys. */
export type EntryContent = {
  readonly containers: readonly EntryId[] | null
  readonly field: Field
  readonly stamp: number
  readonly value: EntryValue
}

/** An element that a transaction appends when it has nothing else to append, so that its clock advances (SPEC DATA4). */
export const mark = 0

/** Containers, or insertions, that one entry may name: as many as honest peers make at once. It names no more of a hostile one's. */
export const maxContainers = 256

/*
 * The written form, `[field, stamp, value, ...containers]` (SPEC DATA3), keeps an entry small: nothing for the
 * root, one number for a container of the writer's own, and 0 for the writer itself within positions.
 */

export function writeEntry(entry: EntryContent, writer: number): unknown[] {
  return [
    writeField(entry.field, writer),
    entry.stamp,
    writeValue(entry.value, writer),
    ...writeContainers(entry, writer),
  ]
}

function writeField(field: Field, writer: number): unknown {
  switch (field.on) {
    case 'field':
      return field.name
    case 'element':
      return [...(field.key === null ? [] : [field.key]), ...writePosition(field.position, writer)]
    case 'position':
      return [...(field.key === null ? [] : [field.key]), ...field.inserted.flat()]
    case 'own':
      return 0
    case 'baseline':
      return field.writer
  }
}

function writeValue(value: EntryValue, writer: number): unknown {
  switch (value.is) {
    case 'scalar':
      return value.scalar
    case 'container':
      return [containerKinds[value.kind]]
    case 'position':
      return writePosition(value.position, writer)
    case 'tally':
      return [value.count, value.total]
  }
}

const writePosition = (position: Position, writer: number): number[] =>
  position.map((number, index) => (index % 3 === 1 && number === writer ? 0 : number))

function writeContainers({ containers }: EntryContent, writer: number): number[] {
  if (containers === null) return []
  const [only] = containers
  return containers.length === 1 && only && only[0] === writer ? [only[1]] : containers.flat()
}

/**
 * What one element of a log says: `mark`, an entry, or null if no honest writer could have written it. The
 * answer depends on the element and the limits alone, never on what has arrived before, or replicas would part.
 */
export function readEntry(element: unknown, writer: number, limits: Limits): EntryContent | typeof mark | null {
  if (element === mark) return mark
  if (!Array.isArray(element) || element.length < 3) return null
  const [rawField, stamp, rawValue, ...rawContainers] = element as unknown[]
  if (!isNatural(stamp) || stamp > maxStamp) return null
  const containers = readContainers(rawContainers, writer)
  const value = readValue(rawValue, writer, limits)
  if (containers === undefined || !value) return null
  const isRoot = containers === null
  if (value.is === 'container' && value.kind === 'text' && !isRoot) return null
  const field = readField(rawField, writer, limits, isRoot, value)
  return field && { containers, field, stamp, value }
}

function readContainers(raw: unknown[], writer: number): readonly EntryId[] | null | undefined {
  if (raw.length === 0) return null
  if (raw.length === 1) return isNatural(raw[0]) ? [[writer, raw[0]]] : undefined
  return readIds(raw)
}

function readIds(raw: readonly unknown[]): EntryId[] | undefined {
  if (raw.length === 0 || raw.length % 2 !== 0 || raw.length > maxContainers * 2 || !raw.every(isNatural))
    return undefined
  return Array.from({ length: raw.length / 2 }, (_, i): EntryId => [raw[i * 2] ?? 0, raw[i * 2 + 1] ?? 0])
}

function readValue(raw: unknown, writer: number, limits: Limits): EntryValue | null {
  if (isScalar(raw))
    return jsonBytes(raw) <= limits.maxValueBytes ? { is: 'scalar', scalar: raw === 0 ? 0 : raw } : null
  if (!Array.isArray(raw)) return null
  const [first, second] = raw as unknown[]
  if (raw.length === 1) {
    const kind = kinds.find(name => containerKinds[name] === first)
    return kind ? { is: 'container', kind } : null
  }
  if (raw.length === 2)
    return isNatural(first) && Number.isSafeInteger(second)
      ? { is: 'tally', count: first, total: (second as number) || 0 }
      : null
  const position = readPosition(raw, writer)
  return position && { is: 'position', position }
}

const kinds = Object.keys(containerKinds) as ContainerKind[]

function readField(raw: unknown, writer: number, limits: Limits, isRoot: boolean, value: EntryValue): Field | null {
  const isMove = value.is === 'position'
  const isTally = value.is === 'tally'
  if (typeof raw === 'string') {
    const isKept = isRoot ? isKey(raw) : utf8Bytes(raw) <= limits.maxValueBytes
    return isKept && !isMove && !isTally ? { on: 'field', name: raw } : null
  }
  if (isRoot) return null
  if (isNatural(raw)) {
    if (raw > 0) return isTally ? { on: 'baseline', writer: raw } : null
    return isTally || value.is === 'scalar' ? { on: 'own' } : null
  }
  if (!Array.isArray(raw) || isTally) return null
  const [first, ...rest] = raw as unknown[]
  const key = typeof first === 'string' ? first : null
  if (key !== null && utf8Bytes(key) > limits.maxValueBytes + 1) return null
  const numbers = key === null ? raw : rest
  if (isMove) {
    const inserted = readIds(numbers)
    return inserted ? { on: 'position', key, inserted } : null
  }
  const position = readPosition(numbers, writer)
  return position && { on: 'element', key, position }
}

function readPosition(raw: unknown[], writer: number): Position | null {
  if (raw.length === 0 || raw.length % 3 !== 0 || raw.length > maxSegments * 3 || !raw.every(isOrdinal)) return null
  // A nested segment of number 0 would stand where its parent does.
  if (raw.some((number, index) => index > 0 && index % 3 === 0 && number === 0)) return null
  return raw.map((number, index) => (index % 3 === 1 && number === 0 ? writer : number))
}

const isNatural = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const isOrdinal = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Math.abs(value as number) <= maxNumber

/** Whether a text can be a key: not empty, well formed, at most `maxKeyBytes` in UTF-8. */
export const isKey = (text: string): boolean => text !== '' && utf8Bytes(text) <= maxKeyBytes
