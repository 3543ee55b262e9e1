import type { Json } from '../../store/value.js'
import { HMSException, notJoined, toHMSException } from '../exception.js'
import type { HMSSDK } from '../sdk.js'
import type { HMSKeyChangeListener, HMSSessionStore } from '../session-store.js'
import type { JsonValue } from '../value-format.js'

/** What a failure of any kind rejects with. */
export const act = async (action: string, run: () => Promise<void>): Promise<void> => {
  try {
    await run()
  } catch (cause) {
    throw toHMSException(cause, action)
  }
}

/** The session store by the names of the Web. Outside of a room its calls reject with 6000. */
export type IHMSSessionStoreActions<S extends object> = {
  /**
   * Makes a key hold a value; null, undefined or none removes it. It is in the state when this resolves, also if the
   * key is not observed. What two peers write at once merges (SPEC MERGE).
   * @throws HMSException (rejects) 10001 to 10004 for what breaks a limit or is no key, 6004 for what is no JSON
   */
  set<K extends keyof S & string>(key: K, value?: S[K] | null): Promise<void>
  /**
   * From now on, until `unobserve` or the end of the room, the state has the values of these keys. A key is observed or
   * not, however often and by however many this is called.
   * @throws HMSException (rejects) 10004 if one of them is no key; then none of this call is observed
   */
  observe(keys: (keyof S & string) | readonly (keyof S & string)[]): Promise<void>
  /** What the state has of these keys stays, and no longer changes. */
  unobserve(keys: (keyof S & string) | readonly (keyof S & string)[]): Promise<void>
}

export type SessionStoreActionsOptions = {
  readonly sdk: HMSSDK
  /** What the SDK gave when a room was joined; null before that. */
  readonly sessionStore: () => HMSSessionStore | null
  /** Takes a value into the state. */
  readonly show: (key: string, value: Json | null) => void
}

export type OpenSessionStoreActions = {
  readonly actions: IHMSSessionStoreActions<Record<string, unknown>>
  /** Writes a key by `run`, and takes what is there after that into the state. */
  write(key: string, run: (sessionStore: HMSSessionStore) => Promise<void>): Promise<void>
  /** Nothing is observed any more: the room was left. */
  clear(): void
}

export const createSessionStoreActions = (options: SessionStoreActionsOptions): OpenSessionStoreActions => {
  const { sdk, show } = options
  /** A listener for each key, for the SDK ends a listener for all of its keys. */
  const observed = new Map<string, HMSKeyChangeListener>()

  const joined = (action: string) => {
    const room = sdk.hearthRoom
    const store = options.sessionStore()
    if (!room || !store) throw notJoined(action)
    return { room, store }
  }

  /** Objects as the room has them, frozen and the same while nothing changes: the SDK hands out copies. */
  const showValue = (key: string, value: JsonValue) =>
    show(key, typeof value === 'object' ? ((sdk.hearthRoom?.store.get(key) ?? null) as Json | null) : value)

  const write: OpenSessionStoreActions['write'] = async (key, run) => {
    const { room, store } = joined('sessionStore.set')
    await run(store)
    const value = await store.getSessionMetadataForKey({ key })
    // The room may have been left meanwhile, and what was in it is gone.
    if (sdk.hearthRoom === room && !(value instanceof HMSException)) showValue(key, value)
  }

  const namesIn = (keys: string | readonly string[]): readonly string[] => [...new Set([keys].flat())]

  const actions: OpenSessionStoreActions['actions'] = {
    set: (key, value) =>
      act('sessionStore.set', () => write(key, store => store.setSessionMetadataForKey({ key, data: value }))),
    observe: keys =>
      act('sessionStore.observe', async () => {
        const { room, store } = joined('sessionStore.observe')
        const names = namesIn(keys)
        // Asked first, which throws for what is no key: all of them are observed, or none.
        for (const key of names) room.store.has(key)
        const begun: ReturnType<HMSSessionStore['addKeyChangeListener']>[] = []
        for (const key of names) {
          // Who was shown a key before this one may have left, and what is observed then would be so in the next room.
          if (sdk.hearthRoom !== room) throw notJoined('sessionStore.observe')
          if (observed.has(key)) continue
          const listener: HMSKeyChangeListener = { onKeyChanged: ({ value }) => showValue(key, value) }
          observed.set(key, listener)
          begun.push(store.addKeyChangeListener({ keys: [key], hmsKeyChangeListener: listener }))
        }
        const failed = (await Promise.all(begun)).find(outcome => outcome !== null)
        if (failed) throw failed
      }),
    unobserve: keys =>
      act('sessionStore.unobserve', async () => {
        const { store } = joined('sessionStore.unobserve')
        for (const key of namesIn(keys)) {
          const hmsKeyChangeListener = observed.get(key)
          observed.delete(key)
          // It is removed when this returns; the SDK knows it, so there is nothing to wait for.
          if (hmsKeyChangeListener) void store.removeKeyChangeListener({ hmsKeyChangeListener })
        }
      }),
  }
  return { actions, write, clear: () => observed.clear() }
}
