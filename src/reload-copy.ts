import { SessionError } from './errors.js'
import { oncePerKind } from './persistence/failure.js'
import { createKeeper, type Keeper } from './persistence/keeper.js'
import { inTime } from './persistence/patience.js'
import type { CopyLife, Persistence, StoredCopy } from './persistence/persistence.js'
import type { RoomSettings } from './room-options.js'
import type { SessionClaim } from './session/identity.js'
import type { OpenStore } from './store/session-store.js'
import { isId } from './wire/peer-messages.js'

type Replica = OpenStore['replica']

/** What a room keeps for a reload, if it is asked to: through all its lives. */
export type ReloadCopy = {
  /** The session that the copy is of which was found; null if none was. */
  readonly claim: SessionClaim | null
  /** When this peer was last in the room, as the copy has it; Infinity if never, or if there is none. */
  readonly connectedAt: number
  /** Puts what was found into an empty replica. */
  load(replica: Replica): void
  /** Keeps this replica from here on, instead of the one before. */
  keep(replica: Replica, life: () => Pick<CopyLife, 'sessionId' | 'connectedAt'>): void
  /** The end of a turn. */
  onTurn(): void
  /** The page may be going away. */
  flush(): void
  /** The session is over for this peer: what was kept goes; `keep` begins anew. */
  clear(): void
  /** Keeps what is there for who comes back. */
  close(): Promise<void>
  /** Deletes it, unless another tab has the room. */
  discard(): Promise<void>
}

/** For a room that keeps nothing. */
export const noCopy: ReloadCopy = {
  claim: null,
  connectedAt: Infinity,
  load: () => {},
  keep: () => {},
  onTurn: () => {},
  flush: () => {},
  clear: () => {},
  close: () => Promise.resolve(),
  discard: () => Promise.resolve(),
}

/** Clocks of one machine are set by this much at times, and a copy is not from the future by that. */
const clockSlackMs = 5000
/** Stands for Infinity, which is no time. */
const never = Number.MAX_SAFE_INTEGER

/** Finds the copy that an earlier load of the page has left, if it is still part of its session. Never rejects. */
export const openReloadCopy = async (
  settings: RoomSettings,
  loadPersistence: () => Promise<Persistence>,
  onError: (error: SessionError) => void,
): Promise<ReloadCopy> => {
  const { clock, random, room, resumeWindowMs } = settings
  const onFailure = (cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    onError(new SessionError('persistence-failed', `The copy for a reload is not whole: ${reason}`, { reason }, cause))
  }
  const tell = oncePerKind(onFailure)
  const persistence = await loadPersistence().catch(onFailure)
  if (!persistence) return noCopy
  const open = async () => persistence.open({ room, clock, random, onFailure })
  const opening = open()
  const copy = await inTime(clock, opening).catch(tell)
  if (!copy) {
    // What opens later holds the room for nobody.
    opening.then(late => late.close()).catch(tell)
    return noCopy
  }
  const isUsable = ({ sessionId, aliveAt, connectedAt }: CopyLife) => {
    const now = clock.now()
    const wasThere = connectedAt === never ? aliveAt : Math.min(aliveAt, connectedAt)
    return isId(sessionId) && aliveAt <= now + clockSlackMs && now - wasThere <= resumeWindowMs
  }
  const found: StoredCopy | null = await copy.read(isUsable)

  let keeper: Keeper | null = null
  const keep = (replica: Replica, life: () => Pick<CopyLife, 'sessionId' | 'connectedAt'>) => {
    keeper?.stop()
    const present = (): CopyLife => {
      const { sessionId, connectedAt } = life()
      return { sessionId, aliveAt: clock.now(), connectedAt: Math.min(never, connectedAt) }
    }
    keeper = createKeeper({ copy, replica, clock, life: present, onFailure })
  }
  const stop = () => {
    keeper?.stop()
    keeper = null
  }
  return {
    claim: found && { sessionId: found.life.sessionId, founded: true },
    connectedAt: found && found.life.connectedAt !== never ? found.life.connectedAt : Infinity,
    load: replica => {
      if (!found) return
      keep(replica, () => found.life)
      keeper?.load(found)
    },
    keep,
    onTurn: () => keeper?.onTurn(),
    flush: () => keeper?.flush(),
    clear: () => {
      stop()
      void copy.clear()
    },
    close: () => {
      keeper?.flush()
      stop()
      return copy.close()
    },
    discard: () => {
      // For another tab that has the room: nothing else may bring it what was written last.
      keeper?.flush()
      stop()
      return copy.discard()
    },
  }
}
