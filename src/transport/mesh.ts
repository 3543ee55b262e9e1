import { promptCollection } from './collection.js'
import type { Connection, ConnectionEnd, ConnectionListener, ConnectionOptions } from './connection.js'
import type { PeerSignal, Topic, TopicListener } from './topic.js'
import type { TransportListener, TransportOptions } from './transport.js'
import type { Announce, Hangup } from '../wire/signaling-messages.js'

/** The connections to all peers of a topic, from `openMesh` to `close`: who is dialled when, and who is refused. */
export type Mesh = {
  /** Ends every wait: for a server, for a peer. Servers that seem to be there are asked whether they are. */
  retry(): void
  /** The network may be gone, or was: servers that seem to be there are asked whether they are. */
  probe(): void
  /** Closes the connection to a peer that `identity.dropped` now names. */
  drop(peerId: string): void
  close(): void
}

/** What a mesh is made of. */
export type MeshParts = {
  openTopic(listener: TopicListener): Topic
  /** @throws whatever the browser says when it cannot. */
  openConnection(options: ConnectionOptions, listener: ConnectionListener): Connection
}

/** What outlives a mesh while this peer keeps its id. */
export type MeshIdentity = {
  lastEpoch: number
  readonly dropped: Set<string>
}

type Peer = {
  readonly id: string
  connection: Connection | null
  /** When its connection was dialled, or opened, on the monotonic clock. */
  since: number
  wasLinked: boolean
  /** Dials and short links in a row. */
  failures: number
  cancelDial: (() => void) | null
}

/** Whoever hears a newcomer's announce dials it. This much later the newcomer dials whoever did not. */
const unansweredMs = 1500
/** The same where links are few: there the newcomer chooses, and needs not wait. */
const choiceMs = 200
/** After a link is lost the impolite side dials; this much later the polite one does, if nobody has. */
const politenessMs = 600
const firstRetryMs = 500
const maxRetryMs = 30_000
/** A link that was open comes back within 5 s, so its backoff ends early. */
const maxLostRetryMs = 1000
/** A link over which the other side said nothing for this long was no better than a dial without an answer. */
const silentLinkMs = 3000
/** A link that lived this long was no failure, and one this old is no news to the other side. */
const goodLinkMs = 5000
/** How long a peer is left alone that has links enough. */
const fullPauseMs = 20_000
/** Where no server says who is there, a peer that never answers is given up after so many dials. */
const maxUnansweredDials = 5

export const openMesh = (
  parts: MeshParts,
  options: TransportOptions,
  identity: MeshIdentity,
  listener: TransportListener,
): Mesh => {
  const { peerId: self, clock, random, maxLinks = Infinity } = options
  // Half are chosen and half are for others to choose, so that no clique closes itself off from who comes later.
  const maxChosen = Math.min(maxLinks, Math.max(2, Math.ceil(maxLinks / 2)))
  const peers = new Map<string, Peer>()
  /** Peers that announced another transport, and nothing else since. */
  const strangers = new Set<string>()

  let isClosed = false

  const used = (): Peer[] => [...peers.values()].filter(({ connection }) => connection)
  const linked = (): Peer[] => used().filter(({ connection }) => connection?.isOpen)
  const spread = (delayMs: number): number => delayMs * (0.5 + random())

  const ageOf = (peer: Peer): number => clock.monotonic() - peer.since

  const meet = (id: string): Peer => {
    const known = peers.get(id)
    if (known) return known
    const peer: Peer = { id, connection: null, since: 0, wasLinked: false, failures: 0, cancelDial: null }
    peers.set(id, peer)
    return peer
  }

  const dialAfter = (peer: Peer, delayMs: number): void => {
    // Whoever was told of something may have left in the same turn.
    if (isClosed) return
    peer.cancelDial?.()
    peer.cancelDial = clock.schedule(() => {
      peer.cancelDial = null
      dial(peer)
    }, delayMs)
  }

  const dial = (peer: Peer): void => {
    if (peer.connection || strangers.has(peer.id)) return
    const limit = peer.wasLinked ? maxLinks : maxChosen
    if (topic.canReach(peer.id) && used().length < limit) connect(peer)
  }

  /** Gives every peer that nobody dials a chance to be dialled, in random order. */
  const seek = (): void => {
    const delayMs = maxLinks === Infinity ? unansweredMs : choiceMs
    for (const peer of peers.values()) if (!peer.connection && !peer.cancelDial) dialAfter(peer, spread(delayMs))
  }

  const retryFailed = (peer: Peer): void => {
    const delayMs = firstRetryMs * 2 ** peer.failures++
    dialAfter(peer, spread(Math.min(maxRetryMs, delayMs)))
  }

  const retryLost = (peer: Peer): void => {
    if (ageOf(peer) >= goodLinkMs) peer.failures = 0
    const backoffMs = Math.min(maxLostRetryMs, 50 * (2 ** peer.failures++ - 1))
    dialAfter(peer, spread(backoffMs) + (self < peer.id ? politenessMs : 0))
  }

  const ended = (peer: Peer, end: ConnectionEnd): void => {
    peer.connection = null
    if (end === 'unopened') listener.onDial(peer.id, 'closed')
    if (isClosed) return
    // What took it away may have taken the servers as well, whose sockets do not tell for long.
    topic.probe()
    // Whoever closed it may have other plans.
    if (peer.cancelDial) return
    if (end === 'heard' || (end === 'silent' && ageOf(peer) < silentLinkMs)) retryLost(peer)
    else {
      retryFailed(peer)
      if (end === 'unopened' && peer.failures >= maxUnansweredDials) topic.forget(peer.id)
    }
    if (maxLinks !== Infinity) seek()
  }

  const connect = (peer: Peer, remoteEpoch?: number): void => {
    if (isClosed || identity.dropped.has(peer.id)) return
    peer.cancelDial?.()
    peer.cancelDial = null
    peer.since = clock.monotonic()
    try {
      peer.connection = parts.openConnection(
        {
          peerId: peer.id,
          epoch: ++identity.lastEpoch,
          remoteEpoch,
          isPolite: self < peer.id,
          isAlone: used().length === 0,
          clock,
          send: signal => topic.send(peer.id, signal),
        },
        {
          onOpen: link => {
            peer.since = clock.monotonic()
            peer.wasLinked = true
            return listener.onLink(link)
          },
          onEnd: end => ended(peer, end),
        },
      )
    } catch (error) {
      promptCollection()
      listener.onProblem({ code: 'connection-failed', peerId: peer.id, reason: String(error) })
      return retryFailed(peer)
    }
    listener.onDial(peer.id, 'connecting')
  }

  const leaveAlone = (peer: Peer, farewell?: Hangup): void => {
    dialAfter(peer, spread(fullPauseMs))
    peer.connection?.close(farewell)
  }

  /** Lets go of one link for the sake of somebody who has none. */
  const makeRoom = (): boolean => {
    const candidates = linked()
    const victim = candidates[Math.floor(random() * candidates.length)]
    if (victim) leaveAlone(victim, { type: 'hangup', full: true })
    return victim !== undefined
  }

  const answerFirst = (peer: Peer, message: PeerSignal): void => {
    if (peer.connection) peer.connection.close()
    else if (used().length >= maxLinks && !(message.alone && makeRoom())) {
      return topic.send(peer.id, { epoch: 0, of: message.epoch, signal: { type: 'hangup', full: true } })
    }
    connect(peer, message.epoch)
    peer.connection?.receive(message)
  }

  const onSignal = (from: string, message: PeerSignal): void => {
    if (identity.dropped.has(from)) return
    const { of, signal } = message
    const peer = peers.get(from)
    strangers.delete(from)
    if (!peer?.connection) {
      if (signal.type === 'offer' && of === undefined) return answerFirst(meet(from), message)
      // The other side goes on with a connection that is gone here.
      if (of !== undefined && (signal.type === 'offer' || signal.type === 'answer')) {
        topic.send(from, { epoch: 0, of: message.epoch, signal: { type: 'hangup' } })
      }
      return
    }
    switch (peer.connection.judge(message)) {
      case 'newer':
        return answerFirst(peer, message)
      case 'own':
        if (signal.type === 'hangup' && signal.full) leaveAlone(peer)
        else peer.connection.receive(message)
        return
      case 'crossed':
        // It yields to the offer from here, which the other side had not heard when it made its own, and may never have.
        return peer.connection.repeatOffer()
      case 'stale':
    }
  }

  const onAnnounce = ({ from, to, alone }: Announce): void => {
    if (identity.dropped.has(from)) return
    strangers.delete(from)
    const peer = meet(from)
    const { connection } = peer
    if (connection) {
      // A peer without any link has lost this one too, unless the link is younger than the announce.
      if (connection.isOpen && alone && ageOf(peer) >= goodLinkMs) connection.close()
      // Who has just come cannot have heard what was offered before.
      if (!connection.isAnswered) connection.repeatOffer()
      return
    }
    peer.failures = 0
    // Said to this peer alone it is a last resort: others may be dialling already.
    if (used().length < maxChosen) dialAfter(peer, to === undefined ? 0 : spread(choiceMs))
    // Enough links, but the newcomer may not know of anybody else: let it choose.
    else if (alone && linked().length > 0) topic.announceTo(from)
  }

  const onMembers = (ids: readonly string[], unnamed: number): void => {
    for (const peer of peers.values()) {
      // An open link proves more than a list. A dial that was never answered proves nothing.
      if (peer.connection?.isAnswered || topic.canReach(peer.id)) continue
      peer.connection?.close()
      peer.cancelDial?.()
      peers.delete(peer.id)
    }
    ids.forEach(meet)
    seek()
    listener.onMembers(ids, unnamed)
  }

  const topic: Topic = parts.openTopic({
    isAlone: () => linked().length === 0,
    onAnnounce,
    onSignal,
    onMembers,
    onState: state => listener.onSignaling(state),
    onProblem: problem => {
      if (problem.code === 'transport-mismatch') {
        if (strangers.has(problem.peerId)) return
        strangers.add(problem.peerId)
      }
      listener.onProblem(problem)
    },
  })

  return {
    retry: () => {
      topic.retry()
      for (const peer of peers.values()) {
        if (peer.connection?.isOpen) continue
        // A dial under way may have begun on a network that is gone.
        peer.connection?.close()
        peer.failures = 0
        dialAfter(peer, 0)
      }
    },
    probe: () => topic.probe(),
    drop: id => peers.get(id)?.connection?.close({ type: 'hangup', full: true }),
    close: () => {
      isClosed = true
      for (const peer of peers.values()) {
        peer.cancelDial?.()
        peer.connection?.close()
      }
      topic.close()
    },
  }
}
