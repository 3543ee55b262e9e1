import { aliveness, fold, type Id, type Write } from './oracle.js'
import { seenIn } from './message.js'
import type { Transaction } from './transaction.js'
import { idsIn } from './tree.js'
import type { Peer } from './world.js'

export type Fate = 'kept' | 'replaced' | 'deleted above'

/**
 * What became of every write that was ever accepted, once all know all: it is visible or in conflict with what is;
 * or something that had seen it took its place; or what it was written into, or moved, was deleted by somebody who
 * had not seen it, and its author was told. Anything else is a loss, and thrown.
 */
export function fatesOf(peers: readonly Peer[]): Map<Fate, number> {
  const all = new Set(peers.flatMap(({ holds }) => [...holds]))
  const live = seenIn(all)
  const kept = idsIn(fold(live.values()))
  const writes = new Map([...all].flatMap(one => one.writes.map(write => [write.id, { write, by: one }] as const)))
  const isAlive = aliveness([...live.values()])
  const visible = new Map<Transaction, ReadonlySet<Id>>()
  const visibleTo = (one: Transaction) => {
    const ids = visible.get(one) ?? idsIn(fold(seenIn(one.saw).values()))
    visible.set(one, ids)
    return ids
  }
  const counts = new Map<Fate, number>()

  const deleters = new Map<Id, Transaction[]>()
  for (const one of all) for (const id of one.deletes) deleters.set(id, [...(deleters.get(id) ?? []), one])
  const deletersOf = (id: Id) => deleters.get(id) ?? []
  const fateOf = (write: Write, author: Transaction): Fate => {
    if (kept.has(write.id)) return 'kept'
    const by = deletersOf(write.id)
    for (const one of by)
      if (!one.saw.has(author)) throw new Error(`${one.name} deletes ${write.id}, which it has not seen`)
    if (by.some(one => visibleTo(one).has(write.id))) return 'replaced'
    const rests = restsOn(write)
    if (write.slot.is === 'move' ? rests.some(id => kept.has(id)) : rests.some(isAlive))
      throw new Error(`${write.id} is lost, and nothing took its place`)
    const unseen = [...above(rests)].some(id => deletersOf(id).some(one => !one.saw.has(author)))
    if (!unseen) throw new Error(`${write.id} is lost below a deletion that had seen it and left it`)
    return 'deleted above'
  }
  /** All that it hangs on, up to the root. */
  const above = (ids: readonly Id[]): Set<Id> => {
    const found = new Set(ids)
    for (const id of found) for (const parent of writes.get(id)?.write.containers ?? []) found.add(parent)
    return found
  }

  for (const { write, by } of writes.values()) {
    const fate = fateOf(write, by)
    counts.set(fate, (counts.get(fate) ?? 0) + 1)
    const author = peers.find(({ replica }) => replica.writer === write.writer)
    if (fate !== 'deleted above' || !author || author.clearedUnseen.has(write.id)) continue
    const parts = [write, ...[...above(restsOn(write))].flatMap(id => writes.get(id)?.write ?? [])]
    const stamps = parts.filter(({ writer }) => writer === write.writer).map(({ stamp }) => stamp)
    if (!author.conflictEvents.some(told => told.rule === 'deleted' && stamps.includes(told.updatedAt)))
      throw new Error(`MERGE12: ${author.name} is not told that ${write.id} is lost`)
  }
  return counts
}

/** What it goes down with. */
const restsOn = ({ slot, containers }: Write): readonly Id[] => (slot.is === 'move' ? slot.of : (containers ?? []))
