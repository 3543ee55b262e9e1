import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { failure } from './failure.js'

export type Database<Tables extends DBSchema> = {
  /** Calls `run` with an open connection: before this returns, if there is one. */
  use<T>(run: (db: IDBPDatabase<Tables>) => Promise<T>): Promise<T>
  close(): void
}

/**
 * A connection that is opened when it is first used, and again after it was lost: another page may delete the
 * database or upgrade it, and the browser may end it. To hold on to it would hang that other page.
 */
export const connectTo = <Tables extends DBSchema>(
  name: string,
  create: (db: IDBPDatabase<Tables>) => void,
  onFailure: (cause: unknown) => void,
): Database<Tables> => {
  let connection: IDBPDatabase<Tables> | null = null
  let opening: Promise<IDBPDatabase<Tables>> | null = null
  let waiting = 0
  let stage: 'open' | 'closed' = 'open'

  const drop = () => {
    connection?.close()
    connection = opening = null
  }

  const open = async (): Promise<IDBPDatabase<Tables>> => {
    const opened = await openDB<Tables>(name, 1, {
      upgrade: create,
      // It goes on by itself once that page has let go.
      blocked: () => onFailure(failure('BlockedError', 'The database is blocked by another page.')),
      blocking: drop,
      terminated: drop,
    })
    if (stage === 'closed') opened.close()
    else connection = opened
    return opened
  }

  const start = (): Promise<IDBPDatabase<Tables>> => {
    const started = open()
    // Not within `open`, which may fail before it returns.
    started.catch(() => {
      opening = null
    })
    return started
  }

  return {
    use: async run => {
      // Who waits for the connection came first.
      if (connection && waiting === 0) return run(connection)
      waiting++
      try {
        opening ??= start()
        return await opening.then(run)
      } finally {
        waiting--
      }
    },
    close: () => {
      stage = 'closed'
      drop()
    },
  }
}
