/**
 * What a set of live entries means, read from SPEC.md (MERGE) and written as plainly as can be: everything is
 * computed from scratch, every time. Shares no code with the store, so that the two can check each other.
 */

import { canonical } from './rewrite.js'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [field: string]: Json }

/** `writer:clock` of an entry. */
export type Id = string
export type Position = readonly number[]

export type Slot =
  | { readonly is: 'field'; readonly name: string }
  | { readonly is: 'element'; readonly key: string | null; readonly position: Position }
  | { readonly is: 'move'; readonly key: string | null; readonly of: readonly Id[] }
  /** What each writer has one of. */
  | { readonly is: 'own' }
  | { readonly is: 'baseline'; readonly of: number }

export type Said =
  | { readonly is: 'scalar'; readonly scalar: string | number | boolean | null }
  | { readonly is: 'object' | 'counter' | 'members' | 'text' }
  | { readonly is: 'list'; readonly isMadeByHandle: boolean }
  | { readonly is: 'position'; readonly position: Position }
  | ({ readonly is: 'tally' } & Tally)

export type Tally = { readonly count: number; readonly total: number }

/** An entry: `containers` is null for a key of the root. */
export type Write = {
  readonly id: Id
  readonly writer: number
  readonly clock: number
  readonly stamp: number
  readonly containers: readonly Id[] | null
  readonly slot: Slot
  readonly says: Said
}

export type Place = { readonly entries: readonly Write[]; readonly winner: Group; readonly rivals: readonly Group[] }
export type Group = {
  readonly top: Write
  readonly entries: readonly Write[]
  readonly value: Json
  /** Of an object; a member is one, and so are the base of a counter and the bound of a list. */
  readonly fields: ReadonlyMap<string, Place>
  /** Of a list: those that its bound leaves, and those that it hides. */
  readonly elements: readonly Element[]
  readonly hidden: readonly Element[]
  /** Of a counter. */
  readonly tallies: readonly Write[]
  readonly baselines: readonly Write[]
}
export type Element = {
  readonly key: string
  readonly place: Place
  readonly position: Position
  readonly moves: readonly Write[]
}

/** Where the elements of lists stand that a transaction is about to place, by an id of an insertion. */
export type Ranks = ReadonlyMap<Id, number>

/** The keys that are set, and what they hold. */
export function fold(live: Iterable<Write>, ranks: Ranks = new Map()): ReadonlyMap<string, Place> {
  const writes = [...live]
  const isAlive = aliveness(writes)
  const inside = groupBy(writes, ({ containers }) => containers?.find(isAlive) ?? null)

  const foldPlace = (entries: readonly Write[]): Place => {
    const groups = new Map<string, Write[]>()
    for (const write of [...entries].sort(greatestFirst)) {
      const said = write.says.is === 'scalar' ? JSON.stringify(write.says.scalar) : `(${write.says.is})`
      groups.set(said, [...(groups.get(said) ?? []), write])
    }
    const [winner, ...rivals] = [...groups.values()].map(foldGroup)
    if (!winner) throw new Error('a place without entries')
    return { entries, winner, rivals }
  }

  const foldGroup = (entries: readonly Write[]): Group => {
    const [top] = entries
    if (!top) throw new Error('a group without entries')
    const hanging = top.says.is === 'scalar' ? [] : entries.flatMap(({ id }) => inside.get(id) ?? [])
    const fields = new Map<string, Place>()
    const empty = { top, entries, fields, elements: [], hidden: [], tallies: [], baselines: [] }
    switch (top.says.is) {
      case 'object': {
        const fields = foldFields(hanging, () => true)
        const value = Object.fromEntries([...fields].map(([name, place]) => [name, place.winner.value]))
        return { ...empty, fields, value }
      }
      case 'list': {
        const fields = foldFields(hanging, name => name === 'max')
        const { elements, hidden } = bounded(foldElements(hanging), fields.get('max')?.winner.value)
        return { ...empty, fields, elements, hidden, value: elements.map(({ place }) => place.winner.value) }
      }
      case 'counter': {
        const fields = foldFields(hanging, name => name === '')
        const [tallies, baselines] = [talliesIn(hanging, 'own'), talliesIn(hanging, 'baseline')]
        return { ...empty, fields, tallies, baselines, value: sum(fields.get('')?.winner.value, tallies, baselines) }
      }
      case 'members': {
        const fields = foldFields(hanging, isMember)
        return { ...empty, fields, value: [...fields.keys()].map(name => JSON.parse(name) as Json) }
      }
      case 'scalar':
        return { ...empty, value: top.says.scalar }
      case 'text':
        // What it holds is in a document of its own; of that the log has only who types there.
        return { ...empty, tallies: hanging.filter(({ slot }) => slot.is === 'own'), value: '' }
      case 'position':
      case 'tally':
        throw new Error(`a ${top.says.is} where a value should be`)
    }
  }

  const foldFields = (hanging: readonly Write[], isIn: (name: string) => boolean): Map<string, Place> => {
    const named = groupBy(hanging, ({ slot }) => (slot.is === 'field' && isIn(slot.name) ? slot.name : null))
    return new Map([...named].sort(byName).map(([name, found]) => [name, foldPlace(found)]))
  }

  const foldElements = (hanging: readonly Write[]): Element[] => {
    const elements = [...groupBy(hanging, elementKey)].map(([key, entries]): Element => {
      const ids = entries.map(({ id }) => id)
      const moves = hanging.filter(({ slot }) => slot.is === 'move' && slot.of.some(id => ids.includes(id)))
      const [greatest] = [...(moves.length > 0 ? moves : entries)].sort(greatestFirst)
      return { key, place: foldPlace(entries), position: positionOf(greatest), moves }
    })
    const rankOf = ({ place }: Element) => place.entries.map(({ id }) => ranks.get(id)).find(rank => rank !== undefined)
    return elements.sort((a, b) => {
      const [rankA, rankB] = [rankOf(a), rankOf(b)]
      if (rankA !== undefined && rankB !== undefined) return rankA - rankB
      return comparePositions(a.position, b.position) || byName([a.key], [b.key])
    })
  }

  const roots = groupBy(writes, ({ containers, slot }) =>
    containers === null && slot.is === 'field' ? slot.name : null,
  )
  return new Map([...roots].sort(byName).map(([key, entries]) => [key, foldPlace(entries)]))
}

/** DATA8: alive is a container whose naming entry is live and hangs on nothing, or on something alive. */
export function aliveness(writes: readonly Write[]): (container: Id) => boolean {
  const byId = new Map(writes.map(write => [write.id, write]))
  const known = new Map<Id, boolean>()
  const isAlive = (id: Id): boolean => {
    const answer = known.get(id)
    if (answer !== undefined) return answer
    known.set(id, false)
    const naming = byId.get(id)
    const alive = naming !== undefined && (naming.containers === null || naming.containers.some(isAlive))
    known.set(id, alive)
    return alive
  }
  return isAlive
}

/** MERGE5: by the key that the content gave it, else by the entry that inserted it. */
export const elementKey = ({ slot, id }: Write): string | null => (slot.is === 'element' ? (slot.key ?? id) : null)

function positionOf(write: Write | undefined): Position {
  if (write?.says.is === 'position') return write.says.position
  if (write?.slot.is === 'element') return write.slot.position
  throw new Error('an element without a position')
}

/** MERGE: the greater of two entries has the greater stamp, then the greater writer, then the greater clock. */
export const greatestFirst = (a: Write, b: Write): number =>
  b.stamp - a.stamp || b.writer - a.writer || b.clock - a.clock

/** MERGE7: number by number; a path stands after its left children (below 0) and before its right ones. */
export function comparePositions(a: Position, b: Position): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) if (a[i] !== b[i]) return (a[i] ?? 0) - (b[i] ?? 0)
  return 0
}

/** LIST2: the newest stay, in the order of the list. */
function bounded(elements: readonly Element[], max: Json | undefined): Pick<Group, 'elements' | 'hidden'> {
  if (!Number.isSafeInteger(max) || Number(max) < 1) return { elements, hidden: [] }
  const byAge = [...elements].sort((a, b) => greatestFirst(newestOf(a), newestOf(b)))
  const kept = new Set(byAge.slice(0, Number(max)))
  return { elements: elements.filter(one => kept.has(one)), hidden: elements.filter(one => !kept.has(one)) }
}

const newestOf = ({ place: { entries } }: Element): Write => {
  const [newest] = [...entries].sort(greatestFirst)
  if (!newest) throw new Error('an element without entries')
  return newest
}

const talliesIn = (hanging: readonly Write[], slot: 'own' | 'baseline'): Write[] =>
  hanging.filter(write => write.slot.is === slot && write.says.is === 'tally')

export const tallyOf = (write: Write | undefined): Tally =>
  write?.says.is === 'tally' ? write.says : { count: 0, total: 0 }

/** COUNTER1: of several baselines for one writer that with the greatest count, then the greatest entry. */
export const takenFor = (writer: number, baselines: readonly Write[]): Write | undefined =>
  baselines
    .filter(({ slot }) => slot.is === 'baseline' && slot.of === writer)
    .sort((a, b) => tallyOf(b).count - tallyOf(a).count || greatestFirst(a, b))[0]

export const baselineFor = (writer: number, baselines: readonly Write[]): Tally => tallyOf(takenFor(writer, baselines))

function sum(base: Json | undefined, tallies: readonly Write[], baselines: readonly Write[]): number {
  let value = Number.isSafeInteger(base) ? Number(base) : 0
  for (const write of [...tallies].sort((a, b) => a.writer - b.writer)) {
    const [tally, baseline] = [tallyOf(write), baselineFor(write.writer, baselines)]
    if (tally.count > baseline.count) value += tally.total - baseline.total
  }
  return value + 0
}

/** MEMBERS1: by the JSON of its value. */
function isMember(name: string): boolean {
  try {
    return canonical(JSON.parse(name) as Json) === name
  } catch {
    return false
  }
}

const byName = ([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]): number =>
  a < b ? -1 : a > b ? 1 : 0

function groupBy<T>(items: readonly T[], nameOf: (item: T) => string | null): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const name = nameOf(item)
    if (name === null) continue
    const group = groups.get(name)
    if (group) group.push(item)
    else groups.set(name, [item])
  }
  return groups
}
