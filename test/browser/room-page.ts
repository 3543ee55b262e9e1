/** What room.test.ts runs in a page: a room of the public API, and the two ways in which a page can do it harm. */

import { Array as YArray, Doc, encodeStateAsUpdate } from 'yjs'
import { joinRoom, webrtc, type Room, type SessionError } from '../../src/index.js'
import { systemClock } from '../../src/clock.js'
import { defaultLimits } from '../../src/store/limits.js'
import type { Link } from '../../src/transport/transport.js'
import { packFrames } from '../../src/wire/frames.js'
import { encodeMessage, protocolVersion } from '../../src/wire/peer-messages.js'
import { cutChannels, openNatives, paths, WatchedConnection } from '../contract/native-runtime.js'

export { cutChannels, openNatives, paths }

export type Joining = {
  readonly room: string
  readonly signaling: string
  readonly name?: string
  readonly password?: string
  readonly iceServers?: readonly RTCIceServer[] | 'from-signaling'
  readonly iceTransportPolicy?: RTCIceTransportPolicy
}

const joined: { room: Room | null } = { room: null }
const errors: string[] = []
const received: unknown[] = []

const room = (): Room => {
  if (!joined.room) throw new Error('This page has not joined')
  return joined.room
}

/** Joins; the result is null, or the code of the error that it rejected with. */
export const join = async (joining: Joining): Promise<string | null> => {
  try {
    joined.room = await joinRoom({ ...joining, RTCPeerConnection: WatchedConnection })
  } catch (error) {
    return (error as SessionError).code
  }
  joined.room.on('error', ({ code }) => errors.push(code))
  joined.room.on('message', ({ data }) => received.push(data))
  return null
}

export const leave = () => room().leave()
export const selfId = () => room().self.id
export const peerNames = () =>
  room()
    .peers.map(peer => peer.name)
    .sort()
export const links = () => room().status.links.map(link => link.state)
export const errorCodes = () => errors
/** App messages that came in. */
export const messages = () => received
export const say = (data: unknown) => room().send(data)
export const all = () => room().store.getAll()
export const sessionId = () => room().sessionId

export const set = (key: string, value: unknown) => room().store.set(key, value as never)

/** Read, change, write, as apps do. */
export const push = (key: string, item: unknown) =>
  room().store.update(key, items => [...((items as unknown[] | null) ?? []), item] as never)
export const setField = (key: string, field: string, value: unknown) =>
  room().store.update(key, object => ({ ...(object as object | null), [field]: value }) as never)

/** The writer under which this page's room writes. */
export const writer = () => room().awareness.clientID

/** An update of a log written by hand. */
const forge = (writerOfLog: number, peerId: string, ...elements: unknown[]): Uint8Array => {
  const doc = new Doc()
  doc.clientID = writerOfLog
  const log = new YArray<unknown>()
  doc.getMap('session').set(String(writerOfLog), log)
  log.push([peerId, ...elements])
  return encodeStateAsUpdate(doc)
}

const attacker = { closedLinks: 0, leave: (): void => undefined }

/** Links of the attacker that were closed on it so far. */
export const closedLinks = () => attacker.closedLinks
export const endAttack = () => attacker.leave()

/**
 * Joins over the transport alone, greets each peer properly and then sends what no honest peer would: random
 * bytes, malformed, oversized and wrongly shaped updates, and updates in the name of `victim`, who is in the room.
 */
export const attack = (joining: Joining, victim: { readonly writer: number; readonly peerId: string }): void => {
  const peerId = `mallory-${Math.random().toString(36).slice(2)}`
  const ownWriter = 1 + Math.floor(Math.random() * 2 ** 30)
  const send = (link: Link, message: Parameters<typeof encodeMessage>[0]) => {
    for (const frame of packFrames([encodeMessage(message)])) link.send(frame)
  }
  const inTheirName = () => forge(victim.writer, victim.peerId, ['stolen', 1, 'in your name'], ['o', 1, 'gone'])
  const harms: ((link: Link) => void)[] = [
    link => link.send(crypto.getRandomValues(new Uint8Array(500))),
    link => link.send(new Uint8Array(60_000)),
    link => send(link, { type: 'update', update: crypto.getRandomValues(new Uint8Array(90)) }),
    link => send(link, { type: 'update', update: forge(ownWriter, peerId, ['x', 1, { not: 'an entry' }]) }),
    link => send(link, { type: 'update', update: forge(ownWriter, peerId, ['x', 1, 'v'.repeat(5000)]) }),
    link => send(link, { type: 'update', update: inTheirName() }),
    link => send(link, { type: 'sync-step-2', update: inTheirName() }),
  ]
  const session = webrtc().join(
    { topic: joining.room, peerId, signaling: [joining.signaling], clock: systemClock, random: Math.random },
    {
      onLink: link => {
        const presence = {
          clock: 1,
          name: 'Mallory',
          role: '',
          metadata: {},
          joinedAt: Date.now(),
          sessionId: 'zzz',
          founded: false,
          links: [],
        }
        const hello = {
          type: 'hello',
          protocol: protocolVersion,
          peerId,
          writer: ownWriter,
          limits: defaultLimits,
          presence,
        } as const
        send(link, hello)
        for (let round = 0; round < 10; round++) for (const harm of harms) harm(link)
        return { onMessage: () => undefined, onDrain: () => undefined, onClose: () => void attacker.closedLinks++ }
      },
      onDial: () => undefined,
      onSignaling: () => undefined,
      onMembers: () => undefined,
      onProblem: () => undefined,
    },
  )
  attacker.leave = () => session.leave()
}
