import {
  aliveness,
  baselineFor,
  fold,
  tallyOf,
  type Element,
  type Group,
  type Id,
  type Json,
  type Place,
  type Position,
  type Said,
  type Slot,
  type Write,
} from './oracle.js'
import { firstPlace } from './first-version.js'
import { canonical, idOfItem, isObject, matchRewrite, same } from './rewrite.js'
import { listsIn } from './tree.js'

/**
 * A transaction as SPEC.md has it, on the set of entries that its writer sees: no log, no clock, no document.
 * What SPEC leaves to the writer (stamps, positions, which elements of a rewrite to move) stays open here; `commit`
 * in transaction.ts takes it from what was really written.
 */
export class Draft {
  /** What is live for this writer, its own writes included; these have ids of their own until they are committed. */
  readonly live: Map<Id, Write>
  readonly added: Write[] = []
  /** The order of every list that was rewritten, by the ids of its elements' insertions. */
  readonly ranks = new Map<Id, number>()
  /** The insertions of the element that was moved by its index, if one was. */
  moved: readonly Id[] | null = null
  readonly #writer: number
  readonly #stamp: number
  #tree: ReadonlyMap<string, Place> | null = null

  /** `stamp` is what its writes will have: elements of a bounded list depend on it. */
  constructor(seen: ReadonlyMap<Id, Write>, writer: number, stamp: number) {
    this.live = new Map(seen)
    this.#writer = writer
    this.#stamp = stamp
  }

  get writer(): number {
    return this.#writer
  }

  get tree(): ReadonlyMap<string, Place> {
    return (this.#tree ??= fold(this.live.values(), this.ranks))
  }

  value(key: string): Json | null {
    return this.tree.get(key)?.winner.value ?? null
  }

  /** What bounds hide in lists that are not written: for the writer to clear away or not (LIST2). */
  get hidden(): Set<Id> {
    const elements = [...listsIn(this.tree)].flatMap(({ hidden }) => hidden)
    return new Set(elements.flatMap(({ place, moves }) => [...place.entries, ...moves]).map(({ id }) => id))
  }

  /** A point to return to, for an inner transaction that throws. */
  savepoint(): () => void {
    const [live, ranks, added] = [new Map(this.live), new Map(this.ranks), this.added.length]
    return () => {
      this.#tree = null
      this.added.length = added
      this.live.clear()
      this.ranks.clear()
      for (const [id, write] of live) this.live.set(id, write)
      for (const [id, rank] of ranks) this.ranks.set(id, rank)
    }
  }

  /** MERGE11, at a key: a conflict of its own is settled, also to the value that won. */
  set(key: string, value: Json | null | undefined): void {
    const place = this.tree.get(key)
    this.#tree = null
    const slot: Slot = { is: 'field', name: key }
    if (value === null || value === undefined) this.removePlace(place)
    else if (!place || !isInConflict(place)) this.#write(place, null, slot, value)
    else {
      for (const rival of place.rivals) this.remove(rival.entries)
      if (this.#writeInside(place.winner, value)) return
      this.remove(place.winner.entries)
      this.#writeNew(null, slot, value)
    }
  }

  /** The entries that hang only on what is dead: nobody will ever see them again (DATA8). */
  get leftovers(): Write[] {
    const isAlive = aliveness([...this.live.values()])
    return [...this.live.values()].filter(({ containers }) => containers !== null && !containers.some(isAlive))
  }

  #write(place: Place | undefined, containers: readonly Id[] | null, slot: Slot, value: Json): void {
    if (place && (same(place.winner.value, value) || this.#writeInside(place.winner, value))) return
    this.removePlace(place)
    this.#writeNew(containers, slot, value)
  }

  /** True if the value is a container of the group's kind, and was written into it. */
  #writeInside(group: Group, value: Json): boolean {
    if (Array.isArray(value)) {
      const items = value as readonly Json[]
      if (group.top.says.is === 'members' && !hasEqualItems(items)) {
        const names = items.map(canonical)
        for (const [name, place] of group.fields) if (!names.includes(name)) this.removePlace(place)
        for (const name of names)
          if (!group.fields.has(name)) this.append(idsOf(group), { is: 'field', name }, { is: 'scalar', scalar: null })
        return true
      }
      if (group.top.says.is !== 'list') return false
      this.#rewrite(group, items)
      return true
    }
    if (Number.isSafeInteger(value) && group.top.says.is === 'counter') {
      if (isInConflict({ winner: group, rivals: [] }) || value !== group.value) this.setCounter(group, Number(value))
      return true
    }
    if (!isObject(value) || group.top.says.is !== 'object') return false
    for (const [name, place] of group.fields) if (!Object.hasOwn(value, name)) this.removePlace(place)
    for (const [name, inner] of Object.entries(value))
      this.#write(group.fields.get(name), idsOf(group), { is: 'field', name }, inner)
    return true
  }

  /** MERGE9. The elements take the order of the items; how positions say so is for the writer to choose. */
  #rewrite(list: Group, items: readonly Json[]): void {
    if (same(list.value, items)) return
    for (const element of list.hidden) this.removeElement(element)
    const matches = matchRewrite(
      list.elements.map(({ place }) => place.winner.value),
      items,
    )
    const kept = matches.map(match => (match === null ? undefined : list.elements[match]))
    for (const element of list.elements) if (!kept.includes(element)) this.removeElement(element)
    for (const [rank, item] of items.entries()) {
      const element = kept[rank]
      if (element) {
        for (const { id } of element.place.entries) this.ranks.set(id, rank)
        this.#write(element.place, idsOf(list), element.place.winner.top.slot, item)
      } else {
        const isOnly = items.filter(other => idOfItem(other) === idOfItem(item)).length === 1
        const id = idOfItem(item)
        this.insert(idsOf(list), id !== null && isOnly ? `i${id}` : null, [], rank, item)
      }
    }
    this.hideBeyondBound(list.top.id)
  }

  /** LIST2: who writes in a list removes what its bound hides. */
  hideBeyondBound(list: Id): void {
    this.#tree = null
    for (const group of listsIn(this.tree))
      if (group.entries.some(({ id }) => id === list)) for (const element of group.hidden) this.removeElement(element)
  }

  /** COUNTER3. */
  setCounter(counter: Group, value: number): void {
    this.removePlace(counter.fields.get(''))
    if (value !== 0) this.append(idsOf(counter), { is: 'field', name: '' }, { is: 'scalar', scalar: value })
    for (const tally of counter.tallies) {
      const { writer } = tally
      const { count, total } = tallyOf(tally)
      if (count <= baselineFor(writer, counter.baselines).count) continue
      this.remove(counter.baselines.filter(({ slot }) => slot.is === 'baseline' && slot.of === writer))
      this.append(idsOf(counter), { is: 'baseline', of: writer }, { is: 'tally', count, total })
    }
  }

  /** Makes a key hold this, empty, instead of what it holds. */
  begin(key: string, says: Said): Id {
    this.removePlace(this.tree.get(key))
    return this.append(null, { is: 'field', name: key }, says)
  }

  append(containers: readonly Id[] | null, slot: Slot, says: Said): Id {
    this.#tree = null
    const id = `new:${this.added.length}`
    const [writer, clock, stamp] = [this.#writer, this.added.length, this.#stamp]
    this.added.push({ id, writer, clock, stamp, containers, slot, says })
    this.live.set(id, { id, writer, clock, stamp, containers, slot, says })
    return id
  }

  #writeNew(containers: readonly Id[] | null, slot: Slot, value: Json): Id {
    const says: Said = Array.isArray(value)
      ? { is: 'list', isMadeByHandle: false }
      : isObject(value)
        ? { is: 'object' }
        : { is: 'scalar', scalar: value as string | number | boolean | null }
    const id = this.append(containers, slot, says)
    if (Array.isArray(value))
      for (const [rank, item] of (value as readonly Json[]).entries()) {
        const { key, position } = firstPlace(value as readonly Json[], rank)
        this.insert([id], key, position, rank, item)
      }
    else if (isObject(value))
      for (const [name, inner] of Object.entries(value)) this.#writeNew([id], { is: 'field', name }, inner)
    return id
  }

  /** A position that is open is empty here. */
  insert(containers: readonly Id[], key: string | null, position: Position, rank: number, item: Json): void {
    this.ranks.set(this.#writeNew(containers, { is: 'element', key, position }, item), rank)
  }

  removePlace(place: Place | undefined): void {
    if (place) this.remove(place.entries)
  }

  removeElement({ place, moves }: Element): void {
    this.remove(place.entries)
    this.remove(moves)
  }

  forget(id: Id): void {
    this.#tree = null
    this.live.delete(id)
  }

  remove(entries: readonly Write[]): void {
    this.#tree = null
    for (const { id } of entries) this.live.delete(id)
  }
}

export const idsOf = (group: Group): Id[] => group.entries.map(({ id }) => id)

/** Whether a value itself is in conflict; of a counter that is its base too (COUNTER3). */
const isInConflict = ({ winner, rivals }: Pick<Place, 'winner' | 'rivals'>): boolean =>
  rivals.length > 0 || (winner.top.says.is === 'counter' && (winner.fields.get('')?.rivals.length ?? 0) > 0)

export const hasEqualItems = (items: readonly Json[]): boolean => new Set(items.map(canonical)).size < items.length
