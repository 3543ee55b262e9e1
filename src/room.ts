import type { Awareness } from 'y-protocols/awareness'
import { SessionError, type AnySessionError, type SessionErrorCode, type SessionErrorDetails } from './errors.js'
import { createRoomEmitter, type RoomEmitter } from './room-events.js'
import { readMetadata, readName, readOptions, type JoinOptions, type RoomSettings } from './room-options.js'
import { isSameStatus, statusOf, type RoomStatus } from './room-status.js'
import type { Delivery } from './session/delivery.js'
import { createId } from './session/identity.js'
import { createJoining } from './session/joining.js'
import type { Peer } from './session/roster.js'
import { createSession } from './session/session.js'
import type { JsonSchema, Schema, SchemaFrom, Schemas } from './store/schema.js'
import { openStore, type SessionStore } from './store/session-store.js'
import { toJson } from './store/value.js'
import { createBudget } from './sync/budget.js'
import { messageCost, senderBudget } from './sync/gate.js'
import { goneAfterMs } from './sync/heartbeat.js'
import { createPeerSync } from './sync/peer-sync.js'
import {
  maxBufferedBytes,
  type SignalingState,
  type TransportListener,
  type TransportProblem,
} from './transport/transport.js'
import type { Metadata } from './wire/peer-messages.js'

/** The store of a room, which also knows who holds what this peer wrote. */
export type RoomStore<S> = SessionStore<S> & Pick<Delivery, 'whenDelivered'>

export type Room<S = JsonSchema> = {
  readonly store: RoomStore<S>
  readonly self: Peer
  /** Everybody else who is here. */
  readonly peers: readonly Peer[]
  readonly sessionId: string
  readonly status: RoomStatus
  /** A y-protocols Awareness, for the cursors of editors: it knows the peers that this one has a link to. */
  readonly awareness: Awareness
  /** Replaces this peer's metadata. @throws SessionError `invalid-option`, `invalid-value` */
  setMetadata(metadata: Metadata): void
  /** @throws SessionError `invalid-option` */
  setName(name: string): void
  /**
   * Sends JSON data to everybody here, or to one peer: in order, never twice, and not kept for who comes later.
   * @throws SessionError `message-too-large`, `too-many-messages`, `unknown-peer`, `invalid-value`
   */
  send(data: unknown, options?: { readonly to?: string }): void
  /** Calls `listener` at each such event. The result ends it. */
  on: RoomEmitter['on']
  /** As if the network went away; reading and writing go on, and merge after `connect`. */
  disconnect(): void
  connect(): void
  /** Says goodbye and destroys this peer's copy. Afterwards every call throws `left`. Idempotent. */
  leave(): Promise<void>
}

/** A room of whatever schema, for what works with any: its store gives unknown values. */
export type AnyRoom = Omit<Room, 'store'> & {
  /** Member by member: by its name alone, a store of one schema is none of another. */
  readonly store: Pick<RoomStore<Schema>, keyof RoomStore<Schema>>
}

/** How long a goodbye may take to leave. */
const farewellMs = 500

/**
 * Joins a room. Resolves when the store is available: with the state of the first peer that answers, or once this
 * peer is known to be alone; where no server tells who is here, or none can be reached, after `joinTimeoutMs`.
 * @throws SessionError `invalid-option`, `insecure-context`; `aborted`; `limits-mismatch`, `protocol-mismatch`,
 * `password-mismatch` or `transport-mismatch` if that is why nobody here can be talked to
 */
export function joinRoom<S extends Schemas>(options: JoinOptions & { readonly schema: S }): Promise<Room<SchemaFrom<S>>>
export function joinRoom<S = JsonSchema>(options: JoinOptions): Promise<Room<S>>
export async function joinRoom(options: JoinOptions): Promise<Room> {
  const settings = readOptions(options)
  if (settings.signal?.aborted) throw error('aborted', 'Joining was cancelled.', {})
  const { room, joined } = openRoom(settings)
  await joined
  // Other types are the app's promise about what its peers write; nothing here depends on them.
  return room
}

const error = <Code extends SessionErrorCode>(code: Code, message: string, details: SessionErrorDetails[Code]) =>
  new SessionError(code, message, details)

/** From the first dial to the last goodbye. */
type Stage = 'joining' | 'joined' | 'left'

const openRoom = (settings: RoomSettings): { room: Room; joined: Promise<void> } => {
  const { clock, random, limits, schema, signal } = settings
  const selfId = createId(random)
  const events = createRoomEmitter()
  let stage: Stage = 'joining'

  // --- errors ---------------------------------------------------------------------------------------------------

  /** Nobody can listen before joinRoom has resolved. */
  const heldErrors: SessionError[] = []
  const report = (problem: SessionError) => {
    if (stage === 'joining') heldErrors.push(problem)
    // Who types on in a room that was left is told that it goes nowhere.
    else if (stage === 'joined' || problem.code === 'left') events.emit('error', problem as AnySessionError)
  }
  const here = () => {
    if (stage === 'left') throw error('left', 'This room was left.', {})
  }

  // --- what the transport tells ---------------------------------------------------------------------------------

  const dialled = new Set<string>()
  const links = new Set<string>()
  const met = new Set<string>()
  let signaling: SignalingState = 'connecting'
  let members: readonly string[] = []
  let onAllClosed = () => {}

  const transportListener: TransportListener = {
    onLink: link => {
      const { peerId } = link
      dialled.delete(peerId)
      links.add(peerId)
      const listener = sync.onLink(link)
      return {
        ...listener,
        onClose: () => {
          links.delete(peerId)
          listener.onClose()
          if (links.size === 0) onAllClosed()
        },
      }
    },
    onDial: (peerId, state) => {
      if (state === 'connecting') dialled.add(peerId)
      else dialled.delete(peerId)
      sync.wake()
    },
    onSignaling: state => {
      signaling = state
      if (state === 'disconnected') joining.offline()
      sync.wake()
    },
    onMembers: (peerIds, unnamed) => {
      // A killed page's socket closes long before its silence tells. But a socket also closes without its page.
      sync.suspect(members.filter(id => !peerIds.includes(id)))
      members = peerIds
      joining.members(peerIds, unnamed)
      sync.wake()
    },
    onProblem: problem => {
      const { code } = problem
      const failure = toError(problem, settings.transport.name)
      if (code === 'password-mismatch') joining.refused(null, failure)
      if (code === 'transport-mismatch') joining.refused(problem.peerId, failure)
      // A transport meets the same stranger again and again.
      const id = `${code} ${JSON.stringify(failure.details)}`
      if (!met.has(id)) report(failure)
      met.add(id)
    },
  }

  // Nothing is called before `join` has returned, and it may throw: so it comes before all that must be stopped.
  const { transport, room: topic, signaling: addresses, ...rest } = settings
  const network = transport.join({ ...rest, topic, peerId: selfId, signaling: addresses }, transportListener)

  // --- the parts ------------------------------------------------------------------------------------------------

  const opened = openStore({ peerId: selfId, limits, schema, clock, random, onError: report })
  const { replica } = opened
  const allowance = createBudget({ ...senderBudget, now: () => clock.monotonic() })

  const session = createSession(
    {
      selfId,
      name: settings.name,
      metadata: settings.metadata,
      clock,
      random,
      writer: replica.writer,
      written: () => replica.clock(),
      goneAfterMs,
      spend: bytes => allowance.take(bytes + messageCost),
      mesh: () => sync,
    },
    {
      onJoined: peer => events.emit('peer-joined', { peer }),
      onLeft: peer => events.emit('peer-left', { peer }),
      onUpdated: peer => events.emit('peer-updated', { peer }),
      onMessage: message => events.emit('message', message),
      onError: report,
    },
  )

  const sync = createPeerSync(
    {
      peerId: selfId,
      replica,
      clock,
      random,
      limits,
      maxBufferedBytes,
      // Wrapped: browsers refuse to run it as a method of another object.
      defer: run => queueMicrotask(run),
      presence: () => session.presence(),
      linksOf: peerId => session.roster.linksOf(peerId),
      drop: peerId => network.drop(peerId),
    },
    {
      ...session,
      onSynced: peerId => joining.synced(peerId, session.hasJoined(peerId)),
      onMismatch: (peerId, mismatch) => {
        joining.refused(peerId, mismatch)
        report(mismatch)
      },
      onTurn: () => {
        session.onTurn()
        tellStatus()
      },
      onError: report,
    },
  )

  // --- joining and leaving --------------------------------------------------------------------------------------

  const { promise: joined, resolve, reject } = withResolvers()
  const joining = createJoining({
    clock,
    timeoutMs: settings.joinTimeoutMs,
    isMeeting: () => dialled.size > 0 || sync.openPeers.length > 0,
    onDone: outcome => {
      if (outcome.kind === 'refused') return fail(outcome.error)
      stage = 'joined'
      session.found()
      resolve()
      // After the app had its turn to listen.
      clock.schedule(() => heldErrors.splice(0).forEach(report), 0)
    },
  })
  const fail = (reason: SessionError) => {
    if (stage !== 'joining') return
    void leave()
    reject(reason)
  }

  let leaving: Promise<void> | null = null
  const leave = () => {
    if (leaving) return leaving
    // Before anything else: listeners of the app hear of the end, and may ask for it too.
    const left = withResolvers()
    leaving = left.promise
    goodbye().then(left.resolve, left.reject)
    return leaving
  }
  const goodbye = async () => {
    stage = 'left'
    signal?.removeEventListener('abort', onAbort)
    globalThis.removeEventListener?.('pagehide', onPageHide)
    joining.stop()
    session.stop()
    sync.close()
    opened.close()
    // Who hears the goodbye closes the link. To close it first might lose what is on the way.
    if (links.size > 0)
      await new Promise<void>(done => {
        const cancel = clock.schedule(done, farewellMs)
        onAllClosed = () => {
          cancel()
          done()
        }
      })
    network.leave()
  }
  const onAbort = () => fail(error('aborted', 'Joining was cancelled.', {}))
  // A page that is shown again after this has left: it cannot go on under a name that said goodbye.
  const onPageHide = () => void leave()

  signal?.addEventListener('abort', onAbort)
  globalThis.addEventListener?.('pagehide', onPageHide)
  opened.onConflict(conflict => events.emit('conflict', conflict))

  // --- the room -------------------------------------------------------------------------------------------------

  const status = () =>
    statusOf({
      signaling,
      dialled: [...links, ...dialled],
      open: sync.openPeers,
      synced: sync.syncedPeers,
      isMissingSomebody: members.some(id => !session.roster.has(id)),
    })
  let lastStatus: RoomStatus | null = null
  const tellStatus = () => {
    const current = status()
    if (lastStatus && isSameStatus(current, lastStatus)) return
    lastStatus = current
    events.emit('status', current)
  }

  const whenDelivered: Delivery['whenDelivered'] = target => session.whenDelivered(target)
  const room: Room = {
    store: guard(Object.assign(opened.store, { whenDelivered }), here),
    awareness: session.awareness,
    get self() {
      return session.self
    },
    get peers() {
      return session.roster.peers
    },
    get sessionId() {
      return session.claim.sessionId
    },
    get status() {
      return status()
    },
    setMetadata: value => {
      here()
      session.describe({ metadata: readMetadata(value) })
    },
    setName: value => {
      here()
      session.describe({ name: readName(value) })
    },
    send: (data, { to } = {}) => {
      here()
      session.send(toJson(data) ?? null, to)
    },
    on: (event, listener) => {
      here()
      return events.on(event, listener)
    },
    disconnect: () => {
      here()
      network.disconnect()
    },
    connect: () => {
      here()
      network.connect()
    },
    leave,
  }
  return { room, joined }
}

const withResolvers = () => {
  let settle: { resolve: () => void; reject: (reason: SessionError) => void } = { resolve: () => {}, reject: () => {} }
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { promise, ...settle }
}

/** The same object, for as long as `check` does not throw. */
const guard = <T extends object>(target: T, check: () => void): T =>
  new Proxy(target, {
    get: (_, property) => {
      check()
      const value: unknown = Reflect.get(target, property)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

const toError = (problem: TransportProblem, ours: string): SessionError => {
  switch (problem.code) {
    case 'password-mismatch':
      return error('password-mismatch', 'Somebody in the room uses another password, or none.', {})
    case 'transport-mismatch': {
      const { peerId, theirs } = problem
      return error('transport-mismatch', `${peerId} links by ${theirs}, not ${ours}.`, { peerId, ours, theirs })
    }
    case 'signaling-failed': {
      const { url, reason } = problem
      return error('signaling-failed', `The signaling server ${url} cannot be used: ${reason}.`, { url, reason })
    }
    case 'connection-failed': {
      const { peerId, reason } = problem
      return error('connection-failed', `No connection to ${peerId} can be made: ${reason}.`, { peerId, reason })
    }
  }
}
