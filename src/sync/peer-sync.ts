import type { Clock } from '../clock.js'
import type { SessionError } from '../errors.js'
import { encodeMessage, type Hello, type HelloLimits, type PeerMessage, type Presence } from '../wire/peer-messages.js'
import { createBudget } from './budget.js'
import { isOpen, type Connection, type OpenConnection } from './connection.js'
import { createExchange } from './exchange.js'
import type { LinksOf } from './forwarding.js'
import { createGate, messageCost, senderBudget } from './gate.js'
import { refusalOf, type Greeting } from './greeting.js'
import { goneAfterMs, startHeartbeat } from './heartbeat.js'
import { createOutbox, type SyncLink } from './outbox.js'
import type { Replica } from './replica.js'

/** States are compared with one random neighbour this often: what was lost on the way is found (SPEC SYNC). */
const checkEveryMs = 10_000
/** A refused link stays mute for this long, so that our hello arrives and tells the other side. */
const refusedForMs = 1000
/** A second link of one writer is refused for this long; then it may be tried anew. */
const duplicateForMs = 10_000

/** Who is said to be gone has this long to answer. */
const suspectMs = 1000

/** Messages that are none of sync's business. */
export type SessionMessage = Extract<PeerMessage, { type: 'awareness' | 'post' }>

/** How an accepted link ended. */
export type LinkEnd = 'bye' | 'cut-off' | 'lost'

export type PeerSyncListener = {
  /** The peer's hello was accepted: messages may be sent to it. */
  onOpen(peerId: string, hello: Hello): void
  /** Its whole state is in, or in again. */
  onSynced(peerId: string): void
  /** A well-formed message for the session. The result says what is bad about it, null if nothing is. */
  onMessage(peerId: string, message: SessionMessage): string | null
  /** The peer holds our writes up to this clock. */
  onAck(peerId: string, clock: number): void
  /** The writes of a peer that we have no link to arrived up to this clock. */
  onFarWrites(peerId: string, clock: number): void
  /** The peer has answered a ping. */
  onPong(peerId: string): void
  /** A link that was full has room again: what `send` dropped may be sent anew. */
  onDrain(peerId: string): void
  /** An accepted link ended; it was last heard of at this monotonic time. */
  onClose(peerId: string, end: LinkEnd, heardAt: number): void
  /** The peer cannot be talked to: `limits-mismatch` or `protocol-mismatch`. */
  onMismatch(peerId: string, error: SessionError): void
  /** A turn ends: the last chance to `send` with it. */
  onTurn(): void
  onTick(): void
  onError(error: SessionError): void
}

export type PeerSyncOptions = {
  readonly peerId: string
  readonly replica: Replica
  readonly clock: Clock
  readonly random: () => number
  readonly maxBufferedBytes: number
  /** Runs something at the end of this turn; a microtask. */
  readonly defer: (run: () => void) => void
  /** Whether `defer` holds what it was given: signs of life are answered all the same. */
  readonly isHeld: () => boolean
  /** Must be the same for all in the room. */
  readonly limits: HelloLimits
  /** What the hello says of this peer, at the time. */
  presence(): Presence
  readonly linksOf: LinksOf
  /** Rids the transport of a peer: it said bye, was cut off, or does not match. */
  drop(peerId: string): void
}

export type PeerSync = {
  /** A transport's link is open. */
  onLink(link: SyncLink): { onMessage(frame: Uint8Array): void; onDrain(): void; onClose(): void }
  /** Peers with an accepted link. */
  readonly openPeers: readonly string[]
  readonly syncedPeers: readonly string[]
  isOpen(peerId: string): boolean
  /**
   * Queues a message for the end of the turn; without an accepted link to the peer it does nothing. What is
   * `expendable` is dropped where the link is far behind, or got more than its receiver would take.
   */
  send(peerId: string, message: Uint8Array, importance: 'urgent' | 'expendable'): void
  /** Something else says that these peers are gone: if they are linked, they have a second to answer. */
  suspect(peerIds: readonly string[]): void
  /** Asks all neighbours for a sign of life, at once, though turns may be held. */
  probe(): void
  /** Sees to it that a turn ends soon. */
  wake(): void
  /**
   * Says bye to everybody, after what was written or, if `silent`, without. Nothing is sent or taken any more, while
   * the links may stay for the bye to leave.
   */
  close(manner: 'flush' | 'silent'): void
}

/** Bytes that may wait for one full link before what is sent beside updates is dropped for it. */
const maxWaitingBytes = 1024 * 1024

/**
 * Speaks with peers over links: a state machine of bytes in, bytes out, with time and randomness from outside.
 * Everything that arrives passes the gate of its link; everything that leaves does so at the end of a turn.
 */
export const createPeerSync = (options: PeerSyncOptions, listener: PeerSyncListener): PeerSync => {
  const { replica, clock } = options
  const now = () => clock.monotonic()
  // The store caps what it holds at 128 times its limit (SPEC LIMIT7); a message with all of it is never longer than twice that.
  // Texts may take as much again as the documents of all of them may have of history (SPEC TEXT6), twice.
  const maxMessageBytes = Math.max(1024 * 1024, 256 * options.limits.maxTotalBytes) + 8 * 1024 * 1024
  const connections = new Map<string, Connection>()
  let isTurnDue = false
  let isClosed = false
  let checkedAt = now()

  const open = (): OpenConnection[] => [...connections.values()].filter(isOpen)

  const exchange = createExchange({
    replica,
    now,
    open,
    linksOf: options.linksOf,
    onSynced: ({ link }) => listener.onSynced(link.peerId),
    onAck: (peerId, upTo) => listener.onAck(peerId, upTo),
    onFarWrites: (peerId, upTo) => listener.onFarWrites(peerId, upTo),
  })

  // --- turns ----------------------------------------------------------------------------------------------------

  const wake = () => {
    if (isTurnDue) return
    isTurnDue = true
    options.defer(endTurn)
  }

  const endTurn = () => {
    if (isClosed) return
    exchange.sendLocal()
    listener.onTurn()
    isTurnDue = false
    for (const connection of connections.values()) {
      if (connection.isCheckDue && isOpen(connection) && connection.phase.isSynced) {
        connection.isCheckDue = false
        exchange.check(connection)
      }
      if (connection.isOverfull && connection.waiting.length === 0) exchange.ask(connection)
      const { ackDue, wholeUpTo } = connection
      if (ackDue !== null)
        connection.outbox.queue(encodeMessage({ type: 'ack', clock: Math.min(ackDue, wholeUpTo ?? ackDue) }))
      connection.ackDue = null
      connection.isAnswered = false
      connection.outbox.flush()
    }
  }

  // --- links ----------------------------------------------------------------------------------------------------

  /** The link is down. */
  const forget = (connection: Connection, end: LinkEnd) => {
    const { phase, link } = connection
    if (phase.name === 'closed') return
    connection.phase = { name: 'closed' }
    if (connections.get(link.peerId) === connection) connections.delete(link.peerId)
    if (phase.name === 'open') {
      listener.onClose(link.peerId, end, connection.heardAt)
      // What was lost with it did reach others, maybe, and they take it that it came here as well. Nobody else tells.
      const isWhole = end === 'bye' && phase.isSynced
      for (const other of connections.values()) other.isCheckDue ||= !isWhole
      exchange.unlinked()
    }
    wake()
  }

  /** Closes a link; the transport dials again. */
  const reset = (connection: Connection) => {
    forget(connection, 'lost')
    connection.link.close()
  }

  /** Is rid of a peer for good. */
  const drop = (connection: Connection, end: LinkEnd) => {
    forget(connection, end)
    options.drop(connection.link.peerId)
  }

  const greet = (connection: Connection, hello: Greeting) => {
    const { peerId } = connection.link
    if (hello.type === 'hello' && hello.peerId !== peerId) {
      connection.gate.blame('a hello in another peer’s name')
      return drop(connection, 'cut-off')
    }
    const linkedWriters = open().map(({ phase }) => phase.hello.writer)
    const refusal = refusalOf(peerId, hello, { limits: options.limits, replica, linkedWriters })
    if (refusal?.code === 'duplicate-writer') {
      connection.phase = { name: 'refused', until: now() + duplicateForMs, end: 'reset' }
      listener.onError(refusal)
    } else if (refusal) {
      connection.phase = { name: 'refused', until: now() + refusedForMs, end: 'drop' }
      listener.onMismatch(peerId, refusal)
    } else if (hello.type === 'hello') {
      connection.phase = { name: 'open', hello, hasOurs: false, isSynced: false }
      listener.onOpen(peerId, hello)
    }
  }

  // --- messages -------------------------------------------------------------------------------------------------

  const receive = (connection: Connection, message: PeerMessage) => {
    if (connection.phase.name === 'greeting') {
      if (message.type === 'hello' || message.type === 'other-hello') greet(connection, message)
      else connection.gate.blame('a message before the hello')
    } else if (isOpen(connection)) dispatch(connection, message)
  }

  const dispatch = (connection: OpenConnection, message: PeerMessage) => {
    const { peerId } = connection.link
    switch (message.type) {
      case 'sync-step-1':
      case 'sync-step-2':
      case 'update':
      case 'check':
        return exchange.receive(connection, message)
      case 'ack':
        return listener.onAck(peerId, Math.min(message.clock, replica.clock()))
      case 'awareness':
        if (message.client !== connection.phase.hello.writer)
          return connection.gate.blame('an awareness state of another peer')
        break
      case 'post':
        break
      case 'presence':
      case 'app':
        return connection.gate.blame('a letter outside of a post')
      case 'ping':
        if (options.isHeld()) return sendNow(connection, { type: 'pong' })
        return connection.outbox.queue(encodeMessage({ type: 'pong' }))
      case 'pong':
        return listener.onPong(peerId)
      case 'bye':
        return drop(connection, 'bye')
      case 'hello':
      case 'other-hello':
        return connection.gate.blame('a second hello')
    }
    const fault = listener.onMessage(peerId, message)
    if (fault !== null) connection.gate.blame(fault)
  }

  /** Beside the turns. Not into the middle of a long message. */
  const sendNow = ({ outbox }: Connection, message: PeerMessage) => {
    if (outbox.waitingBytes === 0) outbox.sendNow(encodeMessage(message))
  }

  // --- time -----------------------------------------------------------------------------------------------------

  const stopHeartbeat = startHeartbeat({
    clock,
    connections: () => connections.values(),
    onExpired: connection => {
      if (connection.phase.name === 'refused' && connection.phase.end === 'drop') drop(connection, 'lost')
      else reset(connection)
    },
    onTick: () => {
      exchange.hurry()
      const candidates = open().filter(({ phase }) => phase.hasOurs && phase.isSynced)
      if (now() - checkedAt >= checkEveryMs) {
        checkedAt = now()
        const chosen = candidates[Math.floor(options.random() * candidates.length)]
        if (chosen) exchange.check(chosen)
      }
      listener.onTick()
      wake()
    },
  })
  const stopWatching = replica.onLocalChange(wake)

  return {
    wake,
    get openPeers() {
      return open().map(({ link }) => link.peerId)
    },
    get syncedPeers() {
      return open().flatMap(({ link, phase }) => (phase.isSynced ? [link.peerId] : []))
    },
    isOpen: peerId => {
      const connection = connections.get(peerId)
      return connection !== undefined && isOpen(connection)
    },
    send: (peerId, message, importance) => {
      const connection = connections.get(peerId)
      if (!connection || !isOpen(connection)) return
      const { outbox, allowance } = connection
      const fits = outbox.waitingBytes <= maxWaitingBytes && allowance.take(message.length + messageCost)
      if (!fits && importance === 'expendable') return
      outbox.queue(message)
      wake()
    },
    suspect: peerIds => {
      for (const connection of open()) {
        if (!peerIds.includes(connection.link.peerId)) continue
        connection.heardAt = Math.min(connection.heardAt, now() - goneAfterMs + suspectMs)
        connection.outbox.queue(encodeMessage({ type: 'ping' }))
        wake()
      }
    },
    probe: () => {
      for (const connection of open()) sendNow(connection, { type: 'ping' })
    },
    onLink: link => {
      const { peerId } = link
      const opened = now()
      const connection: Connection = {
        link,
        outbox: createOutbox(link, options.maxBufferedBytes),
        gate: createGate({
          peerId,
          maxMessageBytes,
          now,
          onError: error => listener.onError(error),
          onCutOff: () => drop(connection, 'cut-off'),
        }),
        allowance: createBudget({ ...senderBudget, now }),
        openedAt: opened,
        phase: { name: 'greeting' },
        heardAt: opened,
        pingedAt: opened,
        excusedAt: -1,
        askedAt: opened,
        waiting: [],
        waitingSince: opened,
        isOverfull: false,
        lacksTexts: 'nothing',
        wholeUpTo: null,
        ackDue: null,
        isBehind: false,
        isCheckDue: false,
        isAnswered: false,
      }
      const replaced = connections.get(peerId)
      if (replaced) forget(replaced, 'lost')
      connections.set(peerId, connection)
      connection.outbox.queue(
        encodeMessage({
          type: 'hello',
          peerId: options.peerId,
          writer: replica.writer,
          limits: options.limits,
          presence: options.presence(),
        }),
      )
      exchange.ask(connection)
      wake()
      return {
        onMessage: frame => {
          connection.heardAt = now()
          for (const message of connection.gate.read(frame)) receive(connection, message)
          wake()
        },
        onDrain: () => {
          connection.outbox.flush()
          if (!isOpen(connection)) return
          if (connection.isBehind) exchange.check(connection)
          connection.isBehind = false
          listener.onDrain(peerId)
          wake()
        },
        onClose: () => forget(connection, 'lost'),
      }
    },
    close: manner => {
      if (isClosed) return
      if (manner === 'flush') endTurn()
      isClosed = true
      stopHeartbeat()
      stopWatching()
      const bye = encodeMessage({ type: 'bye' })
      for (const connection of connections.values()) {
        connection.outbox.sendNow(bye)
        connection.phase = { name: 'closed' }
      }
      connections.clear()
    },
  }
}
