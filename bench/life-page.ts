/** A page with one peer of each system in it: what life.bench.ts drives. */

import { joinRoom } from '../src/index.js'
import { joinYWebrtc } from './y-webrtc-room.js'

/** What is measured beside what. */
export const systems = ['hearth', 'y-webrtc'] as const
export type System = (typeof systems)[number]

/** Milliseconds from the call to join; null for what did not happen in time. */
export type Arrival = {
  /** The library says that the store can be used: `joinRoom` resolves, the provider says `synced`. */
  readonly saidMs: number | null
  /** What somebody else had written is there. */
  readonly dataMs: number | null
}

type Peer = {
  set(key: string, value: number): void
  onValue(told: (key: string) => void): void
  /** Peers with a link that is open, as the library has it. */
  linked(): number
  disconnect(): void
  connect(): void
  leave(): Promise<void>
}

const peers = new Map<System, Peer>()
/** When each key had a value here first, by the clock of the machine. */
const seenAt: Record<System, Record<string, number>> = { hearth: {}, 'y-webrtc': {} }

const peerOf = (system: System): Peer => {
  const peer = peers.get(system)
  if (!peer) throw new Error(`${system} has not joined`)
  return peer
}

const openHearth = async (room: string, signaling: string): Promise<Peer> => {
  const joined = await joinRoom<Record<string, number>>({ room, signaling })
  return {
    set: (key, value) => joined.store.set(key, value),
    onValue: told => void joined.store.observe('*', ({ key }) => told(key)),
    linked: () => joined.status.links.filter(({ state }) => state === 'open').length,
    disconnect: () => joined.disconnect(),
    connect: () => joined.connect(),
    leave: () => joined.leave(),
  }
}

const openPlain = (room: string, signaling: string): Peer & { readonly said: Promise<void> } => {
  const joined = joinYWebrtc(room, signaling)
  return {
    said: joined.synced,
    set: (key, value) => void joined.map.set(key, value),
    onValue: told => {
      for (const key of joined.map.keys()) told(key)
      joined.map.observe(({ keysChanged }) => keysChanged.forEach(told))
    },
    linked: () => joined.linked,
    disconnect: () => joined.disconnect(),
    connect: () => joined.connect(),
    leave: async () => joined.disconnect(),
  }
}

const within = <T>(waited: Promise<T>, withinMs: number): Promise<T | null> =>
  Promise.race([waited, new Promise<null>(resolve => setTimeout(() => resolve(null), withinMs))])

/**
 * Joins, and tells when it was done and when a value of `awaited`, which somebody has written before, was there; null
 * for a room in which nobody has.
 */
export const join = async (given: {
  readonly system: System
  readonly room: string
  readonly signaling: string
  readonly awaited: string | null
  readonly withinMs: number
}): Promise<Arrival> => {
  const { system, awaited, withinMs } = given
  const room = `${given.room} ${system}`
  const begunAt = performance.now()
  const since = () => performance.now() - begunAt
  const open = system === 'hearth' ? openHearth(room, given.signaling) : openPlain(room, given.signaling)
  const said = Promise.resolve('said' in open ? open.said : open).then(since)
  const peer = await open
  peers.set(system, peer)
  const data = new Promise<number>(resolve =>
    peer.onValue(key => {
      seenAt[system][key] ??= Date.now()
      if (key === awaited) resolve(since())
    }),
  )
  return {
    saidMs: await within(said, withinMs),
    dataMs: awaited === null ? null : await within(data, withinMs),
  }
}

export const write = (system: System, key: string): void => peerOf(system).set(key, 1)
export const seen = (system: System): Readonly<Record<string, number>> => seenAt[system]
export const linked = (system: System): number => peerOf(system).linked()
export const disconnect = (system: System): void => peerOf(system).disconnect()
export const connect = (system: System): void => peerOf(system).connect()
export const leave = (system: System): Promise<void> => peerOf(system).leave()
