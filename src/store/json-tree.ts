import { matchItems } from './array-match.js'
import { placeItems } from './array-place.js'
import type { Container, Entry } from './entry-index.js'
import { maxContainers, type EntryValue, type Field } from './entry.js'
import { placesAtOnce, uniqueIds } from './first-version.js'
import type { Body, Element, Group, Place } from './fold.js'
import type { Position } from './position.js'
import { isArray, isEqual, type Json } from './value.js'

export type ListBody = Extract<Body, { is: 'list' }>

/** Where a transaction puts what it writes. Both act at once, on the index; the document follows on commit. */
export type Draft = {
  readonly writer: number
  append(containers: readonly Container[] | null, field: Field, value: EntryValue): Entry
  remove(entry: Entry): void
}

/** A place to write: a field of the root (null) or of united containers. */
export type Spot = { readonly containers: readonly Container[] | null; readonly field: Field }

/** Writes a value where none is, with all that hangs below it. */
export function writeNew(draft: Draft, { containers, field }: Spot, value: Json): void {
  if (typeof value !== 'object' || value === null) {
    draft.append(containers, field, { is: 'scalar', scalar: value })
    return
  }
  const kind = isArray(value) ? 'list' : 'object'
  const { container } = draft.append(containers, field, { is: 'container', kind })
  if (!container) return
  if (isArray(value))
    for (const [element, item] of placesAtOnce(value))
      writeNew(draft, { containers: [container], field: element }, item)
  else
    for (const [name, inner] of Object.entries(value))
      writeNew(draft, { containers: [container], field: { on: 'field', name } }, inner)
}

/**
 * Makes a key hold a value by writing only what differs from what is there; undefined removes it. A conflict of
 * the key itself is settled thereby, also to the value that is there already (SPEC MERGE11): a scalar is
 * written anew, a container only loses its rivals.
 */
export function writeKey(draft: Draft, spot: Spot, place: Place | undefined, value: Json | undefined): void {
  if (!place || place.rivals.length === 0 || value === undefined) {
    writePlace(draft, spot, place, value)
    return
  }
  for (const rival of place.rivals) removeGroup(draft, rival)
  if (writeInside(draft, place.winner, value)) return
  removeGroup(draft, place.winner)
  writeNew(draft, spot, value)
}

/** Makes a place hold a value by writing only what differs: an equal value is not written, conflict or not. */
export function writePlace(draft: Draft, spot: Spot, place: Place | undefined, value: Json | undefined): void {
  if (place && value !== undefined && (isEqual(place.winner.value, value) || writeInside(draft, place.winner, value)))
    return
  if (place) removePlace(draft, place)
  if (value !== undefined) writeNew(draft, spot, value)
}

/** True if the group is a container of the value's kind, which was then written into. */
function writeInside(draft: Draft, { body }: Group, value: Json): boolean {
  if (typeof value !== 'object' || value === null || body.is === 'scalar') return false
  if (isArray(value)) {
    if (body.is !== 'list') return false
    writeList(draft, body, value)
    return true
  }
  if (body.is !== 'object') return false
  const { containers, fields } = body
  for (const [name, place] of fields) if (!Object.hasOwn(value, name)) removePlace(draft, place)
  for (const [name, inner] of Object.entries(value))
    writePlace(draft, { containers, field: { on: 'field', name } }, fields.get(name), inner)
  return true
}

/** Removes every entry of a place that can be seen. What hangs below is left without a name, and is swept on commit. */
export function removePlace(draft: Draft, place: Place): void {
  for (const entry of place.entries) draft.remove(entry)
}

function removeGroup(draft: Draft, group: Group): void {
  for (const entry of group.entries) draft.remove(entry)
}

/** Makes a list hold these items: elements keep who they are, only what differs is written (SPEC MERGE9). */
function writeList(draft: Draft, list: ListBody, items: readonly Json[]): void {
  const { containers, elements } = list
  const matches = matchItems(
    elements.map(element => element.place.winner.value),
    items,
  )
  const kept = matches.map(match => (match === null ? null : (elements[match] ?? null)))
  const stays = new Set(kept)
  for (const element of elements) if (!stays.has(element)) removeElement(draft, element)

  const positions = placeItems(kept, draft.writer)
  const ids = uniqueIds(items)
  for (const [index, item] of items.entries()) {
    const position = positions[index] ?? null
    const element = kept[index] ?? null
    if (element) {
      if (position) moveElement(draft, list, element, position)
      writePlace(draft, { containers, field: element.place.winner.top.field }, element.place, item)
    } else if (position) insertElement(draft, list, ids[index] ?? null, position, item)
  }
}

export function insertElement(draft: Draft, list: ListBody, key: string | null, position: Position, item: Json): void {
  // An element of that key can still be here under another visible id: writing a field removes what it sees there.
  const hidden = key === null ? undefined : list.elements.find(element => element.key === key)
  if (hidden) removeElement(draft, hidden)
  writeNew(draft, { containers: list.containers, field: { on: 'element', key, position } }, item)
}

export function moveElement(draft: Draft, list: ListBody, element: Element, position: Position): void {
  for (const move of element.moves) draft.remove(move)
  const inserted = element.place.entries.slice(0, maxContainers).map(({ writer, clock }) => [writer, clock] as const)
  const { field } = element.place.winner.top
  const key = field.on === 'element' ? field.key : null
  draft.append(list.containers, { on: 'position', key, inserted }, { is: 'position', position })
}

export function removeElement(draft: Draft, element: Element): void {
  removePlace(draft, element.place)
  for (const move of element.moves) draft.remove(move)
}
