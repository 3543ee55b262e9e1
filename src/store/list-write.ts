import { placeItems } from './array-place.js'
import type { Draft } from './draft.js'
import { maxContainers } from './entry.js'
import { uniqueIds } from './first-version.js'
import type { Element, ListBody } from './fold.js'
import type { Position } from './position.js'
import type { Json } from './value.js'
import { removePlace, writeNew } from './write-new.js'

/** Puts elements in this order, and inserts items where there is none; the items of the others stay as they are. */
export function arrange(
  draft: Draft,
  list: ListBody,
  order: readonly (Element | null)[],
  items: readonly Json[],
): void {
  const positions = placeItems(order, draft.writer, draft.runs.in(list.containers))
  const ids = uniqueIds(items)
  for (const [index, item] of items.entries()) {
    const position = positions[index]
    const element = order[index]
    if (!position) continue
    if (element) moveElement(draft, list, element, position)
    else insertElement(draft, list, ids[index] ?? null, position, item)
  }
}

/** Puts one element where `order` has none, between the others. */
export function moveTo(draft: Draft, list: ListBody, order: readonly (Element | null)[], moved: Element): void {
  for (const [index, position] of placeItems(order, draft.writer, draft.runs.in(list.containers)).entries())
    if (position) moveElement(draft, list, order[index] ?? moved, position)
}

function insertElement(draft: Draft, list: ListBody, key: string | null, position: Position, item: Json): void {
  // An element of that key can still be here under another visible id: writing a field removes what it sees there.
  const hidden = key === null ? undefined : [...list.elements, ...list.surplus].find(element => element.key === key)
  if (hidden) removeElement(draft, hidden)
  writeNew(draft, { containers: list.containers, field: { on: 'element', key, position } }, item)
}

function moveElement(draft: Draft, list: ListBody, element: Element, position: Position): void {
  for (const move of element.moves) draft.remove(move)
  const inserted = element.place.entries.slice(0, maxContainers).map(({ writer, clock }) => [writer, clock] as const)
  const { field } = element.place.winner.top
  const key = field.on === 'element' ? field.key : null
  draft.append(list.containers, { on: 'position', key, inserted }, { is: 'position', position })
}

/** What the bound hides goes with the next write, or it would come back once something else is removed. */
export function removeSurplus(draft: Draft, { surplus }: ListBody): void {
  for (const element of surplus) removeElement(draft, element)
}

export function removeElement(draft: Draft, element: Element): void {
  removePlace(draft, element.place)
  for (const move of element.moves) draft.remove(move)
}
