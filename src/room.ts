import type { Awareness } from 'y-protocols/awareness'
import { SessionError, type AnySessionError, type SessionErrorCode, type SessionErrorDetails } from './errors.js'
import { watchPage } from './page-events.js'
import { noCopy, openReloadCopy } from './reload-copy.js'
import { createRoomEmitter, type RoomEmitter, type RoomEvents } from './room-events.js'
import { openLife, type Life } from './room-life.js'
import { readMetadata, readName, readOptions, readRole, type JoinOptions, type RoomSettings } from './room-options.js'
import { isSameStatus, type RoomStatus } from './room-status.js'
import { createDelivery, type DeliveryTarget, type DeliveryView } from './session/delivery.js'
import { createId, type SessionClaim } from './session/identity.js'
import type { JoinOutcome } from './session/joining.js'
import { createResumeWindow } from './session/resume-window.js'
import type { SentMessage } from './session/messages.js'
import type { Peer } from './session/roster.js'
import type { SelfDescription } from './session/session.js'
import { createSharedAwareness } from './session/shared-awareness.js'
import type { JsonSchema, Schema, SchemaFrom, Schemas } from './store/schema.js'
import { openStore, type SessionStore } from './store/session-store.js'
import { toJson } from './store/value.js'
import type { Metadata } from './wire/peer-messages.js'
import { withResolvers } from './with-resolvers.js'

/** The store of a room, which also knows who holds what this peer wrote. */
export type RoomStore<S> = SessionStore<S> & DeliveryView

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
  /** @throws SessionError `invalid-option` */
  setRole(role: string): void
  /**
   * Sends JSON data to everybody here, to one peer or to some: in order, never twice, and not kept for who comes later.
   * @throws SessionError `message-too-large`, `too-many-messages`, `unknown-peer`, `invalid-value`
   */
  send(data: unknown, options?: { readonly to?: string | readonly string[] }): SentMessage
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
  if (settings.signal?.aborted) throw aborted()
  const { room, joined } = await openRoom(settings)
  await joined
  // Other types are the app's promise about what its peers write; nothing here depends on them.
  return room
}

const error = <Code extends SessionErrorCode>(code: Code, message: string, details: SessionErrorDetails[Code]) =>
  new SessionError(code, message, details)

const aborted = () => error('aborted', 'Joining was cancelled.', {})

/** Why a transport does not join once more. */
const toFailure = (cause: unknown, peerId: string): SessionError =>
  cause instanceof SessionError
    ? cause
    : new SessionError('connection-failed', 'The room cannot be joined anew.', { peerId, reason: String(cause) }, cause)

/** For a room that is given its TURN servers, or has none. */
const noTurn = { stop: () => {} }

/** From the first dial to the last goodbye. `away`: between two lives, be it that the page was put away meanwhile. */
type Stage = 'joining' | 'joined' | 'away' | 'left'

const openRoom = async (settings: RoomSettings): Promise<{ room: Room; joined: Promise<void> }> => {
  const { clock, random, limits, schema, signal, openTurnCredentials, loadPersistence } = settings
  const events = createRoomEmitter()
  let stage: Stage = 'joining'

  // --- errors ---------------------------------------------------------------------------------------------------

  /** Nobody can listen before joinRoom has resolved. */
  const heldErrors: SessionError[] = []
  const report = (problem: SessionError) => {
    if (stage === 'joining') heldErrors.push(problem)
    // Who types on in a room that was left is told that it goes nowhere.
    else if (stage !== 'left' || problem.code === 'left') events.emit('error', problem as AnySessionError)
  }
  const isHere = () => stage !== 'left'
  const here = () => {
    if (!isHere()) throw error('left', 'This room was left.', {})
  }

  // --- what outlives a life -------------------------------------------------------------------------------------

  // Nothing is waited for where nothing is kept: who calls joinRoom can take it that the transport was asked.
  const { stop: stopTurn, ...ice } = openTurnCredentials ? await openTurnCredentials(report) : noTurn
  const copy = loadPersistence ? await openReloadCopy(settings, loadPersistence, report) : noCopy
  /** Nothing of it stays, but for the copy. */
  const abandon = () => {
    stopTurn()
    return copy.close()
  }
  if (signal?.aborted) {
    await abandon()
    throw aborted()
  }
  const selfId = createId(random)
  const opened = openStore({ peerId: selfId, limits, schema, clock, random, onError: report })
  const { connectedAt } = copy
  const resumeWindow = createResumeWindow({ clock, windowMs: settings.resumeWindowMs, connectedAt })
  const delivery = createDelivery({
    clock,
    written: () => opened.replica.clock(),
    peerIds: () => life.session.roster.peers.map(({ id }) => id),
  })
  const shared = createSharedAwareness({
    client: opened.replica.writer,
    now: () => clock.monotonic(),
    onChange: () => life.wake(),
    onFailure: cause =>
      report(new SessionError('listener-failed', 'A listener of awareness threw.', { event: 'awareness' }, cause)),
  })
  const { promise: joined, resolve, reject } = withResolvers()

  // --- what changes by turns ------------------------------------------------------------------------------------

  let lastStatus: RoomStatus | null = null
  const tellStatus = (status: RoomStatus) => {
    if (lastStatus && isSameStatus(status, lastStatus)) return
    lastStatus = status
    events.emit('status', status)
  }
  let lastPending = 0
  const endTurn = () => {
    copy.onTurn()
    const { pending } = delivery
    if (pending === lastPending) return
    lastPending = pending
    events.emit('pending', { pending })
  }

  // --- one life after another -----------------------------------------------------------------------------------

  let isDisconnected = false
  let stopCounting = () => {}

  const begin = (selfId: string, self: SelfDescription, claim: SessionClaim | null): Life => {
    const { replica } = opened
    const begun = openLife(
      { selfId, settings: { ...settings, ...ice }, self, replica, shared, delivery, resumeWindow, claim },
      {
        onAvailable: become,
        onStale: () => void startAnew(),
        onStatus: tellStatus,
        onTurn: endTurn,
        onJoined: peer => events.emit('peer-joined', { peer }),
        onLeft: (peer, reason) => {
          if (isHere()) events.emit('peer-left', { peer, reason })
        },
        onUpdated: (peer, previous) => events.emit('peer-updated', { peer, previous }),
        onMessage: message => events.emit('message', message),
        onError: report,
      },
    )
    if (isDisconnected) begun.disconnect()
    copy.keep(replica, () => ({ sessionId: begun.session.claim.sessionId, connectedAt: resumeWindow.connectedAt }))
    return begun
  }

  /** What was written before, by this peer as somebody else, is acknowledged by what it writes first. */
  const carry = (count: number) => {
    if (count > 0 || delivery.lastWrite) opened.replica.writeMark()
    delivery.goOn(count)
  }
  const countWrites = () => {
    stopCounting()
    stopCounting = opened.replica.onLocalChange(() => delivery.wrote())
  }

  const become = (outcome: JoinOutcome) => {
    if (stage !== 'joining') {
      // Who was in the room before stays, with those it can talk to.
      if (outcome.kind === 'refused') life.session.found()
      return
    }
    if (outcome.kind === 'refused') return fail(outcome.error)
    stage = 'joined'
    resolve()
    // After the app had its turn to listen.
    clock.schedule(() => heldErrors.splice(0).forEach(report), 0)
  }

  /** Goes on as somebody new: with all that is here and in the same session, or with nothing. */
  const succeed = async (ending: Promise<void>, claim: SessionClaim | null) => {
    // Listeners of `peer-left` may have left.
    if (!isHere()) return
    const selfId = createId(random)
    const onReplica = () => {
      if (claim) carry(delivery.pending)
      // Once more: these listeners may have written, too.
      else delivery.discard()
      countWrites()
    }
    opened.restart({ peerId: selfId, keepsData: claim !== null, onReplica })
    shared.restart(opened.replica.writer)
    await ending
    // Some transports let nobody in twice, and the app may have left meanwhile.
    if (!isHere()) return
    if (stage === 'away') stage = 'joined'
    try {
      life = begin(selfId, life.session.self, claim)
    } catch (cause) {
      const failure = toFailure(cause, selfId)
      return stage === 'joining' ? fail(failure) : report(failure)
    }
    tellStatus(life.status)
  }

  /** This peer was cut off for so long that it has left: what it holds is of a session that is over for it. */
  const startAnew = async () => {
    if (stage === 'left') return
    const snapshot = opened.store.getAll() as RoomEvents['session-ended']['snapshot']
    const { sessionId } = life.session.claim
    if (stage === 'joined') stage = 'away'
    resumeWindow.restart()
    delivery.discard()
    copy.clear()
    const returned = succeed(life.end('silent'), null)
    if (isHere()) events.emit('session-ended', { reason: 'stale', snapshot, sessionId })
    await returned
  }

  copy.load(opened.replica)
  // Nobody knows any more which of it others have.
  if (copy.claim) carry(1)
  countWrites()
  const beginFirst = () => {
    try {
      return begin(selfId, settings, copy.claim)
    } catch (failure) {
      opened.close()
      void abandon()
      throw failure
    }
  }
  let life = beginFirst()

  // --- the page -------------------------------------------------------------------------------------------------

  /** While the page is away: the end of the goodbye. */
  let departure: Promise<void> | null = null
  const stopWatching = watchPage({
    onHide: isKept => {
      copy.flush()
      if (!isKept) return void depart('page')
      if (stage !== 'joined') return
      stage = 'away'
      delivery.pause()
      departure = life.end('flush')
    },
    onRestore: () => {
      if (stage !== 'away' || !departure) return
      const ending = departure
      departure = null
      if (resumeWindow.judge('return') === 'stale') void startAnew()
      else void succeed(ending, { ...life.session.claim, founded: true })
    },
    onHidden: () => copy.flush(),
    onVisible: () => {
      if (stage === 'joined' && !isDisconnected) life.connect()
    },
  })

  // --- joining and leaving --------------------------------------------------------------------------------------

  const fail = (reason: SessionError) => {
    if (stage !== 'joining') return
    // Who did not get in has not left: what was kept is for the next attempt.
    void depart('page')
    reject(reason)
  }
  const onAbort = () => fail(aborted())
  signal?.addEventListener('abort', onAbort)

  let leaving: Promise<void> | null = null
  const leave = () => depart('app')
  /** With the page goes the peer, but not its copy: the page may be loading anew. */
  const depart = (by: 'app' | 'page') => {
    if (leaving) return leaving
    // Before anything else: listeners of the app hear of the end, and may ask for it too.
    const left = withResolvers()
    leaving = left.promise
    goodbye(by).then(left.resolve, left.reject)
    return leaving
  }
  const goodbye = async (by: 'app' | 'page') => {
    stage = 'left'
    signal?.removeEventListener('abort', onAbort)
    stopWatching()
    stopCounting()
    delivery.close()
    stopTurn()
    const ended = Promise.all([life.end('flush'), by === 'app' ? copy.discard() : copy.close()])
    shared.stop()
    opened.close()
    await ended
  }

  opened.onConflict(conflict => events.emit('conflict', conflict))

  // --- the room -------------------------------------------------------------------------------------------------

  const room: Room = {
    store: guard(withDelivery(opened.store, delivery), here),
    awareness: shared.awareness,
    get self() {
      return life.session.self
    },
    get peers() {
      return life.session.roster.peers
    },
    get sessionId() {
      return life.session.claim.sessionId
    },
    get status() {
      return life.status
    },
    setMetadata: value => {
      here()
      life.session.describe({ metadata: readMetadata(value) })
    },
    setName: value => {
      here()
      life.session.describe({ name: readName(value) })
    },
    setRole: value => {
      here()
      life.session.describe({ role: readRole(value) })
    },
    send: (data, { to } = {}) => {
      here()
      return life.session.send(toJson(data) ?? null, to)
    },
    on: (event, listener) => {
      here()
      return events.on(event, listener)
    },
    disconnect: () => {
      here()
      isDisconnected = true
      life.disconnect()
    },
    connect: () => {
      here()
      isDisconnected = false
      life.connect()
    },
    leave,
  }
  return { room, joined }
}

/** The store, which also tells where its writes are. */
const withDelivery = (store: SessionStore<JsonSchema>, delivery: DeliveryView): RoomStore<JsonSchema> =>
  Object.defineProperties(store, {
    whenDelivered: { value: (target?: DeliveryTarget) => delivery.whenDelivered(target), configurable: true },
    pending: { get: () => delivery.pending, configurable: true },
    lastWrite: { get: () => delivery.lastWrite, configurable: true },
  }) as RoomStore<JsonSchema>

/** The same object, for as long as `check` does not throw. */
const guard = <T extends object>(target: T, check: () => void): T =>
  new Proxy(target, {
    get: (_, property) => {
      check()
      const value: unknown = Reflect.get(target, property)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
