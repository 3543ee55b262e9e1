import { demand } from './demand.js'
import { clockOf, readUpdate } from './document-reader.js'
import type { Draft } from './draft.js'
import { demandFewMoves, movedAnew } from './moves.js'
import { comparePositions, fold, type Id, type Position, type Slot, type Write } from './oracle.js'
import { idsIn, outline } from './tree.js'

/** What one replica did at once, and what it had seen of the others' when it did. */
export type Transaction = {
  readonly name: string
  readonly update: Uint8Array
  readonly writer: number
  readonly span: readonly [from: number, to: number]
  readonly writes: readonly Write[]
  readonly deletes: readonly Id[]
  readonly saw: ReadonlySet<Transaction>
}

/**
 * Holds a draft against the update that the store made of it, and takes from there what SPEC leaves to the writer.
 * Throws unless the update says what the draft says: these writes and no others, these deletions and no others
 * (but for leftovers), the lists in this order.
 */
export function commit(
  draft: Draft,
  seen: ReadonlyMap<Id, Write>,
  saw: ReadonlySet<Transaction>,
  update: Uint8Array,
  isOneEdit: boolean,
): Transaction {
  const wire = readUpdate(update)
  const [[writer, span] = [0, [0, 0] as const], ...others] = wire.spans
  demand(others.length === 0, 'a transaction writes to one log')
  const hidden = draft.hidden
  for (const id of wire.deletes) if (hidden.has(id)) draft.forget(id)
  const leftovers = new Set(draft.leftovers.map(({ id }) => id))
  const pending = draft.added.filter(({ id }) => draft.live.has(id) && !leftovers.has(id))
  const names = nameWrites(draft, pending, wire.writes)
  const moves = wire.writes.filter(({ slot }) => slot.is === 'move')
  if (isOneEdit && !draft.moved) demandFewMoves(draft, seen, moves)
  if (isOneEdit && draft.moved)
    for (const { slot } of moves)
      demand(slot.is === 'move' && slot.of.every(id => draft.moved?.includes(id)), 'LIST1: it moves that one alone')
  demand(pending.length + moves.length === wire.writes.length, 'it writes nothing that the draft does not')

  const gone = new Set([...seen.keys()].filter(id => !draft.live.has(id)))
  for (const move of moves) for (const id of movedAnew(draft, seen, names, move)) gone.add(id)
  const deletes = wire.deletes.filter(id => seen.has(id))
  for (const id of gone) demand(deletes.includes(id), `DATA5: it deletes ${id}, which it replaces`)
  for (const id of leftovers) demand(!seen.has(id) || deletes.includes(id), `DATA8: it clears ${id} away`)

  const live = new Map([...seen].filter(([id]) => !deletes.includes(id)))
  for (const write of wire.writes) live.set(write.id, write)
  const tree = fold(live.values())
  const inTree = idsIn(fold(draft.live.values()))
  for (const id of deletes) demand(gone.has(id) || !inTree.has(id), `DATA5: it deletes ${id}, which it leaves as it is`)
  demand(outline(tree) === outline(draft.tree, names), 'it leaves what the draft leaves, in the same order')
  for (const id of wire.deletes)
    demand(seen.has(id) || clockOf(id)[0] === writer, `it deletes ${id} of another, unseen`)

  const name = `${writer}@${span[0]}`
  return { name, update, writer, span, writes: wire.writes, deletes, saw }
}

/** Which entry on the wire each of the draft's writes became. */
function nameWrites(draft: Draft, pending: readonly Write[], wire: readonly Write[]): Map<Id, Id> {
  const names = new Map<Id, Id>()
  const home = ({ containers }: Write) =>
    containers
      ?.map(id => names.get(id) ?? id)
      .sort()
      .join()
  const rank = ({ id }: Write) => draft.ranks.get(id) ?? 0
  for (const write of pending) {
    const { slot } = write
    const beside = wire.filter(other => other.slot.is === slot.is && home(other) === home(write))
    // The new elements of one list are told apart by their order: position on the wire, rank in the draft.
    const inserted = pending.filter(other => other.slot.is === 'element' && home(other) === home(write))
    const nth = inserted.sort((a, b) => rank(a) - rank(b)).indexOf(write)
    const found =
      slot.is === 'element'
        ? beside.sort((a, b) => comparePositions(placeOf(a, wire), placeOf(b, wire)))[nth]
        : beside.find(other => JSON.stringify(other.slot) === JSON.stringify(slot))
    demand(found !== undefined, `it writes ${JSON.stringify(write)}`)
    demand(JSON.stringify(found.says) === JSON.stringify(write.says), `${found.id} says ${JSON.stringify(write.says)}`)
    if (slot.is === 'element') demand(isAsDrafted(slot, found.slot), `MERGE6, MERGE8: ${JSON.stringify(slot)}`)
    names.set(write.id, found.id)
  }
  return names
}

/** Where a new element stands, also if it was inserted and moved in one transaction. */
function placeOf({ id, slot }: Write, wire: readonly Write[]): Position {
  const move = wire.find(other => other.slot.is === 'move' && other.slot.of.includes(id))
  if (move?.says.is === 'position') return move.says.position
  return slot.is === 'element' ? slot.position : []
}

/** The key it must have; and the position, where it is not for the writer to choose. */
const isAsDrafted = (drafted: Slot, written: Slot): boolean =>
  drafted.is === 'element' &&
  written.is === 'element' &&
  drafted.key === written.key &&
  (drafted.position.length === 0 || comparePositions(drafted.position, written.position) === 0)
