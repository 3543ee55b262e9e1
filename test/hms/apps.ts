import { afterEach, beforeEach } from 'vitest'
import { HMSSDK, type HMSConfig, type HMSOptions, type HMSSessionStore, type JsonValue } from '../../src/hms/index.js'
import { createNetwork, type TestNetwork } from '../../src/testing/index.js'

/** An app that was written against the SDK: it keeps the store it is told of, and writes down what it is told. */
export type App = {
  readonly sdk: HMSSDK
  /** What its update listener was told, in order: the member's name and what it was handed. */
  readonly told: (readonly [name: string, update: object])[]
  readonly names: () => string[]
  readonly store: () => HMSSessionStore
  join(config?: HMSConfig): Promise<void>
}

export type Apps = {
  readonly network: TestNetwork
  /** Not in the room yet. */
  create(options?: HMSOptions): App
  /** In the room `standup`. */
  joined(userName?: string, config?: HMSConfig): Promise<App>
}

const memberNames = [
  'onSessionStoreAvailable',
  'onJoin',
  'onPeerUpdate',
  'onPeerListUpdate',
  'onRoomUpdate',
  'onMessage',
  'onReconnecting',
  'onReconnected',
  'onHMSError',
  'onRemovedFromRoom',
] as const

/** A network for each test of a file, and its end. */
export const appsOfFile = (): (() => Apps) => {
  let apps: Apps
  let created: App[] = []

  beforeEach(() => {
    created = []
    const network = createNetwork()
    const create = (options: HMSOptions = {}): App => {
      const sdk = new HMSSDK({ joinRoom: joining => network.join(joining), ...options })
      const told: [string, object][] = []
      let store: HMSSessionStore | null = null
      const write =
        (name: string) =>
        (update: object = {}) => {
          told.push([name, update])
          if ('hmsSessionStore' in update) store = update.hmsSessionStore as HMSSessionStore
        }
      sdk.addUpdateListener({ listener: Object.fromEntries(memberNames.map(name => [name, write(name)])) })
      const app: App = {
        sdk,
        told,
        names: () => told.map(([name]) => name),
        store: () => {
          if (!store) throw new Error('no store was told of')
          return store
        },
        join: config => sdk.join({ config: { room: 'standup', ...config } }),
      }
      created.push(app)
      return app
    }
    const joined = async (userName = '', config: HMSConfig = {}) => {
      const app = create()
      await app.join({ userName, ...config })
      return app
    }
    apps = { network, create, joined }
  })
  afterEach(async () => {
    for (const { sdk } of created) if (sdk.hearthRoom) await sdk.leave()
  })
  return () => apps
}

/** Writes down each `onKeyChanged`. */
export const recorder = () => {
  const changes: (readonly [key: string, value: JsonValue])[] = []
  return {
    changes,
    listener: {
      onKeyChanged: (change: { key: string; value: JsonValue }) => void changes.push([change.key, change.value]),
    },
  }
}

/** Writes down what a result listener is told. */
export const resultRecorder = () => {
  const results: object[] = []
  return {
    results,
    listener: {
      onSuccess: (result: object) => void results.push({ outcome: 'success', ...result }),
      onException: (result: object) => void results.push({ outcome: 'exception', ...result }),
    },
  }
}

/** What a call comes to: its value, or what it was rejected with. */
export const outcomeOf = (call: Promise<unknown>): Promise<unknown> => call.catch((cause: unknown) => cause)
