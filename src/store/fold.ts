import { byAge, entryKey, type Container, type Entry, type EntryIndex } from './entry-index.js'
import type { ContainerKind } from './entry.js'
import { comparePositions, type Position } from './position.js'
import { byCodeUnit, makeObject, maxDepth, type Json, type Scalar } from './value.js'

/**
 * Folding: the value of a place as a pure function of the live entries (SPEC MERGE). A place is a key, a field of
 * an object or an element of a list. More than one live entry at a place means that their writers had not seen
 * each other; entries that say the same form a group, and the group with the greatest entry is the value.
 */
export type Place = {
  /** Every live entry that writes this place. */
  readonly entries: readonly Entry[]
  readonly winner: Group
  /** Groups that lost, the greatest first: the conflicts of this place. */
  readonly rivals: readonly Group[]
}

/** Live entries of one place that say the same: equal scalars, or united containers of one kind. */
export type Group = {
  readonly entries: readonly Entry[]
  /** The greatest of `entries`. */
  readonly top: Entry
  /** The greatest entry of the group and all that hangs below it: who wrote here last. */
  readonly newest: Entry
  readonly value: Json
  readonly body: Body
}

export type Body =
  | { readonly is: 'scalar'; readonly scalar: Scalar }
  | { readonly is: 'object'; readonly containers: readonly Container[]; readonly fields: ReadonlyMap<string, Place> }
  | {
      readonly is: 'list'
      readonly containers: readonly Container[]
      /** In list order. */
      readonly elements: readonly Element[]
      /** Moves of elements that are not in the list: to be deleted once that is known to be final. */
      readonly strays: readonly Entry[]
    }

export type Element = {
  readonly key: string
  readonly place: Place
  readonly position: Position
  readonly moves: readonly Entry[]
}

/** The place of a key, or undefined where no live entry writes it. */
export function foldKey(index: EntryIndex, key: string): Place | undefined {
  const entries = index.roots.get(key)
  return entries && foldPlace(index, [...entries], 0)
}

/** What one entry says, with all that is in the container it names; null for a move. */
export function foldEntry(index: EntryIndex, entry: Entry): Json {
  return foldPlace(index, [entry], 0)?.winner.value ?? null
}

function foldPlace(index: EntryIndex, entries: readonly Entry[], depth: number): Place | undefined {
  const groups = new Map<string, [Entry, ...Entry[]]>()
  for (const entry of [...entries].sort(byAge).reverse()) {
    const { value } = entry
    if (value.is === 'position' || depth > maxDepth) continue
    const said = value.is === 'scalar' ? `=${JSON.stringify(value.scalar)}` : value.kind
    const group = groups.get(said)
    if (group) group.push(entry)
    else groups.set(said, [entry])
  }
  const [winner, ...rivals] = [...groups.values()].map(group => foldGroup(index, group, depth))
  return winner && { entries, winner, rivals }
}

function foldGroup(index: EntryIndex, entries: readonly [Entry, ...Entry[]], depth: number): Group {
  const [top] = entries
  if (top.value.is !== 'container') {
    const scalar = top.value.is === 'scalar' ? top.value.scalar : null
    return { entries, top, newest: top, value: scalar, body: { is: 'scalar', scalar } }
  }
  const containers = entries.flatMap(entry => entry.container ?? []).sort(byId)
  const body = foldBody(index, top.value.kind, containers, depth)
  const below = body.is === 'object' ? [...body.fields.values()] : body.elements.map(element => element.place)
  const moves = body.is === 'list' ? body.elements.flatMap(element => element.moves) : []
  const newest = [...below.map(place => place.winner.newest), ...moves].reduce(later, top)
  const value =
    body.is === 'object'
      ? makeObject([...body.fields].map(([name, place]) => [name, place.winner.value] as const))
      : Object.freeze(below.map(place => place.winner.value))
  return { entries, top, newest, value, body }
}

type ContainerBody = Exclude<Body, { is: 'scalar' }>

function foldBody(index: EntryIndex, kind: ContainerKind, containers: Container[], depth: number): ContainerBody {
  const entries = entriesIn(index, containers)
  switch (kind) {
    case 'object': {
      const fields = new Map<string, Place>()
      for (const [name, written] of groupBy(entries, ({ field }) => (field.on === 'field' ? field.name : null))) {
        const place = foldPlace(index, written, depth + 1)
        if (place) fields.set(name, place)
      }
      return { is: 'object', containers, fields }
    }
    case 'list':
      return { is: 'list', containers, ...foldElements(index, entries, depth) }
  }
}

function foldElements(index: EntryIndex, entries: readonly Entry[], depth: number) {
  const moves = new Map<string, Entry[]>()
  const strays: Entry[] = []
  const here = new Set(entries)
  for (const entry of entries) {
    if (entry.field.on !== 'position' || entry.value.is !== 'position') continue
    const moved = entry.field.inserted.map(id => index.at(id)).find(inserted => inserted && here.has(inserted))
    const key = moved && elementKey(moved)
    const known = key && moves.get(key)
    if (known) known.push(entry)
    else if (key) moves.set(key, [entry])
    else strays.push(entry)
  }
  const elements: Element[] = []
  for (const [key, written] of groupBy(entries, elementKey)) {
    const place = foldPlace(index, written, depth + 1)
    if (!place) continue
    const moved = moves.get(key) ?? []
    const says = (moved.length > 0 ? moved : written).reduce(later)
    const position =
      says.value.is === 'position' ? says.value.position : says.field.on === 'element' ? says.field.position : []
    elements.push({ key, place, position, moves: moved })
  }
  elements.sort((a, b) => comparePositions(a.position, b.position) || byCodeUnit(a.key, b.key))
  return { elements, strays }
}

/** How an element is known in its list: by the key its content gave it, else by the entry that inserted it. */
function elementKey({ field, writer, clock }: Entry): string | null {
  return field.on === 'element' ? (field.key ?? entryKey([writer, clock])) : null
}

/**
 * The entries visible in united containers. An entry may name several and belongs to the first that is alive:
 * for honest writers these are always all of one place, and a hostile one cannot make a value show up twice.
 */
function entriesIn(index: EntryIndex, containers: readonly Container[]): Entry[] {
  const here = new Set(containers)
  const entries = new Set(containers.flatMap(container => [...container.entries]))
  return [...entries].filter(({ parents }) => {
    const first = parents?.find(parent => here.has(parent) || index.isAlive(parent))
    return first !== undefined && here.has(first)
  })
}

function groupBy(entries: readonly Entry[], nameOf: (entry: Entry) => string | null): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>()
  for (const entry of entries) {
    const name = nameOf(entry)
    if (name === null) continue
    const group = groups.get(name)
    if (group) group.push(entry)
    else groups.set(name, [entry])
  }
  return groups
}

const later = (a: Entry, b: Entry): Entry => (byAge(a, b) < 0 ? b : a)

const byId = (a: Container, b: Container): number => a.id[0] - b.id[0] || a.id[1] - b.id[1]

/** One value that lost at a place, as `store.conflicts` lists it. */
export type Rival = { readonly path: readonly (string | number)[]; readonly group: Group }

/** The conflicts of a place and of all that is visible below it. */
export function* rivalsBelow(place: Place, path: readonly (string | number)[] = []): Generator<Rival> {
  for (const group of place.rivals) yield { path, group }
  const { body } = place.winner
  if (body.is === 'object') for (const [name, inner] of body.fields) yield* rivalsBelow(inner, [...path, name])
  if (body.is === 'list')
    for (const [i, element] of body.elements.entries()) yield* rivalsBelow(element.place, [...path, i])
}
