import type { Metadata, Presence } from '../wire/peer-messages.js'

/** Somebody in the room. */
export type Peer = {
  readonly id: string
  readonly name: string
  /** Chosen by the app, '' where it chose none. Nobody vouches for it: it is what the peer says of itself. */
  readonly role: string
  readonly metadata: Metadata
  /** When the peer joined, by its own wall clock, in milliseconds since 1970. */
  readonly joinedAt: number
}

/** `left`: it said goodbye, or was cut off here, and does not come back by this id. `lost`: it is missed, and might. */
export type Departure = 'left' | 'lost'

export type RosterListener = {
  onJoined(peer: Peer): void
  onLeft(peer: Peer, reason: Departure): void
  /** Its name, role or metadata are others now. */
  onUpdated(peer: Peer, previous: Peer): void
}

export type RosterOptions = {
  readonly selfId: string
  /** Monotonic time in milliseconds. */
  readonly now: () => number
  /** A peer whose link was lost is given up this long after it was last heard. */
  readonly goneAfterMs: number
}

/** Peers that are not linked are given up this long after nobody tells a way to them any more. */
const unreachableMs = 500
/** Who said bye is not believed to be here again for this long, whatever others tell: they may not have heard it. */
const hearsayMs = 60_000
/** Peers that are remembered at most. */
const maxPeers = 1024

type Entry = {
  presence: Presence
  links: ReadonlySet<string>
  /** Null if it is reached through others. */
  heardAt: number | null
  /** On the monotonic clock, when it is forgotten; Infinity while there is a way to it. */
  lapsesAt: number
  state: 'unlisted' | 'listed' | 'left'
}

/**
 * Who is here, and the way to each: every peer tells its links, so that each knows the whole mesh. Here is who can
 * be reached over links that peers tell, starting from our own, and who was heard a moment ago.
 */
export type Roster = {
  readonly peers: readonly Peer[]
  has(peerId: string): boolean
  /** A link to this peer was accepted. */
  link(peerId: string, presence: Presence): void
  /** Its link ended. Without `lost` it does not come back. */
  unlink(peerId: string, end: 'lost' | 'gone', heardAt: number): void
  /** What a peer says of itself. False if it is no news. */
  learn(peerId: string, presence: Presence): boolean
  /** The peers that this one has links to; null if that is unknown. */
  linksOf(peerId: string): ReadonlySet<string> | null
  /** What the peers said last that this one has no link to. */
  presencesFor(peerId: string): readonly (readonly [peerId: string, presence: Presence])[]
  /** The neighbour through whom a peer is reached; null if nobody tells a way. */
  hopTo(peerId: string): string | null
  /** Time has passed. */
  tick(): void
  /** All are out of reach for good. */
  clear(): void
}

export const createRoster = (options: RosterOptions, listener: RosterListener): Roster => {
  const entries = new Map<string, Entry>()
  const linked = new Set<string>()
  let hops: ReadonlyMap<string, string> = new Map()

  const peerOf = (id: string, { presence: { name, role, metadata, joinedAt } }: Entry): Peer => ({
    id,
    name,
    role,
    metadata,
    joinedAt,
  })

  /** Everybody to whom a way is told, with the neighbour where it begins: breadth first from here. */
  const findWays = (): Map<string, string> => {
    const found = new Map([...linked].map(id => [id, id]))
    for (const [id, hop] of found)
      if (entries.get(id)?.state !== 'left')
        for (const next of entries.get(id)?.links ?? [])
          if (!found.has(next) && next !== options.selfId) found.set(next, hop)
    return found
  }

  const lapse = (entry: Entry, id: string) => {
    if (entry.lapsesAt === Infinity)
      entry.lapsesAt = entry.heardAt === null ? options.now() + unreachableMs : entry.heardAt + options.goneAfterMs
    if (entry.lapsesAt > options.now()) return
    entries.delete(id)
    if (entry.state === 'listed') listener.onLeft(peerOf(id, entry), 'lost')
  }

  const refresh = () => {
    hops = findWays()
    for (const [id, entry] of entries) {
      if (entry.state === 'left') {
        if (!hops.has(id) && entry.lapsesAt <= options.now()) entries.delete(id)
      } else if (!hops.has(id)) {
        lapse(entry, id)
      } else {
        entry.lapsesAt = Infinity
        if (!linked.has(id)) entry.heardAt = null
        if (entry.state === 'listed') continue
        entry.state = 'listed'
        listener.onJoined(peerOf(id, entry))
      }
    }
  }

  const learn = (id: string, presence: Presence): boolean => {
    const known = entries.get(id)
    // Those that others invent leave room for who is linked.
    if (id === options.selfId || (!known && entries.size >= maxPeers && !linked.has(id))) return false
    if (known && presence.clock <= known.presence.clock) return false
    const entry = known ?? { presence, links: new Set(), heardAt: null, lapsesAt: Infinity, state: 'unlisted' }
    const previous = peerOf(id, entry)
    entry.presence = presence
    entry.links = new Set(presence.links)
    entries.set(id, entry)
    const peer = peerOf(id, entry)
    if (entry.state === 'listed' && JSON.stringify(peer) !== JSON.stringify(previous))
      listener.onUpdated(peer, previous)
    refresh()
    return true
  }

  return {
    get peers() {
      return [...entries].flatMap(([id, entry]) => (entry.state === 'listed' ? [peerOf(id, entry)] : []))
    },
    has: id => entries.get(id)?.state === 'listed',
    link: (id, presence) => {
      linked.add(id)
      if (!learn(id, presence)) refresh()
    },
    unlink: (id, end, heardAt) => {
      linked.delete(id)
      const entry = entries.get(id)
      if (entry) {
        entry.heardAt = heardAt
        if (end === 'gone' && entry.state !== 'left') {
          const wasListed = entry.state === 'listed'
          entry.state = 'left'
          entry.lapsesAt = options.now() + hearsayMs
          if (wasListed) listener.onLeft(peerOf(id, entry), 'left')
        }
      }
      refresh()
    },
    learn,
    linksOf: id => entries.get(id)?.links ?? null,
    presencesFor: peerId =>
      [...entries].flatMap(([id, { state, links, presence }]) =>
        state === 'listed' && id !== peerId && !links.has(peerId) ? [[id, presence] as const] : [],
      ),
    hopTo: id => hops.get(id) ?? null,
    tick: refresh,
    clear: () => {
      linked.clear()
      hops = new Map()
      const listed = [...entries].filter(([, { state }]) => state === 'listed')
      entries.clear()
      for (const [id, entry] of listed) listener.onLeft(peerOf(id, entry), 'lost')
    },
  }
}
