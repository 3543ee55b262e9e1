import { decodeMessage, encodeMessage, type Post, type PostBody } from '../wire/peer-messages.js'
import type { Roster } from './roster.js'

/** Links that a post can travel over. */
const maxHops = 16

export type PostOfficeOptions = {
  readonly selfId: string
  readonly roster: Roster
  neighbours(): readonly string[]
  /** Sends over a link. What is not `urgent` may be dropped where there is no room. */
  send(peerId: string, message: Uint8Array, importance: 'urgent' | 'expendable'): void
  /** Takes in what a peer wrote, or said of itself. False if that is no news, so that it goes no further. */
  onPost(from: string, body: PostBody, to: string, via: string): boolean
}

/**
 * Brings what peers say to those that they have no link to. What is for everybody goes to all neighbours, and each
 * who hears it for the first time hands it on to those that its author has no link to; what is for one peer goes
 * the shortest way. Who has a link to the author takes it from there only.
 */
export type PostOffice = {
  /** Sends to everybody, or to one peer. */
  post(body: PostBody, to?: string): void
  /** Hands on to a neighbour what another peer said. */
  forward(from: string, body: PostBody, neighbour: string): void
  /** What came over the link to `via`. The result says what is bad about it, null if nothing is. */
  receive(via: string, post: Post): string | null
}

export const createPostOffice = (options: PostOfficeOptions): PostOffice => {
  const { selfId, roster } = options

  const send = (neighbour: string, post: Post, type: PostBody['type']) =>
    // What others want passed on must not bring this peer over what its neighbours take.
    options.send(neighbour, encodeMessage(post), type === 'app' || post.from !== selfId ? 'expendable' : 'urgent')

  const pack = (from: string, to: string, body: PostBody): Post => ({
    type: 'post',
    from,
    to,
    hops: maxHops,
    body: encodeMessage(body),
  })

  const hopTo = (peerId: string) => (options.neighbours().includes(peerId) ? peerId : roster.hopTo(peerId))

  return {
    post: (body, to = '') => {
      const hops = to === '' ? options.neighbours() : [hopTo(to)]
      for (const hop of hops) if (hop !== null) send(hop, pack(selfId, to, body), body.type)
    },
    forward: (from, body, neighbour) => send(neighbour, pack(from, '', body), body.type),
    receive: (via, post) => {
      const body = decodeMessage(post.body)
      if (body?.type !== 'presence' && body?.type !== 'app' && body?.type !== 'ack') return 'a post of unknown content'
      const { from, to } = post
      if (from === selfId) return null
      // From the moment that it tells its link to us, and not before: what it sent until then comes this way.
      const isOwner = from === via || !(options.neighbours().includes(from) && roster.linksOf(from)?.has(selfId))
      if (!isOwner) return null
      const onward = { ...post, hops: post.hops - 1 }
      if (to !== '' && to !== selfId) {
        const hop = hopTo(to)
        if (hop !== null && hop !== via && onward.hops > 0) send(hop, onward, body.type)
        return null
      }
      const isNews = options.onPost(from, body, to, via)
      if (to === '' && isNews && onward.hops > 0)
        for (const neighbour of options.neighbours())
          if (neighbour !== via && neighbour !== from && !roster.linksOf(from)?.has(neighbour))
            send(neighbour, onward, body.type)
      return null
    },
  }
}
