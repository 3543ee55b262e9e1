import type { EntryId, Field } from './entry.js'
import { entryKey, type Entry, type EntryIndex } from './entry-index.js'
import { foldEntry, type Rival } from './fold.js'
import { clientOf } from './text-fold.js'
import type { Json, Path } from './value.js'
import type { View } from './views.js'

/** A value that lost against a concurrent one and is still there to be chosen (SPEC MERGE10). */
export type Conflict = {
  /** From the key's value down to where it lost: field names and list indices. Empty for the key itself. */
  readonly path: Path
  readonly value: Json
  /** The peer that wrote it, null if its log names none. */
  readonly updatedBy: string | null
  /** When, in milliseconds since 1970, by that peer's clock. */
  readonly updatedAt: number
}

/** What `conflict` listeners are told, once per value lost. */
export type ConflictEvent = Conflict & {
  readonly key: string
  /** `newer`: a concurrent write won. `deleted`: what it was written into was deleted at the same time. */
  readonly rule: 'newer' | 'deleted'
  /** The value that is visible there instead, null if none is. */
  readonly winner: Json | null
  /** The peer that wrote last in that, and when by its clock; null if there is none. */
  readonly winnerUpdatedBy: string | null
  readonly winnerUpdatedAt: number | null
}

export type PeerOf = (writer: number) => string | null

export function toConflict({ path, group }: Pick<Rival, 'path' | 'group'>, peerOf: PeerOf): Conflict {
  return { path, value: group.value, updatedBy: peerOf(group.top.writer), updatedAt: group.top.stamp }
}

/** The conflicts of a key that were not there before. */
export function newConflicts(
  key: string,
  before: View | undefined,
  after: View | undefined,
  peerOf: PeerOf,
): ConflictEvent[] {
  const known = new Set(before?.rivals.map(rival => rival.group.top))
  const fresh = after?.rivals.filter(rival => !known.has(rival.group.top)) ?? []
  return fresh.map(rival => ({
    key,
    ...toConflict(rival, peerOf),
    rule: 'newer' as const,
    winner: rival.winner.value,
    winnerUpdatedBy: peerOf(rival.winner.newest.writer),
    winnerUpdatedAt: rival.winner.newest.stamp,
  }))
}

/**
 * This writer's entries that were lost because what they were written into, or moved, was deleted by somebody who
 * had not seen them; what hangs below another lost one is part of its value. Told once each: `told` remembers.
 */
export function lostWrites(
  index: EntryIndex,
  strays: Iterable<Entry>,
  writer: number,
  told: WeakSet<Entry>,
  peerOf: PeerOf,
): ConflictEvent[] {
  const lost = new Set(strays)
  const dead = new Set(index.unnamed)
  for (const container of dead)
    for (const entry of container.entries) {
      if (entry.parents?.some(parent => index.isAlive(parent))) continue
      lost.add(entry)
      // What another wrote there at the same time can hold something of ours.
      if (entry.container && entry.writer !== writer) dead.add(entry.container)
    }
  return [...lost].flatMap((entry): ConflictEvent[] => {
    if (entry.writer !== writer || told.has(entry)) return []
    const [key, ...path] = pathOf(entry)
    if (typeof key !== 'string') return []
    told.add(entry)
    return [
      {
        key,
        path,
        value: typedBy(index, key, entry) ?? foldEntry(index, entry),
        updatedBy: peerOf(writer),
        updatedAt: entry.stamp,
        rule: 'deleted',
        winner: null,
        winnerUpdatedBy: null,
        winnerUpdatedAt: null,
      },
    ]
  })
}

/** What was typed into a text by whom this entry names. */
function typedBy(index: EntryIndex, key: string, entry: Entry): Json | null {
  const client = clientOf(entry)
  return client === null ? null : index.readText(key, new Set([client]))
}

/**
 * From the root down to an entry: the key, then fields; elements of a list, which have no index any more, by key.
 * Nothing for what hangs on a ring, as only a hostile peer makes it.
 */
function pathOf(entry: Entry): (string | number)[] {
  const path: (string | number)[] = []
  const below = new Set<Entry>()
  for (let at: Entry | null | undefined = entry; at && !below.has(at);) {
    const { field, parents, writer, clock }: Entry = at
    path.unshift(...stepOf(field, [writer, clock]))
    if (parents === null) return path
    below.add(at)
    at = parents.find(parent => parent.named)?.named
  }
  return []
}

function stepOf(field: Field, id: EntryId): string[] {
  switch (field.on) {
    case 'field':
      return [field.name]
    case 'element':
      return [field.key ?? entryKey(id)]
    case 'position':
      return [field.key ?? entryKey(field.inserted[0] ?? id)]
    case 'own':
    case 'baseline':
      return []
  }
}
