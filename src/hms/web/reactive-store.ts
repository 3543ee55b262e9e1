import type { HMSOptions } from '../config.js'
import { HMSSDK } from '../sdk.js'
import type { HMSSessionStore } from '../session-store.js'
import { createActions, type HMSActions } from './actions.js'
import { createNotifications, type HMSNotifications } from './notifications.js'
import { createProjection } from './projection.js'
import { createReactiveState, type IHMSStoreReadOnly } from './reactive-state.js'
import { createSessionStoreActions } from './session-store-actions.js'
import { noRoom, withValue, type AnySessionStore, type HMSGenericTypes, type HMSStore } from './state.js'

/**
 * One room at a time by the names of the Web SDK: actions that change it, and a state that selectors read and listen
 * to. An `HMSSDK` does the work.
 */
export class HMSReactiveStore<T extends HMSGenericTypes = AnySessionStore> {
  readonly #actions: HMSActions<HMSGenericTypes>
  readonly #notifications = createNotifications()
  readonly #state = createReactiveState<HMSStore>({ initial: noRoom, onFailure: this.#notifications.onFailure })

  /** @param options What every `join` has in common; its config comes before them. */
  constructor(options: HMSOptions = {}) {
    const sdk = new HMSSDK(options)
    let hmsSessionStore: HMSSessionStore | null = null
    const sessionStore = createSessionStoreActions({
      sdk,
      sessionStore: () => hmsSessionStore,
      show: (key, value) => this.#state.change(state => withValue(state, key, value)),
    })
    const onLeft = () => {
      sessionStore.clear()
      this.#state.change(() => noRoom)
    }
    this.#actions = createActions({ sdk, sessionStore, onLeft })
    const projection = createProjection({
      change: this.#state.change,
      onSessionStore: store => {
        hmsSessionStore = store
      },
      onRemoved: onLeft,
    })
    // The state first: who is notified finds it as it is told.
    for (const listener of [projection, this.#notifications.updates]) sdk.addUpdateListener({ listener })
  }

  getActions(): HMSActions<T> {
    // Other types are the app's promise about what its peers write; nothing here depends on them.
    return this.#actions
  }

  getStore(): IHMSStoreReadOnly<HMSStore<T>> {
    return this.#state.store
  }

  getNotifications(): HMSNotifications {
    return this.#notifications.notifications
  }

  /** From now on, who subscribes is called with what there is at once. */
  triggerOnSubscribe(): void {
    this.#state.triggerOnSubscribe()
  }
}
