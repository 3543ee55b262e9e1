import type { AnyRoom } from '../room.js'
import { perform, type HMSActionResultListener } from './action-result.js'
import { failure, notJoined, toHMSException, type HMSException } from './exception.js'
import type { Json } from '../store/value.js'
import type { JsonValue, ValueFormat } from './value-format.js'

/** Told the value of a key when it begins to listen, and each change after that, the app's own included. */
export type HMSKeyChangeListener = {
  /** `value` is null where the key is not set. */
  onKeyChanged(change: { readonly key: string; readonly value: JsonValue }): void
}

/**
 * The session store by its names: what everybody in the room sees under a key. One for each `HMSSDK`; outside of a
 * room its calls fail with 6000.
 */
export type HMSSessionStore = {
  /**
   * Makes a key hold any JSON value; null or undefined removes it. `onKeyChanged` is told before this resolves. What
   * two peers write at once merges (SPEC MERGE).
   * @throws HMSException (rejects) 10001 to 10004 for what breaks a limit or is no key, 6004 for what is no JSON
   */
  setSessionMetadataForKey(call: {
    readonly key: string
    readonly data: unknown
    readonly hmsActionResultListener?: HMSActionResultListener
  }): Promise<void>
  /** The value, null if the key is not set. What went wrong is given, too, not thrown: test with `instanceof`. */
  getSessionMetadataForKey(call: { readonly key: string }): Promise<JsonValue | HMSException>
  /**
   * Tells the listener the value of each key before this resolves, then every change, once. A listener is registered
   * once for a key, however often it is added. Gives null, or what went wrong; then nothing is registered.
   */
  addKeyChangeListener(call: {
    readonly keys: readonly string[]
    readonly hmsKeyChangeListener: HMSKeyChangeListener
  }): Promise<HMSException | null>
  /** Ends it for all keys of this listener. Gives null, or what went wrong: there is no such listener. */
  removeKeyChangeListener(call: { readonly hmsKeyChangeListener: HMSKeyChangeListener }): Promise<HMSException | null>
}

export type SessionStoreOptions = {
  /** The room that is joined, null outside of one. */
  joined(): { readonly room: AnyRoom; readonly format: ValueFormat } | null
  readonly tell: (call: () => void) => void
}

/** What the SDK has of it: leaving ends all listeners. */
export type OpenSessionStore = { readonly store: HMSSessionStore; clear(): void }

type Registration = { readonly keys: Set<string>; readonly stops: (() => void)[] }

export const createSessionStore = (options: SessionStoreOptions): OpenSessionStore => {
  const registrations = new Map<HMSKeyChangeListener, Registration>()

  const joined = (action: string) => {
    const here = options.joined()
    if (!here) throw notJoined(action)
    return here
  }

  const forget = (listener: HMSKeyChangeListener): boolean => {
    for (const stop of registrations.get(listener)?.stops ?? []) stop()
    return registrations.delete(listener)
  }

  const listen = (keys: readonly string[], listener: HMSKeyChangeListener): void => {
    const { room, format } = joined('addKeyChangeListener')
    if (!Array.isArray(keys) || typeof listener?.onKeyChanged !== 'function')
      throw failure(
        'invalidArgument',
        'addKeyChangeListener',
        'It takes an array of keys, and a listener with onKeyChanged.',
      )
    const registration = registrations.get(listener) ?? { keys: new Set(), stops: [] }
    const added = [...new Set(keys)].filter(key => !registration.keys.has(key))
    if (added.length === 0) return
    // Before it is told anything: listeners may add and remove themselves.
    registrations.set(listener, registration)
    for (const key of added) registration.keys.add(key)
    try {
      const stop = room.store.observe(added, ({ key, value }) => {
        if (registrations.get(listener) === registration)
          listener.onKeyChanged({ key, value: format.fromStore(key, value as Json | null) })
      })
      if (registrations.get(listener) === registration) registration.stops.push(stop)
      else stop()
    } catch (cause) {
      for (const key of added) registration.keys.delete(key)
      if (registration.keys.size === 0) registrations.delete(listener)
      throw cause
    }
  }

  const store: HMSSessionStore = {
    setSessionMetadataForKey: call => {
      const { key, data, hmsActionResultListener: listener } = call ?? {}
      return perform({
        methodType: 'setSessionMetadataForKey',
        arguments: { key, data },
        listener,
        tell: options.tell,
        run: () => {
          const { room, format } = joined('setSessionMetadataForKey')
          room.store.set(key, format.toStore(key, data))
        },
      })
    },
    getSessionMetadataForKey: async call => {
      const { key } = call ?? {}
      try {
        const { room, format } = joined('getSessionMetadataForKey')
        return format.fromStore(key, room.store.get(key) as Json | null)
      } catch (cause) {
        return toHMSException(cause, 'getSessionMetadataForKey')
      }
    },
    addKeyChangeListener: async call => {
      const { keys, hmsKeyChangeListener } = call ?? {}
      try {
        listen(keys, hmsKeyChangeListener)
        return null
      } catch (cause) {
        return toHMSException(cause, 'addKeyChangeListener')
      }
    },
    removeKeyChangeListener: async call => {
      if (forget(call?.hmsKeyChangeListener)) return null
      return failure(
        'invalidArgument',
        'removeKeyChangeListener',
        'No such listener was added, or it is removed already.',
      )
    },
  }
  return { store, clear: () => [...registrations.keys()].forEach(forget) }
}
