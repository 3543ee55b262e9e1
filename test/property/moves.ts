import type { Draft } from './draft.js'
import { demand } from './demand.js'
import { comparePositions, fold, type Id, type Position, type Write } from './oracle.js'
import { listsIn } from './tree.js'

/** The moves that a move replaces. It must be of an element that is there, naming all that is seen of it. */
export function movedAnew(draft: Draft, seen: ReadonlyMap<Id, Write>, names: ReadonlyMap<Id, Id>, move: Write): Id[] {
  const wireName = ({ id }: Write) => names.get(id) ?? id
  const lists = [...listsIn(draft.tree)]
  const element = lists
    .flatMap(({ elements }) => elements)
    .find(({ place }) => sameSet(place.entries.map(wireName), move.slot.is === 'move' ? move.slot.of : []))
  demand(element !== undefined, `MERGE5: ${move.id} moves an element that is there`)
  const list = lists.find(({ elements }) => elements.includes(element))
  demand(sameSet(list?.entries.map(wireName) ?? [], move.containers ?? []), `MERGE2: ${move.id} names all united lists`)
  return element.moves.filter(({ id }) => seen.has(id)).map(({ id }) => id)
}

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every(item => b.includes(item))

/** MERGE9: elements that are kept stay where they are, as many as possible. Asked of the rewrite of one list. */
export function demandFewMoves(draft: Draft, seen: ReadonlyMap<Id, Write>, moves: readonly Write[]): void {
  const before = [...listsIn(fold(seen.values()))].flatMap(({ elements }) => elements)
  for (const { elements } of listsIn(draft.tree)) {
    const ids = new Set(elements.flatMap(({ place }) => place.entries.map(({ id }) => id)))
    const held = elements.flatMap(({ place }) => {
      const was = before.find(other =>
        other.place.entries.some(({ id }) => place.entries.some(entry => entry.id === id)),
      )
      return was ? [was.position] : []
    })
    const moved = moves.filter(({ slot }) => slot.is === 'move' && slot.of.some(id => ids.has(id))).length
    demand(
      moved === held.length - longestRun(held),
      `MERGE9: it moves ${held.length - longestRun(held)} and not ${moved}`,
    )
  }
}

/** How many of these, at the most, stand in order. */
function longestRun(positions: readonly Position[]): number {
  const lengths: number[] = []
  for (const [i, position] of positions.entries()) {
    const before = lengths.filter((_, j) => comparePositions(positions[j] ?? [], position) < 0)
    lengths[i] = 1 + Math.max(0, ...before)
  }
  return Math.max(0, ...lengths)
}
