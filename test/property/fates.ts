import { aliveness, fold, type Id, type Write } from './oracle.js'
import { idsIn, type Transaction } from './transaction.js'
import { seenIn, type Peer } from './world.js'

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
  const visible = new Map([...all].map(one => [one, idsIn(fold(seenIn(one.saw).values()))]))
  const counts = new Map<Fate, number>()

  const deletersOf = (id: Id) => [...all].filter(({ deletes }) => deletes.includes(id))
  const fateOf = (write: Write, by: Transaction): Fate => {
    if (kept.has(write.id)) return 'kept'
    const deleters = deletersOf(write.id)
    for (const one of deleters)
      if (!one.saw.has(by)) throw new Error(`${one.name} deletes ${write.id}, which it has not seen`)
    if (deleters.some(one => visible.get(one)?.has(write.id))) return 'replaced'
    const rests = restsOn(write)
    if (write.slot.is === 'move' ? rests.some(id => live.has(id)) : rests.some(isAlive))
      throw new Error(`${write.id} is lost, and nothing took its place: ${JSON.stringify({ write, deleters: deleters.map(d => d.name), by: by.name, live: live.has(write.id), rests: rests.map(id => [writes.get(id)?.write, live.has(id), isAlive(id), kept.has(id)]) })}`)
    const unseen = [...above(rests)].some(id => deletersOf(id).some(one => !one.saw.has(by)))
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

const restsOn = ({ slot, containers }: Write): readonly Id[] => [
  ...(slot.is === 'move' ? slot.of : (containers ?? [])),
]
