import { SessionError, type SessionErrorCode, type SessionErrorDetails } from './errors.js'
import type { RoomSettings } from './room-options.js'
import { statusOf, type RoomStatus } from './room-status.js'
import type { Delivery } from './session/delivery.js'
import type { SessionClaim } from './session/identity.js'
import { createJoining, type JoinOutcome } from './session/joining.js'
import type { Evidence, ResumeWindow } from './session/resume-window.js'
import { createSession, type SelfDescription, type Session, type SessionListener } from './session/session.js'
import type { SharedAwareness } from './session/shared-awareness.js'
import type { OpenStore } from './store/session-store.js'
import { createBudget } from './sync/budget.js'
import { messageCost, senderBudget } from './sync/gate.js'
import { goneAfterMs } from './sync/heartbeat.js'
import { createPeerSync } from './sync/peer-sync.js'
import { withoutQuery } from './transport/signaling-address.js'
import {
  maxBufferedBytes,
  type LinkListener,
  type SignalingState,
  type TransportListener,
  type TransportProblem,
} from './transport/transport.js'
import { withResolvers } from './with-resolvers.js'

export type LifeOptions = {
  readonly selfId: string
  readonly settings: RoomSettings
  readonly self: SelfDescription
  readonly replica: OpenStore['replica']
  readonly shared: SharedAwareness
  readonly delivery: Delivery
  readonly resumeWindow: ResumeWindow
  /** The session that this peer is in already. */
  readonly claim: SessionClaim | null
}

export type LifeListener = SessionListener & {
  /** The store is available, or will never be: as nobody here can be talked to. */
  onAvailable(outcome: JoinOutcome): void
  /** This peer was cut off for so long that it has left. Nothing was sent or taken in since. */
  onStale(): void
  onStatus(status: RoomStatus): void
  onTurn(): void
  onError(error: SessionError): void
}

/**
 * What a peer is under one id and one writer, from its first dial to its goodbye. A room that was left without the
 * app saying so, or whose page was put away, has another one after that.
 */
export type Life = {
  readonly session: Session
  readonly status: RoomStatus
  disconnect(): void
  connect(): void
  /** Sees to it that a turn ends soon. */
  wake(): void
  /**
   * Says goodbye. `silent` without sending what was written. Resolves when no link and no timer is left, in half a
   * second at most.
   */
  end(manner: 'flush' | 'silent'): Promise<void>
}

/** How long a goodbye may take to leave. */
const farewellMs = 500

/** @throws SessionError `insecure-context`, `invalid-option`: what the transport says of its options */
export const openLife = (options: LifeOptions, listener: LifeListener): Life => {
  const { selfId, settings, replica, resumeWindow } = options
  const { clock, random, limits } = settings
  let ending: Promise<void> | null = null

  // --- what the transport tells ---------------------------------------------------------------------------------

  const dialled = new Set<string>()
  const links = new Set<string>()
  const met = new Set<string>()
  let signaling: SignalingState = 'connecting'
  /** Null where nobody says who is here. */
  let members: { readonly peerIds: readonly string[]; readonly unnamed: number } | null = null
  let onAllClosed = () => {}

  const isConnected = () => links.size > 0 || signaling === 'connected'

  /** Who was asked for a sign of life when it came into doubt whether this peer is still in. */
  let asked: ReadonlySet<string> | null = null
  const isAlone = () => links.size === 0 && members?.peerIds.length === 0 && members.unnamed === 0

  /** Time passes while this peer is connected. */
  const passTime = () => judge(isAlone() ? 'alone' : 'tick')

  /** Whether this peer may go on, and whether it may send. */
  const judge = (evidence: Evidence): 'in' | 'doubtful' | 'ended' => {
    if (ending) return 'ended'
    const standing = resumeWindow.judge(evidence)
    if (standing === 'in') {
      asked = null
      resumeTurns()
    }
    if (standing === 'doubtful' && !asked) {
      asked = new Set(sync.openPeers)
      sync.probe()
    }
    if (standing !== 'stale') return standing
    listener.onStale()
    return 'ended'
  }

  const transportListener: TransportListener = {
    onLink: link => {
      const { peerId } = link
      if (judge(isConnected() ? 'heard' : 'return') === 'ended') return deaf
      dialled.delete(peerId)
      links.add(peerId)
      const inner = sync.onLink(link)
      return {
        onMessage: frame => {
          if (judge('heard') !== 'ended') inner.onMessage(frame)
        },
        onDrain: () => inner.onDrain(),
        onClose: () => {
          if (isConnected()) passTime()
          links.delete(peerId)
          inner.onClose()
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
      const isReturn = state === 'connected' && !isConnected()
      if (state !== 'connected' && isConnected()) passTime()
      signaling = state
      if (isReturn && judge('return') === 'ended') return
      if (state === 'disconnected') joining.offline()
      sync.wake()
    },
    onMembers: (peerIds, unnamed) => {
      // A killed page's socket closes long before its silence tells. But a socket also closes without its page.
      sync.suspect((members?.peerIds ?? []).filter(id => !peerIds.includes(id)))
      members = { peerIds, unnamed }
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
      if (!met.has(id)) listener.onError(failure)
      met.add(id)
    },
  }

  // Nothing is called before `join` has returned, and it may throw: so it comes before all that must be stopped.
  const { transport, room: topic, signaling: addresses, ...rest } = settings
  const network = transport.join({ ...rest, topic, peerId: selfId, signaling: addresses }, transportListener)

  // --- the parts ------------------------------------------------------------------------------------------------

  const allowance = createBudget({ ...senderBudget, now: () => clock.monotonic() })
  let heldTurn: (() => void) | null = null
  const resumeTurns = () => {
    const turn = heldTurn
    heldTurn = null
    turn?.()
  }

  const session = createSession(
    {
      selfId,
      self: options.self,
      clock,
      random,
      claim: options.claim,
      shared: options.shared,
      delivery: options.delivery,
      written: () => replica.clock(),
      goneAfterMs,
      spend: (bytes, copies) => allowance.take(copies * (bytes + messageCost)),
      mesh: () => sync,
    },
    listener,
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
      defer: run =>
        queueMicrotask(() => {
          if (!isConnected() || passTime() === 'in') run()
          else heldTurn = run
        }),
      isHeld: () => asked !== null,
      presence: () => session.presence(),
      linksOf: peerId => session.roster.linksOf(peerId),
      drop: peerId => network.drop(peerId),
    },
    {
      ...session,
      onTick: () => {
        if (isConnected()) passTime()
        // What may be said to nobody can be told here.
        else resumeTurns()
        session.onTick()
      },
      onPong: peerId => {
        if (asked?.has(peerId)) judge('answered')
      },
      onSynced: peerId => joining.synced(peerId, session.hasJoined(peerId)),
      onMismatch: (peerId, mismatch) => {
        joining.refused(peerId, mismatch)
        listener.onError(mismatch)
      },
      onTurn: () => {
        session.onTurn()
        listener.onStatus(status())
        listener.onTurn()
      },
      onError: error => listener.onError(error),
    },
  )

  const joining = createJoining({
    clock,
    timeoutMs: settings.joinTimeoutMs,
    isMeeting: () => dialled.size > 0 || sync.openPeers.length > 0,
    onDone: outcome => {
      if (outcome.kind === 'joined') session.found()
      listener.onAvailable(outcome)
    },
  })

  const status = () =>
    statusOf({
      signaling,
      dialled: [...links, ...dialled],
      open: sync.openPeers,
      synced: sync.syncedPeers,
      isMissingSomebody: (members?.peerIds ?? []).some(id => !session.roster.has(id)),
    })

  const end = async (manner: 'flush' | 'silent') => {
    joining.stop()
    sync.close(manner)
    session.stop()
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
    // Nothing more is told of what is no longer there.
    signaling = 'disconnected'
    members = null
    dialled.clear()
    links.clear()
  }

  return {
    session,
    get status() {
      return status()
    },
    disconnect: () => network.disconnect(),
    connect: () => network.connect(),
    wake: () => sync.wake(),
    end: manner => {
      if (ending) return ending
      // Before anything else: listeners of the app hear of the end, and may ask for it too.
      const ended = withResolvers()
      ending = ended.promise
      end(manner).then(ended.resolve, ended.reject)
      return ending
    },
  }
}

/** For a link that opens when all is over. */
const deaf: LinkListener = { onMessage: () => {}, onDrain: () => {}, onClose: () => {} }

const error = <Code extends SessionErrorCode>(code: Code, message: string, details: SessionErrorDetails[Code]) =>
  new SessionError(code, message, details)

const toError = (problem: TransportProblem, ours: string): SessionError => {
  switch (problem.code) {
    case 'password-mismatch':
      return error('password-mismatch', 'Somebody in the room uses another password, or none.', {})
    case 'transport-mismatch': {
      const { peerId, theirs } = problem
      return error('transport-mismatch', `${peerId} links by ${theirs}, not ${ours}.`, { peerId, ours, theirs })
    }
    case 'signaling-failed': {
      const { reason } = problem
      const url = withoutQuery(problem.url)
      return error('signaling-failed', `The signaling server ${url} cannot be used: ${reason}.`, { url, reason })
    }
    case 'connection-failed': {
      const { peerId, reason } = problem
      return error('connection-failed', `No connection to ${peerId} can be made: ${reason}.`, { peerId, reason })
    }
  }
}
