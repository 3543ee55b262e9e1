import type { Entry, EntryIndex } from './entry-index.js'
import type { Rival } from './fold.js'
import { byCodeUnit, type Json, type Path } from './value.js'
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
}

export type PeerOf = (writer: number) => string | null

export function toConflict({ path, group }: Rival, peerOf: PeerOf): Conflict {
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
    winner: after ? valueAt(after.value, rival.path) : null,
  }))
}

/**
 * This writer's entries that were lost because what they were written into was deleted by somebody who had not
 * seen them. Told once each: `told` remembers.
 */
export function lostWrites(index: EntryIndex, writer: number, told: WeakSet<Entry>, peerOf: PeerOf): ConflictEvent[] {
  const lost: ConflictEvent[] = []
  for (const container of index.unnamed)
    for (const entry of container.entries) {
      if (entry.writer !== writer || told.has(entry) || entry.parents?.some(parent => index.isAlive(parent))) continue
      told.add(entry)
      const [key, ...path] = pathOf(entry)
      if (typeof key !== 'string') continue
      const { value, stamp } = entry
      const said =
        value.is === 'scalar' ? value.scalar : value.is === 'position' ? null : value.kind === 'list' ? [] : {}
      lost.push({ key, path, value: said, updatedBy: peerOf(writer), updatedAt: stamp, rule: 'deleted', winner: null })
    }
  return lost.sort((a, b) => byCodeUnit(a.key, b.key))
}

/** From the root down to an entry: the key, then fields; elements of a list, which have no index any more, by key. */
function pathOf(entry: Entry): (string | number)[] {
  const { field, parents } = entry
  const step = field.on === 'field' ? field.name : (field.key ?? `${entry.writer}:${entry.clock}`)
  const above = parents?.find(parent => parent.named)?.named
  return above ? [...pathOf(above), step] : parents ? [] : [step]
}

function valueAt(value: Json, path: Path): Json | null {
  let at: unknown = value
  for (const step of path)
    at = typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[step] : null
  return (at as Json | undefined) ?? null
}
