/**
 * Copies in IndexedDB, through `idb`, which makes its requests promises and adds nothing else. Not through y-indexeddb:
 * that binds one Y.Doc and applies whatever is stored straight to it, while here a room has a document for its log
 * and one for each text, all that comes in passes the gate, and what is stale is deleted without being read.
 *
 * Import it when it is needed, as with `import('./persistence/indexeddb.js')`: an app that keeps no copy ships none of it.
 */

import type { DBSchema, IDBPObjectStore } from 'idb'
import type { Clock } from '../clock.js'
import { connectTo, type Database } from './database.js'
import { oncePerKind } from './failure.js'
import { holdRoom, type Holding } from './holding.js'
import type { CopyLife, Persistence } from './persistence.js'
import { createRoomCopy } from './room-copy.js'
import type { Shelf } from './shelf.js'

export type IndexedDbOptions = {
  /** The name of the database. Default `hearth`. */
  readonly name?: string
  /** Web Locks, or null to go by heartbeats. Default: those of the page, if it has any. */
  readonly locks?: LockManager | null
}

/** Without locks, a holder that has not touched its copy for so long is gone. It does so every 3 s. */
const silentAfterMs = 10_000

/**
 * One store in one database, for all rooms: to delete a copy is to delete a range, while a database that another tab
 * has open cannot be deleted. Index 0 is the holder itself, its parts follow.
 */
type Tables = DBSchema & { chains: { key: [room: string, holder: string, index: number]; value: unknown } }
type Chains<Mode extends IDBTransactionMode> = IDBPObjectStore<Tables, ['chains'], 'chains', Mode>
/** What stands at index 0. */
type Own = { readonly touchedAt: number; readonly life: CopyLife | null }

/** Copies that outlive a page, in this browser. */
export const indexedDb = ({
  name = 'hearth',
  locks = globalThis.navigator?.locks ?? null,
}: IndexedDbOptions = {}): Persistence => ({
  name: 'indexeddb',
  open: async ({ random, room, clock, ...listener }) => {
    const onFailure = oncePerKind(cause => listener.onFailure(cause))
    const holder = [clock.now(), random(), random()].join(' ')
    let holding: Holding | null = null
    try {
      holding = locks && (await holdRoom(locks, JSON.stringify([name, room]), holder))
    } catch (cause) {
      // A page that may have no locks, as in some frames, still has heartbeats.
      onFailure(cause)
    }
    const database = connectTo<Tables>(name, db => void db.createObjectStore('chains'), onFailure)
    return createRoomCopy(openShelf(database, { room, holder, clock, holding }), { clock, onFailure })
  },
})

type ShelfOptions = {
  readonly room: string
  readonly holder: string
  readonly clock: Clock
  /** null: by heartbeats. */
  readonly holding: Holding | null
}

const openShelf = (database: Database<Tables>, { room, holder, clock, holding }: ShelfOptions): Shelf => {
  const ownKey: [string, string, number] = [room, holder, 0]
  const chainOf = (of: string) => IDBKeyRange.bound([room, of], [room, of, []])
  const partsOf = (of: string) => IDBKeyRange.bound([room, of, 1], [room, of, []])
  let life: CopyLife | null = null
  const own = (touchedAt = clock.now()): Own => ({ touchedAt, life })

  /** All of it in one transaction, on its way when this returns. A page that goes away runs nothing afterwards. */
  const write = <T>(requests: (chains: Chains<'readwrite'>) => readonly Promise<T>[]): Promise<readonly T[]> =>
    database.use(async db => {
      const transaction = db.transaction('chains', 'readwrite')
      const { done } = transaction
      const given = Promise.all(requests(transaction.objectStore('chains')))
      transaction.commit()
      const [results] = await Promise.all([given, done])
      return results
    })

  return {
    holder,
    enter: async () => void (await write(chains => [chains.put(own(), ownKey)])),
    others: isWanted =>
      database.use(async db => {
        const chains = db.transaction('chains').objectStore('chains')
        const holders = await holdersIn(chains, room)
        return Promise.all(
          holders
            .filter(other => other !== holder)
            .map(async other => {
              const row = readOwn(await chains.get([room, other, 0]))
              return {
                holder: other,
                life: row.life,
                parts: isWanted(row.life) ? await chains.getAll(partsOf(other)) : null,
              }
            }),
        )
      }),
    holders: () =>
      holding?.holders() ??
      database.use(async db => {
        const chains = db.transaction('chains').objectStore('chains')
        const holders = (await holdersIn(chains, room)).filter(other => other !== holder)
        const seen = await Promise.all(holders.map(other => chains.get([room, other, 0])))
        // The wall clock may have jumped, in either direction.
        const isHere = (row: unknown) => Math.abs(clock.now() - readOwn(row).touchedAt) < silentAfterMs
        return new Set(holders.filter((_, index) => isHere(seen[index])))
      }),
    add: async (index, part) => void (await write(chains => [chains.put(part, [room, holder, index])])),
    replace: async (index, part, outdated) =>
      void (await write<unknown>(chains => [
        chains.delete(partsOf(holder)),
        ...outdated.map(other => chains.delete(chainOf(other))),
        chains.put(part, [room, holder, index]),
      ])),
    touch: async lived => {
      life = lived
      const [before] = await write<unknown>(chains => [chains.getKey(ownKey), chains.put(own(), ownKey)])
      return before !== undefined
    },
    empty: async () => {
      life = null
      await write<unknown>(chains => [chains.delete(partsOf(holder)), chains.put(own(), ownKey)])
    },
    remove: async holders => void (await write(chains => holders.map(other => chains.delete(chainOf(other))))),
    release: async () => {
      if (holding) await holding.release()
      else await write(chains => [chains.put(own(0), ownKey)])
    },
    close: () => database.close(),
  }
}

/** Who has anything stored, a chain that lost its holder's row included. */
const holdersIn = async (chains: Chains<'readonly'>, room: string): Promise<readonly string[]> => {
  const keys = await chains.getAllKeys(IDBKeyRange.bound([room], [room, []]))
  return [...new Set(keys.map(([, holder]) => holder))]
}

const readOwn = (row: unknown): { readonly touchedAt: number; readonly life: unknown } => {
  const { touchedAt, life } = (row ?? {}) as Partial<Record<keyof Own, unknown>>
  return { touchedAt: typeof touchedAt === 'number' ? touchedAt : 0, life }
}
