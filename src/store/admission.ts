import * as Y from 'yjs'
import { mark, readEntry } from './entry.js'
import type { Limits } from './limits.js'

/** The root type of the document: writer -> that writer's log. */
export const logsName = 'session'

/** Clocks of a log's fixed beginning: the log itself, then the peer id of its owner. Entries follow. */
export const headerClock = 1
export const firstEntryClock = 2

/** Bytes of UTF-16 units a peer id may have. */
export const maxPeerIdLength = 64

/** What is to be done with a remote update, and why. */
export type Admission =
  | { readonly verdict: 'new' }
  | { readonly verdict: 'known' }
  | { readonly verdict: 'waiting'; readonly missing: readonly number[] }
  | { readonly verdict: 'refused'; readonly reason: string }

/** What the judgement depends on: the limits, and how far this replica knows each log. */
export type Standing = {
  readonly limits: Limits
  readonly writer: number
  clockOf(writer: number): number
  /** False for writers whose entries come over a link of their own, and not from here. */
  takes(writer: number): boolean
  /** The writer that the link is bound to by its hello, and the peer id that its log must name. */
  readonly bound?: { readonly writer: number; readonly peerId: string } | undefined
}

/**
 * Judges a remote update before it reaches the document (SPEC GATE). Refusal depends on the bytes and the limits
 * alone, never on what arrived before, or honest replicas would part. Admitted is only what leaves no gap in a
 * log and builds on nothing that is not here: Yjs would apply the deletions of the rest at once, and a write
 * would be seen in half. Nothing therefore ever rests in Yjs's own pending structs.
 */
export function admit(update: Uint8Array, standing: Standing): Admission {
  let decoded: ReturnType<typeof Y.decodeUpdate>
  try {
    decoded = Y.decodeUpdate(update)
  } catch {
    return refused('not a Yjs update')
  }
  const reach = new Map<number, number>()
  const missing = new Set<number>()
  const named: Needs = []
  const ends = new Map<number, number>()
  let last = 0
  let isNew = false

  for (const struct of decoded.structs) {
    const { client, clock } = struct.id
    // Yjs would take only the last of several parts of one log, and an empty struct breaks its search for places.
    if (struct.length === 0 || clock !== (ends.get(client) ?? clock) || (ends.has(client) && client !== last))
      return refused('a log in several parts, or with nothing in one')
    ends.set((last = client), clock + struct.length)
    // No fault, and no gap either if what is left out is here.
    if (struct instanceof Y.Skip) continue
    const fault = struct instanceof Y.Item ? faultOf(struct, standing, named) : 'a log never loses its place'
    if (fault) return refused(fault)
    const known = standing.clockOf(client)
    const reached = reach.get(client) ?? known
    const end = clock + struct.length
    if (!Number.isSafeInteger(end)) return refused('a clock out of range')
    reach.set(client, Math.max(end, reached))
    if (end <= known) continue
    if (client === standing.writer) return refused('an entry in the name of the one who receives it')
    isNew = true
    if (!standing.takes(client) || clock > reached) missing.add(client)
  }
  for (const [client, ranges] of decoded.ds.clients)
    for (const { clock, len } of ranges) {
      if (clock < firstEntryClock) return refused('a log cannot be deleted')
      named.push([client, clock + len - 1])
    }
  if (!isNew) return { verdict: 'known' }
  for (const [client, clock] of named) if (clock >= (reach.get(client) ?? standing.clockOf(client))) missing.add(client)
  return missing.size > 0 ? { verdict: 'waiting', missing: [...missing] } : { verdict: 'new' }
}

const refused = (reason: string): Admission => ({ verdict: 'refused', reason })

/** What must be here before an update can be: the last clock of each thing named. */
type Needs = [writer: number, clock: number][]

/** Why an item cannot be part of its writer's log, or null. The place of every clock is fixed (SPEC DATA2). */
function faultOf(item: Y.Item, standing: Standing, named: Needs): string | null {
  const { client, clock } = item.id
  if (item.rightOrigin !== null) return 'a log is only appended to'
  if (clock === 0) return isLog(item) ? null : 'a log begins with itself'
  const { origin, parent, content } = item
  const isPlaced =
    clock === headerClock
      ? origin === null && parent instanceof Y.ID && parent.client === client && parent.clock === 0
      : origin?.client === client && origin.clock === clock - 1
  if (!isPlaced || item.parentSub !== null) return 'an item outside its writer’s log'
  if (content instanceof Y.ContentDeleted) return clock < firstEntryClock ? 'a log cannot be deleted' : null
  if (!(content instanceof Y.ContentAny)) return 'content that is no entry'
  for (const [offset, element] of content.arr.entries()) {
    const at = clock + offset
    if (at === headerClock) {
      if (typeof element !== 'string' || element === '' || element.length > maxPeerIdLength)
        return 'a log without a peer id'
      if (standing.bound?.writer === client && standing.bound.peerId !== element) return 'a log in another peer’s name'
      continue
    }
    const entry = readEntry(element, client, standing.limits)
    if (entry === null) return 'a malformed or oversized entry'
    if (entry === mark) continue
    for (const [writer, namedClock] of entry.containers ?? []) {
      if (writer === client && namedClock >= at) return 'an entry that builds on a later one'
      named.push([writer, namedClock])
    }
    if (entry.field.on === 'position') named.push(...entry.field.inserted.map(([w, c]): [number, number] => [w, c]))
  }
  return null
}

const isLog = (item: Y.Item): boolean =>
  item.origin === null &&
  (item.parent as unknown) === logsName &&
  item.parentSub === String(item.id.client) &&
  item.content instanceof Y.ContentType &&
  item.content.type instanceof Y.Array
