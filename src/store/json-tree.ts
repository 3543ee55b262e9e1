import { matchItems } from './array-match.js'
import { setCounter } from './counter-write.js'
import type { Draft, Spot } from './draft.js'
import { isObject } from './first-version.js'
import type { Group, ListBody, ObjectBody, Place } from './fold.js'
import { arrange, removeElement, removeSurplus } from './list-write.js'
import { hasEqualItems, setMembers } from './members-write.js'
import { isArray, isEqual, type Json, type JsonObject } from './value.js'
import { removePlace, writeNew } from './write-new.js'

/**
 * Makes a key hold a value by writing only what differs from what is there; undefined removes it. A conflict of
 * the key itself is settled thereby, also to the value that is there already (SPEC MERGE11): a scalar is
 * written anew, a container only loses its rivals.
 */
export function writeKey(draft: Draft, spot: Spot, place: Place | undefined, value: Json | undefined): void {
  if (!place || value === undefined || !isDisputed(place)) {
    writePlace(draft, spot, place, value)
    return
  }
  for (const rival of place.rivals) removeGroup(draft, rival)
  if (writeInside(draft, place.winner, value)) return
  removeGroup(draft, place.winner)
  writeNew(draft, spot, value)
}

/** Whether a key's own value is in conflict. That of a counter is also its base. */
function isDisputed({ rivals, winner: { body } }: Place): boolean {
  return rivals.length > 0 || (body.is === 'counter' && (body.base?.rivals.length ?? 0) > 0)
}

/** Makes a place hold a value by writing only what differs: an equal value is not written, conflict or not. */
export function writePlace(draft: Draft, spot: Spot, place: Place | undefined, value: Json | undefined): void {
  if (place && value !== undefined && (isEqual(place.winner.value, value) || writeInside(draft, place.winner, value)))
    return
  if (place) removePlace(draft, place)
  if (value !== undefined) writeNew(draft, spot, value)
}

/** True if the group is a container that holds values of this kind, which was then written into. */
function writeInside(draft: Draft, { body }: Group, value: Json): boolean {
  switch (body.is) {
    case 'scalar':
      return false
    case 'counter':
      if (!Number.isSafeInteger(value)) return false
      setCounter(draft, body, value as number)
      return true
    case 'members':
      if (!isList(value) || hasEqualItems(value)) return false
      setMembers(draft, body, value)
      return true
    case 'list':
      if (!isList(value)) return false
      writeList(draft, body, value)
      return true
    case 'text':
      return typeof value === 'string'
    case 'object':
      if (!isObject(value)) return false
      writeObject(draft, body, value)
      return true
  }
}

const isList = (value: Json): value is readonly Json[] => typeof value === 'object' && value !== null && isArray(value)

function writeObject(draft: Draft, { containers, fields }: ObjectBody, value: JsonObject): void {
  for (const [name, place] of fields) if (!Object.hasOwn(value, name)) removePlace(draft, place)
  for (const [name, inner] of Object.entries(value))
    writePlace(draft, { containers, field: { on: 'field', name } }, fields.get(name), inner)
}

/** Makes a list hold these items: elements keep who they are, only what differs is written (SPEC MERGE9). */
function writeList(draft: Draft, list: ListBody, items: readonly Json[]): void {
  const { elements, containers } = list
  removeSurplus(draft, list)
  const matches = matchItems(
    elements.map(element => element.place.winner.value),
    items,
  )
  const kept = matches.map(match => (match === null ? null : (elements[match] ?? null)))
  const stays = new Set(kept)
  for (const element of elements) if (!stays.has(element)) removeElement(draft, element)
  arrange(draft, list, kept, items)
  for (const [index, element] of kept.entries())
    if (element)
      writePlace(draft, { containers, field: element.place.winner.top.field }, element.place, items[index] ?? null)
}

function removeGroup(draft: Draft, group: Group): void {
  for (const entry of group.entries) draft.remove(entry)
}
