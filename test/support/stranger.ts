import {
  decodeMessage,
  encodeMessage,
  type Hello,
  type PeerMessage,
  type PostBody,
} from '../../src/wire/peer-messages.js'
import { createFrameReader, packFrames } from '../../src/wire/frames.js'
import { defaultLimits } from '../../src/store/limits.js'
import type { Link } from '../../src/transport/transport.js'
import type { RoomLab } from './room-lab.js'
import { createRandom } from './random.js'

/** A peer of the lab's room that says only what a test makes it say. */
export type Stranger = {
  readonly peerId: string
  readonly links: ReadonlyMap<string, Link>
  /** What it was sent, in order. */
  readonly heard: { readonly from: string; readonly message: PeerMessage }[]
  /** Sends to one peer, or to all that it is linked to. */
  say(message: Parameters<typeof encodeMessage>[0], to?: string): void
  sayBytes(frame: Uint8Array, to?: string): void
  sayHello(changes?: Partial<Hello>, to?: string): void
  /** Sends a post to everybody, as its author or, if `from` is given, as somebody else. */
  sayPost(body: PostBody, from?: string): void
  leave(): void
}

export const createStranger = (lab: RoomLab, peerId = 'stranger', writer = 666): Stranger => {
  const links = new Map<string, Link>()
  const heard: Stranger['heard'] = []
  const session = lab.network.transport().join(
    { topic: 'lab', peerId, signaling: [], clock: lab.clock, random: createRandom(1) },
    {
      onLink: link => {
        links.set(link.peerId, link)
        const read = createFrameReader(64 * 1024 * 1024)
        return {
          onMessage: frame => {
            const content = read(frame)
            if (!('messages' in content)) throw new Error(content.bad)
            for (const bytes of content.messages) {
              const message = decodeMessage(bytes)
              if (message === null) throw new Error('a peer sent what cannot be read')
              heard.push({ from: link.peerId, message })
            }
          },
          onDrain: () => {},
          onClose: () => {
            if (links.get(link.peerId) === link) links.delete(link.peerId)
          },
        }
      },
      onDial: () => {},
      onSignaling: () => {},
      onMembers: () => {},
      onProblem: () => {},
    },
  )
  const sayBytes = (frame: Uint8Array, to?: string) => {
    for (const [id, link] of links) if (to === undefined || to === id) link.send(frame)
  }
  const say: Stranger['say'] = (message, to) =>
    packFrames([encodeMessage(message)]).forEach(frame => sayBytes(frame, to))
  return {
    peerId,
    links,
    heard,
    say,
    sayBytes,
    sayHello: (changes, to) =>
      say(
        {
          type: 'hello',
          peerId,
          writer,
          limits: defaultLimits,
          presence: {
            clock: 1,
            name: 'Stranger',
            role: '',
            metadata: {},
            joinedAt: lab.clock.now(),
            sessionId: 'zzz-later',
            founded: false,
            links: [...links.keys()],
          },
          ...changes,
        },
        to,
      ),
    sayPost: (body, from = peerId) => say({ type: 'post', from, to: '', hops: 9, body: encodeMessage(body) }),
    leave: () => session.leave(),
  }
}
