/** Peers of the default transport in one process: real code, fake sockets and connections, time by hand. */

import type { Clock } from '../../src/clock.js'
import {
  parsePeerPayload,
  parseServerMessage,
  type PeerPayload,
  type Signal,
} from '../../src/wire/signaling-messages.js'
import type { Link, TransportProblem, TransportSession } from '../../src/transport/transport.js'
import { webrtc } from '../../src/transport/webrtc.js'
import { createManualClock, type ManualClock } from '../support/manual-clock.js'
import { createRandom } from '../support/random.js'
import { createFakeSignaling, type FakeSignaling } from './fake-signaling.js'
import { createFakeWebRTC, type FakeWebRTC } from './fake-webrtc.js'

export type FakePeer = {
  readonly id: string
  readonly session: TransportSession
  /** The open links, by peer. */
  readonly links: ReadonlyMap<string, Link>
  /** The most links that it ever had at once. */
  readonly mostLinks: number
  readonly dials: readonly { readonly peerId: string; readonly state: 'connecting' | 'closed' }[]
  /** How often a link to this peer has opened. */
  linksMade(peerId: string): number
  /** What each peer has said to this one, in order. */
  readonly heard: readonly { readonly peerId: string; readonly bytes: readonly number[] }[]
  readonly problems: readonly TransportProblem[]
  /** Null as long as none were told. */
  readonly members: readonly string[] | null
  readonly signaling: string
}

export type FakeNetwork = {
  readonly clock: ManualClock
  readonly random: () => number
  readonly signaling: FakeSignaling
  readonly webrtc: FakeWebRTC
  join(id: string, options?: { maxLinks?: number; signaling?: readonly string[]; password?: string }): FakePeer
}

export const mainServer = 'ws://main'

/** `isOurs`: whether the servers are of our kind, see fake-signaling.ts. */
export const createFakeNetwork = ({ seed = 1, isOurs = true } = {}): FakeNetwork => {
  const clock = createManualClock()
  const random = createRandom(seed)
  const signaling = createFakeSignaling({ clock, random, isOurs })
  const fakeWebRTC = createFakeWebRTC({ clock, random })

  return {
    clock,
    random,
    signaling,
    webrtc: fakeWebRTC,
    join: (id, { signaling: urls = [mainServer], ...options } = {}) => {
      const links = new Map<string, Link>()
      const made: string[] = []
      let mostLinks = 0
      const dials: { peerId: string; state: 'connecting' | 'closed' }[] = []
      const heard: { peerId: string; bytes: number[] }[] = []
      const problems: TransportProblem[] = []
      let members: readonly string[] | null = null
      let state = ''
      const session = webrtc().join(
        {
          ...options,
          topic: 'fake',
          peerId: id,
          signaling: urls,
          WebSocket: signaling.WebSocket,
          RTCPeerConnection: fakeWebRTC.of(id),
          clock: clock satisfies Clock,
          random,
        },
        {
          onLink: link => {
            const { peerId } = link
            if (links.has(peerId)) throw new Error(`${id} has two links to ${peerId}`)
            links.set(peerId, link)
            made.push(peerId)
            mostLinks = Math.max(mostLinks, links.size)
            return {
              onMessage: frame => heard.push({ peerId, bytes: [...frame] }),
              onDrain: () => {},
              onClose: () => {
                if (links.get(peerId) !== link) throw new Error(`${id} is told of the end of a link to ${peerId} again`)
                links.delete(peerId)
              },
            }
          },
          onDial: (peerId, dialState) => dials.push({ peerId, state: dialState }),
          onSignaling: told => (state = told),
          onMembers: told => (members = told),
          onProblem: problem => problems.push(problem),
        },
      )
      return {
        id,
        session,
        links,
        dials,
        heard,
        problems,
        linksMade: peerId => made.filter(each => each === peerId).length,
        get mostLinks() {
          return mostLinks
        },
        get members() {
          return members
        },
        get signaling() {
          return state
        },
      }
    },
  }
}

/** Joins them one after the other, and lets them link. */
export const joinAll = async <Ids extends readonly string[]>(
  network: FakeNetwork,
  ...ids: Ids
): Promise<{ [Index in keyof Ids]: FakePeer }> => {
  const peers: FakePeer[] = []
  for (const id of ids) {
    peers.push(network.join(id))
    await network.clock.advance(500)
  }
  return peers as { [Index in keyof Ids]: FakePeer }
}

/** Whether each of them has a link to each other one. See `unheard` for what it is worth. */
export const isFullMesh = (peers: readonly FakePeer[]): boolean =>
  peers.every(peer => peers.every(other => other === peer || peer.links.has(other.id)))

/** Has every peer say something over each link, and tells who was not heard. */
export const unheard = async ({ clock }: FakeNetwork, peers: readonly FakePeer[]): Promise<string[]> => {
  const mark = Math.floor(clock.monotonic()) & 255
  const counts = peers.map(peer => peer.heard.length)
  for (const peer of peers) for (const link of peer.links.values()) link.send(Uint8Array.of(mark))
  await clock.advance(100)
  return peers.flatMap(peer =>
    [...peer.links.keys()].flatMap(id => {
      const index = peers.findIndex(other => other.id === id)
      const heard = peers[index]?.heard.slice(counts[index]) ?? []
      return heard.some(({ peerId, bytes }) => peerId === peer.id && bytes[0] === mark) ? [] : [`${peer.id} by ${id}`]
    }),
  )
}

/** What peers have said over signaling, as far as it can be read. */
export const payloadsFrom = (network: FakeNetwork, peerId: string): PeerPayload[] =>
  network.signaling.sent.flatMap(message => {
    const payload = message.type === 'publish' ? parsePeerPayload(message.data) : null
    return payload?.from === peerId ? [payload] : []
  })

export const offersFrom = (network: FakeNetwork, peerId: string): Signal[] =>
  payloadsFrom(network, peerId).flatMap(each => (each.type === 'signal' && each.signal.type === 'offer' ? [each] : []))

/** Someone in the topic who says what a test wants said, and does nothing else. Without an id it is no member. */
export const joinRaw = async (network: FakeNetwork, peerId?: string, url = mainServer) => {
  const socket = new network.signaling.WebSocket(url)
  const heard: unknown[] = []
  socket.addEventListener('message', ({ data }) => {
    const message = parseServerMessage(data)
    if (message?.type === 'publish') heard.push(message.data)
  })
  await network.clock.advance(20)
  socket.send(JSON.stringify({ type: 'subscribe', topics: ['fake'], peer: peerId }))
  await network.clock.advance(20)
  return {
    socket,
    heard,
    publish: async (data: unknown) => {
      socket.send(JSON.stringify({ type: 'publish', topic: 'fake', data }))
      await network.clock.advance(50)
    },
  }
}

/** When each socket that the network's peers open from now on is opened. */
export const watchSockets = ({ signaling, clock }: FakeNetwork): number[] => {
  const openedAt: number[] = []
  signaling.onSocket(() => openedAt.push(clock.monotonic()))
  return openedAt
}
