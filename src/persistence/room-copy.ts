import { failure, oncePerKind } from './failure.js'
import { inTime } from './patience.js'
import { readLife, type CopyLife, type OpenCopyOptions, type RoomCopy, type StoredCopy } from './persistence.js'
import type { Shelf, StoredChain } from './shelf.js'

/** What a chain may have beside its snapshot before another takes its place: parts, and bytes (at least). */
const maxParts = 100
const maxAddedBytes = 64 * 1024
/** Writes that may be under way at once. Storage that hangs must not fill the memory: what is over is caught up with. */
const maxUnderWay = 16

/** The own chain, as far as it is known to hold all that was appended. */
type Chain = { readonly snapshotBytes: number; addedBytes: number; parts: number }

/** The rules of a copy (SPEC PERSIST), over whatever it is stored in. */
export const createRoomCopy = (shelf: Shelf, options: Pick<OpenCopyOptions, 'clock' | 'onFailure'>): RoomCopy => {
  const { clock } = options
  let stage: 'open' | 'closed' = 'open'
  /** null where the stored chain lacks something: then what is written next is a snapshot. */
  let chain: Chain | null = null
  let takeSnapshot: (() => Uint8Array) | null = null
  /** After a failure nothing is written until the next `touch`. */
  let isResting = false
  let nextIndex = 1
  /** Chains of holders that are gone, of which the next snapshot holds all. */
  let outdated: readonly string[] = []
  const underWay = new Set<Promise<void>>()
  const tell = oncePerKind(cause => options.onFailure(cause))

  /** Begins `job` at once, which a page that goes away depends on. */
  const run = (job: () => Promise<void>, onFailed = () => {}): Promise<void> => {
    const begin = async () => job()
    const done = begin()
      .catch((cause: unknown) => {
        onFailed()
        tell(cause)
      })
      .finally(() => underWay.delete(done))
    underWay.add(done)
    return done
  }

  const look = async (isWanted: (life: unknown) => boolean = () => false) => {
    const chains = await shelf.others(isWanted)
    // In this order: who comes in between has nothing among these.
    const held = await shelf.holders()
    return { chains, held, gone: chains.filter(({ holder }) => !held.has(holder)) }
  }

  // --- writing --------------------------------------------------------------------------------------------------

  const onFailed = () => {
    chain = null
    isResting = true
  }

  const write = (part: Uint8Array) => {
    if (isResting || underWay.size >= maxUnderWay) return onFailed()
    if (!chain || chain.parts >= maxParts || chain.addedBytes >= Math.max(maxAddedBytes, chain.snapshotBytes))
      return writeWhole()
    chain.parts++
    chain.addedBytes += part.length
    void run(async () => shelf.add(nextIndex++, part), onFailed)
  }

  const writeWhole = () => {
    const snapshot = takeSnapshot
    if (!snapshot) return
    const replaced = outdated
    outdated = []
    const restore = () => {
      outdated = [...outdated, ...replaced]
      onFailed()
    }
    void run(async () => {
      const part = snapshot()
      chain = { snapshotBytes: part.length, addedBytes: 0, parts: 0 }
      await shelf.replace(nextIndex++, part, replaced)
    }, restore)
  }

  const catchUp = () => {
    isResting = false
    if (!chain && underWay.size < maxUnderWay) writeWhole()
  }

  // --- the end --------------------------------------------------------------------------------------------------

  const written = async () => {
    while (underWay.size > 0) await Promise.all(underWay)
  }

  let ended: Promise<void> | null = null
  const end = (last: () => Promise<void>): Promise<void> => {
    if (ended) return ended
    catchUp()
    stage = 'closed'
    const ending = async () => {
      await written()
      takeSnapshot = null
      await shelf.release()
      await last()
    }
    ended = inTime(clock, ending())
      .catch((cause: unknown) => {
        tell(cause)
        // Storage that hangs is no reason to hold the room for others.
        void shelf.release().catch(tell)
      })
      .finally(() => shelf.close())
    return ended
  }

  let isKnown = false
  void run(async () => {
    await shelf.enter()
    isKnown = true
  })

  return {
    read: async isUsable => {
      if (stage === 'closed') return null
      try {
        const isWanted = (stored: unknown) => {
          const life = readLife(stored)
          return life !== null && isUsable(life)
        }
        const { chains, gone } = await inTime(clock, look(isWanted))
        const wanted = chains.filter(({ parts }) => parts !== null)
        const unwanted = holdersOf(gone.filter(({ parts }) => parts === null))
        if (unwanted.length > 0) void run(() => shelf.remove(unwanted))
        outdated = holdersOf(gone.filter(({ parts }) => parts !== null))
        const parts = wanted.flatMap(({ parts }) => parts ?? [])
        const sound = parts.filter(part => part instanceof Uint8Array)
        if (sound.length < parts.length) tell(failure('DataError', 'A part of the copy is damaged.'))
        return together(
          wanted.map(({ life }) => readLife(life)),
          sound,
        )
      } catch (cause) {
        tell(cause)
        return null
      }
    },
    append: (part, snapshot) => {
      if (stage === 'closed') return
      takeSnapshot = snapshot
      write(part)
    },
    touch: life => {
      if (stage === 'closed' || underWay.size >= maxUnderWay) return
      void run(async () => {
        const wasThere = await shelf.touch(life)
        const wasDeleted = isKnown && !wasThere
        isKnown = true
        if (!wasDeleted) return
        // Somebody took this holder for gone, or deleted the database.
        tell(failure('NotFoundError', 'The copy was deleted by somebody else, and is written anew.'))
        chain = null
        catchUp()
      })
      catchUp()
    },
    written,
    close: () => end(async () => {}),
    discard: () =>
      end(async () => {
        // Whoever asks has released before. So of several that leave at once one at least finds nobody.
        const { gone, held } = await look()
        if (held.size === 0) await shelf.remove([shelf.holder, ...holdersOf(gone)])
      }),
    clear: async () => {
      if (stage === 'closed') return
      chain = takeSnapshot = null
      outdated = []
      // At once, as what is appended next is of another session.
      const emptied = run(() => shelf.empty())
      const cleared = run(async () => {
        const { gone } = await look()
        await shelf.remove(holdersOf(gone))
      })
      await Promise.all([emptied, cleared])
    },
  }
}

const holdersOf = (chains: readonly StoredChain[]): readonly string[] => chains.map(({ holder }) => holder)

const together = (lives: readonly (CopyLife | null)[], parts: readonly Uint8Array[]): StoredCopy | null => {
  const [first, ...others] = lives.filter(life => life !== null)
  if (!first) return null
  const life = others.reduce(
    (one, other) => ({
      sessionId: one.sessionId < other.sessionId ? one.sessionId : other.sessionId,
      aliveAt: Math.max(one.aliveAt, other.aliveAt),
      connectedAt: Math.max(one.connectedAt, other.connectedAt),
    }),
    first,
  )
  return { life, parts }
}
