import type { Clock } from '../clock.js'
import type { SessionError } from '../errors.js'

/** What has become of joining. */
export type JoinOutcome =
  /** The store is available: with the state of a peer, alone, or with nobody found in time. */
  { readonly kind: 'joined' } | { readonly kind: 'refused'; readonly error: SessionError }

export type JoiningOptions = {
  readonly clock: Clock
  readonly timeoutMs: number
  /** Somebody is linked or being linked, who may still answer. */
  isMeeting(): boolean
  /** Told once. */
  onDone(outcome: JoinOutcome): void
}

/** After somebody nameless refused, or one who is joining too answered, others have this long to show. */
const refusalMs = 1000

/** Decides when joining is over (SPEC ROOM). All it knows is what it is told. */
export type Joining = {
  /** The state of a peer is in, who has joined itself or is still about to. */
  synced(peerId: string, hasJoined: boolean): void
  /** Signaling says who is here, and how many more gave no id. */
  members(peerIds: readonly string[], unnamed: number): void
  /** There is no signaling at all. */
  offline(): void
  /** Somebody here cannot be talked to; null if it is not known who. */
  refused(peerId: string | null, error: SessionError): void
  stop(): void
}

export const createJoining = (options: JoiningOptions): Joining => {
  const { clock, timeoutMs } = options
  const refusedBy = new Set<string>()
  /** Who is joining as well: they may know no more than this peer does. */
  const joiningToo = new Set<string>()
  const timers: (() => void)[] = []
  let members: readonly string[] | null = null
  let unnamed = 0
  let refusal: SessionError | null = null
  let isDone = false

  const stop = () => {
    isDone = true
    timers.forEach(cancel => cancel())
  }
  const finish = (outcome: JoinOutcome) => {
    if (isDone) return
    stop()
    options.onDone(outcome)
  }
  const give = () => finish(refusal && joiningToo.size === 0 ? { kind: 'refused', error: refusal } : { kind: 'joined' })
  const review = () => {
    // Somebody without an id may still turn out to be a peer.
    if (unnamed > 0) return
    if (members?.length === 0) finish({ kind: 'joined' })
    else if (members?.every(id => refusedBy.has(id) || joiningToo.has(id))) give()
  }

  timers.push(clock.schedule(give, timeoutMs))
  return {
    synced: (peerId, hasJoined) => {
      if (hasJoined) return finish({ kind: 'joined' })
      joiningToo.add(peerId)
      if (members) review()
      else timers.push(clock.schedule(give, refusalMs))
    },
    members: (peerIds, others) => {
      members = peerIds
      unnamed = others
      review()
    },
    offline: give,
    refused: (peerId, error) => {
      refusal ??= error
      // Where there is but one, it is known who.
      const by = peerId ?? (members?.length === 1 && unnamed === 0 ? members[0] : undefined)
      if (by !== undefined) {
        refusedBy.add(by)
        return review()
      }
      const check = () => {
        if (options.isMeeting()) timers.push(clock.schedule(check, refusalMs))
        else give()
      }
      timers.push(clock.schedule(check, refusalMs))
    },
    stop,
  }
}
