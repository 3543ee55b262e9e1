import { byAge, entryKey, type Container, type Entry, type EntryIndex } from './entry-index.js'
import type { ContainerKind } from './entry.js'
import { comparePositions, type Position } from './position.js'
import { counterValue, foldCounter, type CounterBody } from './counter-fold.js'
import { memberOf } from './member-name.js'
import { foldText, isTyped, textContainers, type TextBody } from './text-fold.js'
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
  | ObjectBody
  | ListBody
  | CounterBody
  | MembersBody
  | TextBody

export type ObjectBody = {
  readonly is: 'object'
  readonly containers: readonly Container[]
  readonly fields: ReadonlyMap<string, Place>
}

export type ListBody = {
  readonly is: 'list'
  readonly containers: readonly Container[]
  /** Whether a handle made it, not `set`. */
  readonly isMadeByHandle: boolean
  /** Those that are visible, in list order. */
  readonly elements: readonly Element[]
  /** Those that the bound of the list leaves out. */
  readonly surplus: readonly Element[]
  /** The bound, if the list has one. */
  readonly max: Place | undefined
  /** Moves of elements that are not in the list: to be deleted once that is known to be final. */
  readonly strays: readonly Entry[]
}

export type MembersBody = {
  readonly is: 'members'
  readonly containers: readonly Container[]
  /** By the name of the member, in code unit order. */
  readonly fields: ReadonlyMap<string, Place>
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
  // A string that was typed into is a text, and so is one that equals it.
  const typed = new Set(entries.map(entry => (isTyped(entry) ? said(entry) : null)))
  for (const entry of [...entries].sort(byAge).reverse()) {
    const name = said(entry)
    if (name === null || depth > maxDepth) continue
    const isText = typed.has(name)
    const group = groups.get(isText ? 'text' : name)
    if (group) group.push(entry)
    else groups.set(isText ? 'text' : name, [entry])
  }
  const [winner, ...rivals] = [...groups].map(([name, group]) => foldGroup(index, group, name === 'text', depth))
  return winner && { entries, winner, rivals }
}

/** Entries that say the same are of one group. */
function said({ value }: Entry): string | null {
  if (value.is === 'scalar') return `=${JSON.stringify(value.scalar)}`
  if (value.is !== 'container') return null
  return value.kind === 'array' ? 'list' : value.kind
}

function foldGroup(index: EntryIndex, entries: readonly [Entry, ...Entry[]], isText: boolean, depth: number): Group {
  const [top] = entries
  if (top.value.is !== 'container' && !isText) {
    const scalar = top.value.is === 'scalar' ? top.value.scalar : null
    return { entries, top, newest: top, value: scalar, body: { is: 'scalar', scalar } }
  }
  const containers = (isText ? textContainers(entries) : entries.flatMap(entry => entry.container ?? [])).sort(byId)
  const body = isText
    ? foldText(entries, containers, entriesIn(index, containers))
    : foldBody(index, entries, containers, depth)
  const newest = [...writesIn(body)].reduce(later, top)
  return { entries, top, newest, value: valueOf(index, top, body), body }
}

function foldBody(
  index: EntryIndex,
  naming: readonly [Entry, ...Entry[]],
  containers: readonly Container[],
  depth: number,
): Exclude<Body, { is: 'scalar' }> {
  const entries = entriesIn(index, containers)
  const fields = new Map<string, Place>()
  for (const [name, written] of groupBy(entries, ({ field }) => (field.on === 'field' ? field.name : null))) {
    const place = foldPlace(index, written, depth + 1)
    if (place) fields.set(name, place)
  }
  const kind = kindOf(naming[0])
  switch (kind) {
    case 'object':
      return { is: 'object', containers, fields }
    case 'array':
    case 'list': {
      const isMadeByHandle = naming.some(entry => kindOf(entry) === 'list')
      const max = fields.get('max')
      return { is: 'list', containers, isMadeByHandle, max, ...foldElements(index, entries, boundOf(max), depth) }
    }
    case 'counter':
      return foldCounter(containers, entries, fields.get(''))
    case 'members': {
      const members = [...fields].filter(([name]) => memberOf(name) !== undefined)
      return { is: 'members', containers, fields: new Map(members.sort((a, b) => byCodeUnit(a[0], b[0]))) }
    }
    case 'text':
      return foldText(naming, containers, entries)
  }
}

const kindOf = ({ value }: Entry): ContainerKind => (value.is === 'container' ? value.kind : 'object')

function valueOf(index: EntryIndex, { field }: Entry, body: Body): Json {
  switch (body.is) {
    case 'scalar':
      return body.scalar
    case 'object':
      return makeObject([...body.fields].map(([name, place]) => [name, place.winner.value] as const))
    case 'list':
      return Object.freeze(body.elements.map(({ place }) => place.winner.value))
    case 'counter':
      return counterValue(body)
    case 'members':
      return Object.freeze([...body.fields.keys()].map(name => memberOf(name) ?? null))
    case 'text':
      return field.on === 'field' ? index.readText(field.name, body.clients) : ''
  }
}

/** Who wrote last in each part of a container. */
function* writesIn(body: Body): Generator<Entry> {
  switch (body.is) {
    case 'scalar':
      return
    case 'object':
    case 'members':
      for (const place of body.fields.values()) yield place.winner.newest
      return
    case 'list':
      for (const { place, moves } of body.elements) {
        yield place.winner.newest
        yield* moves
      }
      return
    case 'counter':
      if (body.base) yield body.base.winner.newest
      yield* body.tallies.values()
      yield* body.baselines.values()
      return
    case 'text':
      yield* body.typists
  }
}

/** How many elements a list shows at the most. */
function boundOf(max: Place | undefined): number {
  const bound = max?.winner.value
  return Number.isSafeInteger(bound) && Number(bound) >= 1 ? Number(bound) : Infinity
}

function foldElements(index: EntryIndex, entries: readonly Entry[], bound: number, depth: number) {
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
  if (elements.length <= bound) return { elements, surplus: [], strays }
  const byInsertion = [...elements].sort((a, b) => byAge(b.place.winner.top, a.place.winner.top))
  const shown = new Set(byInsertion.slice(0, Math.floor(bound)))
  return {
    elements: elements.filter(element => shown.has(element)),
    surplus: elements.filter(element => !shown.has(element)),
    strays,
  }
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
export type Rival = { readonly path: readonly (string | number)[]; readonly group: Group; readonly winner: Group }

/** The conflicts of a place and of all that is visible below it. */
export function* rivalsBelow(place: Place, path: readonly (string | number)[] = []): Generator<Rival> {
  const { rivals, winner } = place
  for (const group of rivals) yield { path, group, winner }
  const { body } = winner
  if (body.is === 'object') for (const [name, inner] of body.fields) yield* rivalsBelow(inner, [...path, name])
  if (body.is === 'list')
    for (const [i, element] of body.elements.entries()) yield* rivalsBelow(element.place, [...path, i])
  if (body.is === 'counter' && body.base) yield* rivalsBelow(body.base, path)
}
