import type { Clock } from '../clock.js'
import type { Hello, PeerMessage, Presence } from '../wire/peer-messages.js'
import type { Delivery } from './delivery.js'
import { createIdentity, createSessionId, type SessionClaim } from './identity.js'
import { createMessages, type Messages, type ReceivedMessage } from './messages.js'
import { createPostOffice } from './post-office.js'
import { createRoster, type Peer, type Roster, type RosterListener } from './roster.js'
import type { SharedAwareness } from './shared-awareness.js'

/** The links as a session needs them; peer-sync has it. */
export type Mesh = {
  /** Peers with an accepted link. */
  readonly openPeers: readonly string[]
  send(peerId: string, message: Uint8Array, importance: 'urgent' | 'expendable'): void
  /** Sees to it that a turn ends soon, and with it `onTurn` is called. */
  wake(): void
}

export type SessionOptions = {
  readonly selfId: string
  readonly self: SelfDescription
  readonly clock: Clock
  readonly random: () => number
  /** The session that this peer is in already; null if it is about to join one. */
  readonly claim: SessionClaim | null
  /** Of this peer's writer. */
  readonly shared: SharedAwareness
  readonly delivery: Delivery
  /** How much this peer has written. */
  written(): number
  readonly goneAfterMs: number
  /** Spends of what this peer may send in messages; false if it is spent. */
  spend(bytes: number, copies: number): boolean
  mesh(): Mesh
}

/** What a peer says of itself, and may change. */
export type SelfDescription = Pick<Peer, 'name' | 'role' | 'metadata'>

export type SessionListener = RosterListener & { onMessage(message: ReceivedMessage): void }

/** Who is here and what they say to each other, in which session (SPEC SESSION). Knows nothing of the data. */
export type Session = {
  readonly self: Peer
  readonly roster: Pick<Roster, 'peers' | 'has' | 'linksOf'>
  readonly claim: SessionClaim
  readonly send: Messages['send']
  /** Whether a neighbour has joined itself, as far as was told over its own link, where its state comes after that. */
  hasJoined(peerId: string): boolean
  /** What the hello says of this peer. */
  presence(): Presence
  describe(change: Partial<SelfDescription>): void
  /** This peer has joined. */
  found(): void
  /** Nobody is here any more. */
  stop(): void

  onOpen(peerId: string, hello: Hello): void
  onMessage(peerId: string, message: Extract<PeerMessage, { type: 'awareness' | 'post' }>): string | null
  onAck(peerId: string, clock: number): void
  onFarWrites(peerId: string, clock: number): void
  onDrain(peerId: string): void
  onClose(peerId: string, end: 'bye' | 'cut-off' | 'lost', heardAt: number): void
  onTurn(): void
  onTick(): void
}

export const createSession = (options: SessionOptions, listener: SessionListener): Session => {
  const { selfId, clock, random, goneAfterMs, shared, delivery } = options
  const now = () => clock.monotonic()
  const mesh = () => options.mesh()
  const joinedAt = clock.now()
  const identity = createIdentity(options.claim ?? { sessionId: createSessionId(joinedAt, random), founded: false })
  let { name, role, metadata } = options.self
  let presenceClock = 1
  let isPresenceDue = false
  let hasJoined = options.claim !== null
  const joinedNeighbours = new Set<string>()

  const presence = (): Presence => ({
    clock: presenceClock,
    name,
    role,
    metadata,
    joinedAt,
    ...identity.claim,
    // Also one that has met a session says so only with its state, or a newcomer would take it for more than it is.
    founded: hasJoined,
    links: mesh().openPeers,
  })
  const changed = () => {
    presenceClock++
    isPresenceDue = true
    mesh().wake()
  }

  const roster = createRoster(
    { selfId, now, goneAfterMs },
    {
      onJoined: peer => listener.onJoined(peer),
      onUpdated: (peer, previous) => listener.onUpdated(peer, previous),
      onLeft: (peer, reason) => {
        messages.forget(peer.id)
        delivery.forget(peer.id)
        listener.onLeft(peer, reason)
      },
    },
  )
  const postOffice = createPostOffice({
    selfId,
    roster,
    neighbours: () => mesh().openPeers,
    send: (peerId, message, importance) => mesh().send(peerId, message, importance),
    onPost: (from, body, to, via) => {
      switch (body.type) {
        case 'presence':
          if (from === via && body.presence.founded) joinedNeighbours.add(via)
          if (mesh().openPeers.includes(from) && identity.meet(body.presence)) changed()
          return roster.learn(from, body.presence)
        case 'app':
          return roster.has(from) && messages.receive(from, to || null, body)
        case 'ack':
          if (roster.has(from)) delivery.acknowledge(from, Math.min(body.clock, options.written()))
          return false
      }
    },
  })
  const messages = createMessages({
    selfId,
    now: () => clock.now(),
    spend: (bytes, copies) => options.spend(bytes, copies),
    isHere: peerId => roster.has(peerId),
    post: (message, to) => postOffice.post(message, to),
    onMessage: message => listener.onMessage(message),
  })
  const sendAwareness = (state: Uint8Array, peers: readonly string[]) =>
    peers.forEach(peerId => mesh().send(peerId, state, 'expendable'))

  /** What this peer knows of others that the neighbour cannot reach but through it. */
  const tellOthers = (neighbour: string) => {
    for (const [id, presence] of roster.presencesFor(neighbour))
      postOffice.forward(id, { type: 'presence', presence }, neighbour)
  }

  /** Each side of a new link may know of peers that the other cannot reach but through it. */
  const introduce = (peerId: string, theirs: Presence) => {
    tellOthers(peerId)
    for (const neighbour of mesh().openPeers)
      if (neighbour !== peerId && !theirs.links.includes(neighbour))
        postOffice.forward(peerId, { type: 'presence', presence: theirs }, neighbour)
  }

  return {
    roster,
    presence,
    hasJoined: peerId => joinedNeighbours.has(peerId),
    send: (data, to) => messages.send(data, to),
    get self() {
      return { id: selfId, name, role, metadata, joinedAt }
    },
    get claim() {
      return identity.claim
    },
    describe: change => {
      name = change.name ?? name
      role = change.role ?? role
      metadata = change.metadata ?? metadata
      changed()
    },
    found: () => {
      hasJoined = true
      identity.found()
      changed()
    },
    stop: () => roster.clear(),

    onOpen: (peerId, hello) => {
      identity.meet(hello.presence)
      if (hello.presence.founded) joinedNeighbours.add(peerId)
      roster.link(peerId, hello.presence)
      shared.open(peerId, hello.writer)
      sendAwareness(shared.state(), [peerId])
      introduce(peerId, hello.presence)
      changed()
    },
    onMessage: (peerId, message) => {
      if (message.type === 'post') return postOffice.receive(peerId, message)
      shared.receive(message.update)
      return null
    },
    onAck: (peerId, upTo) => delivery.acknowledge(peerId, upTo),
    onFarWrites: (peerId, upTo) => postOffice.post({ type: 'ack', clock: upTo }, peerId),
    onDrain: peerId => {
      sendAwareness(shared.state(), [peerId])
      tellOthers(peerId)
    },
    onClose: (peerId, end, heardAt) => {
      const isLost = end === 'lost'
      joinedNeighbours.delete(peerId)
      roster.unlink(peerId, isLost ? 'lost' : 'gone', heardAt)
      shared.close(peerId, isLost ? heardAt + goneAfterMs : -Infinity)
      changed()
    },
    onTurn: () => {
      if (isPresenceDue) postOffice.post({ type: 'presence', presence: presence() })
      isPresenceDue = false
      const state = shared.takeChange()
      if (state) sendAwareness(state, mesh().openPeers)
    },
    onTick: () => {
      roster.tick()
      shared.tick()
    },
  }
}
