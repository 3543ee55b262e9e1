import { afterEach, beforeEach } from 'vitest'
import { HMSReactiveStore, selectIsConnectedToRoom, type HMSConfig, type HMSOptions } from '../../src/hms/index.js'
import { createNetwork, type TestNetwork } from '../../src/testing/index.js'

/** The keys of an app that was written against the Web SDK. */
export interface SessionStore {
  spotlight: string
  pinnedMessages: { id: string; text: string }[]
  chatState: { enabled: boolean }
  default: string
  other: unknown
}

export type WebApp = {
  readonly hms: HMSReactiveStore<{ sessionStore: SessionStore }>
  readonly actions: ReturnType<WebApp['hms']['getActions']>
  readonly store: ReturnType<WebApp['hms']['getStore']>
}

export type WebApps = {
  readonly network: TestNetwork
  /** Not in the room yet. */
  create(options?: HMSOptions): WebApp
  /** In the room `standup`. */
  joined(userName?: string, config?: HMSConfig): Promise<WebApp>
}

/** A network for each test of a file, and its end. */
export const webAppsOfFile = (): (() => WebApps) => {
  let apps: WebApps
  let created: WebApp[] = []

  beforeEach(() => {
    created = []
    const network = createNetwork()
    const create = (options: HMSOptions = {}): WebApp => {
      const hms = new HMSReactiveStore<{ sessionStore: SessionStore }>({
        joinRoom: joining => network.join(joining),
        ...options,
      })
      const app = { hms, actions: hms.getActions(), store: hms.getStore() }
      created.push(app)
      return app
    }
    const joined = async (userName = '', config: HMSConfig = {}) => {
      const app = create()
      await app.actions.join({ room: 'standup', userName, ...config })
      return app
    }
    apps = { network, create, joined }
  })
  afterEach(async () => {
    for (const { actions, store } of created) if (store.getState(selectIsConnectedToRoom)) await actions.leave()
  })
  return () => apps
}
