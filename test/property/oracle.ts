/**
 * What a set of live entries means, read from SPEC.md (MERGE) and written as plainly as can be: everything is
 * computed from scratch, every time. Shares no code with the store, so that the two can check each other.
 */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [field: string]: Json }

/** `writer:clock` of an entry. */
export type Id = string
export type Position = readonly number[]

export type Slot =
  | { readonly is: 'field'; readonly name: string }
  | { readonly is: 'element'; readonly key: string | null; readonly position: Position }
  | { readonly is: 'move'; readonly key: string | null; readonly of: readonly Id[] }

export type Said =
  | { readonly is: 'scalar'; readonly scalar: string | number | boolean | null }
  | { readonly is: 'object' }
  | { readonly is: 'list' }
  | { readonly is: 'position'; readonly position: Position }

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
  /** Of an object. */
  readonly fields: ReadonlyMap<string, Place>
  /** Of a list. */
  readonly elements: readonly Element[]
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
    const empty = { top, entries, fields: new Map<string, Place>(), elements: [] }
    switch (top.says.is) {
      case 'object': {
        const named = groupBy(hanging, ({ slot }) => (slot.is === 'field' ? slot.name : null))
        const fields = new Map([...named].sort(byName).map(([name, found]) => [name, foldPlace(found)]))
        const value = Object.fromEntries([...fields].map(([name, place]) => [name, place.winner.value]))
        return { ...empty, fields, value }
      }
      case 'list': {
        const elements = foldElements(hanging)
        return { ...empty, elements, value: elements.map(({ place }) => place.winner.value) }
      }
      case 'scalar':
        return { ...empty, value: top.says.scalar }
      case 'position':
        throw new Error('a position where a value should be')
    }
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
