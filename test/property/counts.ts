import { expect } from 'vitest'
import type { Id, Place, Write } from './oracle.js'
import type { Transaction } from './transaction.js'
import { groupsIn, placesIn } from './tree.js'

/** What happened in the runs of a property, so that it can tell that something did. */
export type Counts = Map<string, number>

const add = (counts: Counts, what: string) => counts.set(what, (counts.get(what) ?? 0) + 1)

export function countTree(counts: Counts, tree: ReadonlyMap<string, Place>): void {
  for (const { winner, rivals } of placesIn(tree)) {
    if (rivals.length > 0) add(counts, 'conflicts')
    if (rivals.some(({ top }) => top.says.is !== winner.top.says.is)) add(counts, 'conflicts of kinds')
  }
  for (const { top, entries, fields, elements, hidden, tallies, baselines } of groupsIn(tree)) {
    const { is } = top.says
    if (entries.length > 1) add(counts, is === 'scalar' ? 'equal scalars' : 'united containers')
    if (entries.length > 1 && (is === 'counter' || is === 'members')) add(counts, `united ${is}`)
    if (tallies.length > 1) add(counts, 'counters of several')
    if (baselines.length > new Set(baselines.map(({ slot }) => slot.is === 'baseline' && slot.of)).size)
      add(counts, 'resets at once')
    if (is === 'counter' && (fields.get('')?.rivals.length ?? 0) > 0) add(counts, 'counters set at once')
    if (is === 'members' && [...fields.values()].some(place => place.entries.length > 1))
      add(counts, 'members added at once')
    if (hidden.length > 0) add(counts, 'hidden elements')
    for (const { place, moves } of elements) {
      if (place.entries.length > 1)
        add(
          counts,
          place.winner.top.slot.is === 'element' && place.winner.top.slot.key?.startsWith('i')
            ? 'united ids'
            : 'united first versions',
        )
      if (moves.length > 1) add(counts, 'concurrent moves')
    }
  }
}

export function countTransaction(counts: Counts, { writes, deletes }: Transaction, seen: ReadonlyMap<Id, Write>): void {
  add(counts, 'transactions')
  if (writes.length === 0) add(counts, 'transactions that only delete')
  if (writes.some(({ slot }) => slot.is === 'move')) add(counts, 'moves')
  if (writes.some(({ containers }) => (containers?.length ?? 0) > 1)) add(counts, 'writes into united containers')
  if (deletes.some(id => seen.get(id)?.says.is !== 'scalar')) add(counts, 'containers removed')
}

/** A property that never met what it is about has shown nothing. Not asked of a single run that is repeated. */
export function demandSeen(counts: Counts, ...situations: readonly string[]): void {
  if (process.env['HEARTH_PATH'] !== undefined) return
  for (const situation of situations) expect(counts.get(situation) ?? 0, situation).toBeGreaterThan(0)
}
