import { counterValue, foldCounter, tallyOf } from './counter-fold.js'
import { nextTally, writeTally } from './counter-write.js'
import type { Draft } from './draft.js'
import { byAge, entryKey, type Container, type Entry, type EntryIndex } from './entry-index.js'
import type { EntryId, Field } from './entry.js'
import type { Step } from './history.js'

/**
 * What came back as what: the id of an entry that was taken out, and the entry that was written in its stead. A dead
 * container is never named again (SPEC DATA8), so what comes back is new, and steps made before must find it.
 */
export type Successors = Map<string, EntryId>

/** Fills the text of a key, whose container came back, with what it held. */
export type RemakeText = (key: string) => void

/**
 * Takes back one transaction of this peer, place by place: its entries that are still live are deleted, and where
 * then nothing is, what they had replaced is written anew (SPEC HISTORY2). Where somebody has written since, its
 * entries are not live any more, or others are there: nothing is done. Gives what came back as what.
 */
export function takeBack(
  draft: Draft,
  index: EntryIndex,
  { added, removed }: Step,
  known: ReadonlyMap<string, EntryId>,
  remakeText: RemakeText,
): Successors {
  const successors: Successors = new Map()
  const currentOf = (id: EntryId): Entry | undefined => {
    let current: EntryId | undefined = id
    for (let next: EntryId | undefined = id; next; next = successors.get(entryKey(next)) ?? known.get(entryKey(next)))
      current = next
    return index.at(current)
  }
  const liveOf = ({ writer, clock }: Entry) => currentOf([writer, clock])
  /** What these are now, and all that they are united with: one place may have been written in some of them only. */
  const containersNow = (containers: readonly Container[]): Container[] => {
    const here = containers.flatMap(({ id }) => currentOf(id)?.container ?? []).filter(c => index.isAlive(c))
    return [...new Set(here.flatMap(container => (container.naming ? unitedWith(container.naming) : [])))]
  }
  const unitedWith = (naming: Entry): Container[] => {
    const place = placeOf(naming.field, naming)
    const entries = naming.parents
      ? containersNow(naming.parents).flatMap(parent => [...parent.entries])
      : index.roots.get(naming.field.on === 'field' ? naming.field.name : '')
    const same = [...(entries ?? [])].filter(
      entry => placeOf(entry.field, entry) === place && isSameKind(entry, naming),
    )
    return same.flatMap(entry => entry.container ?? [])
  }

  const ours = new Set(added.flatMap(entry => liveOf(entry) ?? []))
  const wasLive = new Set(added.filter(entry => liveOf(entry) !== undefined))

  // --- what it wrote --------------------------------------------------------------------------------------------

  for (const entry of added) if (isTally(entry)) stepBack(entry)
  // Newest first: what is in a container before the container.
  for (const entry of [...added].reverse()) {
    // Typing is undone by editors.
    const live = entry.field.on === 'own' ? undefined : liveOf(entry)
    if (!live || live.parents?.some(isMadeWith(live)) || !isFree(live)) continue
    for (const below of live.container?.entries ?? []) draft.remove(below)
    draft.remove(live)
  }

  /** A counter is not set back to what it was: what others have counted since stays. */
  function stepBack(tally: Entry): void {
    const before = removed.find(entry => isTally(entry) && sharesPlace(entry, tally))
    const by = tallyOf(before).total - tallyOf(tally).total
    const containers = containersNow(tally.parents ?? [])
    if (containers.length === 0) return
    const entries = [...new Set(containers.flatMap(container => [...container.entries]))]
    const counter = foldCounter(containers, entries, undefined)
    writeTally(draft, counter, nextTally(counter, draft.writer, by))
  }

  /** The base of a counter and the bound of a list go with it: what others have put there since needs them. */
  function isMadeWith({ field }: Entry): (container: Container) => boolean {
    return ({ naming }) =>
      naming !== null &&
      ours.has(naming) &&
      field.on === 'field' &&
      (isCounter(naming) || isBoundOf(naming, field.name))
  }

  /** Whether nothing hangs on an entry but what this peer leaves behind: a tally of 0, or its own typing. */
  function isFree(entry: Entry): boolean {
    const isLeft = (below: Entry) =>
      below.writer === draft.writer &&
      (below.field.on === 'own'
        ? totalOf(below.value) === 0
        : ours.has(below) && !!below.parents?.some(isMadeWith(below)))
    if (![...(entry.container?.entries ?? [])].every(isLeft)) return false
    return entry.field.on !== 'element' || movesOf(entry).every(move => move.writer === draft.writer)
  }

  function movesOf(inserted: Entry): Entry[] {
    const entries = (inserted.parents ?? []).flatMap(parent => [...parent.entries])
    return entries.filter(
      ({ field }) =>
        field.on === 'position' && field.inserted.some(([w, c]) => w === inserted.writer && c === inserted.clock),
    )
  }

  // --- what it took out -----------------------------------------------------------------------------------------

  const done = new Set<Entry>()
  const fresh = new Set<Entry>()
  const rebased = new Set<Container>()
  // The oldest first, as what comes back is told from each other by that.
  for (const entry of [...removed].sort(byAge)) bringBack(entry)
  for (const entry of fresh) if (entry.field.on === 'element' && isOver(entry.parents ?? [])) leaveOut(entry)
  return successors

  function bringBack(entry: Entry): void {
    if (done.has(entry)) return
    done.add(entry)
    // What it is in, or moves, comes first, if that comes back too.
    const inserted = entry.field.on === 'position' ? entry.field.inserted.map(entryKey) : []
    for (const other of removed)
      if (
        (other.container && entry.parents?.includes(other.container)) ||
        inserted.includes(entryKey([other.writer, other.clock]))
      )
        bringBack(other)
    const parents = entry.parents && containersNow(entry.parents)
    if (parents?.length === 0 || !isMine(entry, parents)) return
    const field = fieldNow(entry.field)
    if (!field || isTaken(parents, field, entry)) return
    const replaced = added.find(other => sharesPlace(other, entry))
    if (replaced && !wasLive.has(replaced)) return

    const place = placeOf(entry.field, entry)
    const rivals = removed.filter(
      other =>
        placeOf(other.field, other) === place &&
        (parents ? containersNow(other.parents ?? []).some(parent => parents.includes(parent)) : !other.parents),
    )
    const top = rivals.reduce((a, b) => (byAge(a, b) < 0 ? b : a), entry)
    if (top !== entry && !isSameKind(top, entry)) return
    const back = draft.append(parents, fieldNow(top.field) ?? field, top.value)
    for (const rival of rivals) if (isSameKind(rival, top)) remember(rival, back)
    if (isCounter(back) && back.container) bringCounterBack(back.container, rivals)
    if (back.value.is === 'container' && back.value.kind === 'text' && field.on === 'field') remakeText(field.name)
  }

  function remember(old: Entry, back: Entry): void {
    done.add(old)
    successors.set(entryKey([old.writer, old.clock]), [back.writer, back.clock])
    fresh.add(back)
  }

  /** Of a counter only this peer's part comes back as it was: the tallies of others cannot be written in their names. */
  function isMine({ field, writer }: Entry, parents: readonly Container[] | null): boolean {
    const counter = parents?.find(({ naming }) => naming && isCounter(naming) && fresh.has(naming))
    if (field.on === 'baseline') return !counter || field.writer === draft.writer
    if (field.on === 'own') return counter !== undefined && writer === draft.writer
    return !counter || !rebased.has(counter)
  }

  /** What others had counted becomes part of its base. */
  function bringCounterBack(container: Container, naming: readonly Entry[]): void {
    const old = new Set(naming.map(entry => entry.container))
    const entries = removed.filter(({ parents }) => parents?.some(parent => old.has(parent)))
    const others = entries.filter(({ field, writer }) => field.on !== 'own' || writer !== draft.writer)
    const counted = counterValue(foldCounter([], others, undefined))
    if (counted === 0) return
    rebased.add(container)
    const base = entries
      .filter(({ field }) => field.on === 'field')
      .sort(byAge)
      .at(-1)
    const start = base?.value.is === 'scalar' && typeof base.value.scalar === 'number' ? base.value.scalar : 0
    draft.append([container], { on: 'field', name: '' }, { is: 'scalar', scalar: start + counted })
  }

  /** A move of an element that came back names what came back. */
  function fieldNow(field: Field): Field | null {
    if (field.on !== 'position') return field
    const inserted = field.inserted.flatMap(id => {
      const entry = currentOf(id)
      return entry ? [[entry.writer, entry.clock] as const] : []
    })
    return inserted.length > 0 ? { ...field, inserted } : null
  }

  function isTaken(parents: readonly Container[] | null, field: Field, entry: Entry): boolean {
    if (parents === null) return field.on === 'field' && (index.roots.get(field.name)?.size ?? 0) > 0
    const place = placeOf(field, entry)
    return parents.some(parent => [...parent.entries].some(other => placeOf(other.field, other) === place))
  }

  /** What comes back into a bounded list is its newest, and would push out what others have put there since. */
  function isOver(parents: readonly Container[]): boolean {
    const entries = new Set(parents.flatMap(parent => [...parent.entries]))
    const bounds = [...entries].filter(({ field }) => field.on === 'field' && field.name === 'max').sort(byAge)
    const max = bounds.at(-1)?.value
    const elements = [...entries].filter(({ field }) => field.on === 'element')
    const count = new Set(elements.map(entry => placeOf(entry.field, entry))).size
    return max?.is === 'scalar' && typeof max.scalar === 'number' && count > max.scalar
  }

  function leaveOut(element: Entry): void {
    for (const move of movesOf(element)) draft.remove(move)
    draft.remove(element)
  }
}

const isTally = ({ field, value }: Entry): boolean => field.on === 'own' && value.is === 'tally'

const isCounter = ({ value }: Entry): boolean => value.is === 'container' && value.kind === 'counter'

const isBoundOf = ({ value }: Entry, name: string): boolean =>
  value.is === 'container' && (value.kind === 'list' || value.kind === 'array') && name === 'max'

const totalOf = (value: Entry['value']): number => (value.is === 'tally' ? value.total : 0)

const isSameKind = (a: Entry, b: Entry): boolean => a === b || (kindOf(a) !== null && kindOf(a) === kindOf(b))

const kindOf = ({ value }: Entry) => (value.is !== 'container' ? null : value.kind === 'array' ? 'list' : value.kind)

/** Which place of its container a field is, as text. */
function placeOf(field: Field, { writer, clock }: Entry): string {
  switch (field.on) {
    case 'field':
      return `f${field.name}`
    case 'element':
      return `e${field.key ?? entryKey([writer, clock])}`
    case 'position':
      return `p${field.key ?? field.inserted.map(entryKey).join()}`
    case 'own':
      return `o${writer}`
    case 'baseline':
      return `b${field.writer}`
  }
}

/** Whether two entries write the same place. */
function sharesPlace(a: Entry, b: Entry): boolean {
  if (placeOf(a.field, a) !== placeOf(b.field, b)) return false
  if (a.parents === null || b.parents === null) return a.parents === b.parents
  return a.parents.some(parent => b.parents?.includes(parent))
}
