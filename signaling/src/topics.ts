import { encodeServerMessage, type ClientMessage, type ServerMessage } from '../../src/wire/signaling-messages.js'
import type { Clock } from './clock.js'

/** One socket, as a topic sees it. `send` never throws and never calls back into the topics. */
export type Subscriber = {
  send(frame: string): void
}

/** Who is subscribed to what, and who is told about it. A topic, and its timer, is there while somebody is. */
export type Topics = {
  /**
   * With `peer` it also asks for membership: the subscriber is told the members now and every change from then
   * on. Without, an earlier membership stays as it is, because y-webrtc subscribes again at each announce.
   */
  subscribe(subscriber: Subscriber, topic: string, peer: string | undefined): 'subscribed' | 'full'
  /** Ends subscription and membership. Without one it does nothing. */
  unsubscribe(subscriber: Subscriber, topic: string): void
  /** Passes `data` on, never to its sender. From a sender who is not subscribed it goes nowhere. */
  publish(sender: Subscriber, message: Publish): 'taken' | 'malformed'
}

type Publish = Extract<ClientMessage, { type: 'publish' }>

type Topic = {
  readonly name: string
  /** The peer id that each subscribed socket named, null for a plain one. */
  readonly peers: Map<Subscriber, string | null>
  cancelRetelling: (() => void) | null
}

/** Plain sockets that come and go cost a whole list per member, so the list is told again this often at most. */
const retellingDelayMs = 250

export const createTopics = (maxSocketsPerTopic: number, clock: Clock): Topics => {
  const topics = new Map<string, Topic>()

  /** A subscriber goes from one standing to another: a peer id, null for plain, undefined for not subscribed. */
  const move = (topic: Topic, subscriber: Subscriber, after: string | null | undefined): void => {
    const before = topic.peers.get(subscriber)
    if (before === after) return
    // Two sockets may name one peer (a reconnect overtakes the old socket's end): it joins with the first of
    // them and leaves with the last.
    const joins = typeof after === 'string' && !isPresent(topic, after)
    if (after === undefined) topic.peers.delete(subscriber)
    else topic.peers.set(subscriber, after)
    if (topic.peers.size === 0) return forget(topic)
    if (typeof before === 'string' && !isPresent(topic, before)) tellChange(topic, subscriber, 'left', before)
    if (joins) tellChange(topic, subscriber, 'joined', after)
    if (before === null || after === null) retellSoon(topic)
  }

  const forget = (topic: Topic): void => {
    topics.delete(topic.name)
    topic.cancelRetelling?.()
  }

  const retellSoon = (topic: Topic): void => {
    topic.cancelRetelling ??= clock.schedule(() => {
      topic.cancelRetelling = null
      for (const [subscriber, peer] of topic.peers) if (peer !== null) subscriber.send(membersFrame(topic, peer))
    }, retellingDelayMs)
  }

  return {
    subscribe: (subscriber, name, peer) => {
      const topic = topics.get(name) ?? { name, peers: new Map(), cancelRetelling: null }
      const before = topic.peers.get(subscriber)
      if (before === undefined && topic.peers.size >= maxSocketsPerTopic) return 'full'
      topics.set(name, topic)
      move(topic, subscriber, peer ?? before ?? null)
      if (peer !== undefined) subscriber.send(membersFrame(topic, peer))
      return 'subscribed'
    },
    unsubscribe: (subscriber, name) => {
      const topic = topics.get(name)
      if (topic !== undefined) move(topic, subscriber, undefined)
    },
    publish: (sender, { topic: name, data, to }) => {
      const topic = topics.get(name)
      if (topic === undefined || !topic.peers.has(sender)) return 'taken'
      const frame = encodeOrNull({ type: 'publish', topic: name, data, clients: topic.peers.size })
      if (frame === null) return 'malformed'
      for (const [subscriber, peer] of topic.peers) {
        if (subscriber !== sender && (to === undefined || to === peer)) subscriber.send(frame)
      }
      return 'taken'
    },
  }
}

const isPresent = (topic: Topic, peer: string): boolean => {
  for (const present of topic.peers.values()) if (present === peer) return true
  return false
}

/** Tells the members, but for the one whose doing it is. Nobody else has the peer's id then. */
const tellChange = (topic: Topic, mover: Subscriber, type: 'joined' | 'left', peer: string): void => {
  const frame = encodeServerMessage({ type, topic: topic.name, peer })
  for (const [subscriber, present] of topic.peers) {
    if (present !== null && subscriber !== mover) subscriber.send(frame)
  }
}

/** What the peer `self` is told: the ids of the others, each once, and the number of plain sockets. */
const membersFrame = (topic: Topic, self: string): string => {
  const peers = new Set<string>()
  let plain = 0
  for (const peer of topic.peers.values()) {
    if (peer === null) plain += 1
    else if (peer !== self) peers.add(peer)
  }
  return encodeServerMessage({ type: 'members', topic: topic.name, peers: [...peers], plain })
}

/** Null if the data is nested too deep: JSON.parse takes thousands of levels more than JSON.stringify. */
const encodeOrNull = (message: ServerMessage): string | null => {
  try {
    return encodeServerMessage(message)
  } catch {
    return null
  }
}
