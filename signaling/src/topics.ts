import { encodeServerMessage, type ClientMessage, type ServerMessage } from '../../src/wire/signaling-messages.js'
import type { Backplane } from './backplane.js'
import type { Clock } from './clock.js'
import { createMemoryBackplane } from './memory-backplane.js'
import { openTopic, type CountRelay, type Subscriber, type Topic } from './topic.js'

export type { Subscriber } from './topic.js'

/** Who is subscribed to what, and who is told about it. A topic, and its timer, is there while somebody is. */
export type Topics = {
  /**
   * With `peer` it also asks for membership: the subscriber is told the members, and every change from then on.
   * Without, an earlier membership stays as it is, because y-webrtc subscribes again at each announce.
   */
  subscribe(subscriber: Subscriber, topic: string, peer: string | undefined): 'subscribed' | 'full'
  /** Ends subscription and membership. Without one it does nothing. */
  unsubscribe(subscriber: Subscriber, topic: string): void
  /** Passes `data` on, never to its sender. From a sender who is not subscribed it goes nowhere. */
  publish(sender: Subscriber, message: Publish): 'taken' | 'malformed'
  /** Topics that this node has sockets in. */
  readonly size: number
}

type Publish = Extract<ClientMessage, { type: 'publish' }>

export type TopicsOptions = {
  readonly maxSocketsPerTopic: number
  readonly clock: Pick<Clock, 'schedule'>
  /** What other nodes are reached over. Default: there are none. */
  readonly backplane?: Backplane
  /** A socket came into a topic, which has this many now. */
  readonly countJoin?: ((socketsInTopic: number) => void) | undefined
  /** A message of this many bytes went to this many sockets of this node. */
  readonly countRelay?: CountRelay | undefined
}

export const createTopics = ({
  maxSocketsPerTopic,
  clock,
  backplane = createMemoryBackplane(),
  countJoin,
  countRelay,
}: TopicsOptions): Topics => {
  const topics = new Map<string, Topic>()

  const enter = (name: string): Topic => {
    const topic = topics.get(name) ?? openTopic(name, { clock, backplane, countRelay })
    topics.set(name, topic)
    return topic
  }

  return {
    subscribe: (subscriber, name, peer) => {
      const topic = enter(name)
      const isNew = !topic.has(subscriber)
      if (isNew && topic.sockets >= maxSocketsPerTopic) return 'full'
      topic.enter(subscriber, peer)
      if (isNew) countJoin?.(topic.sockets)
      return 'subscribed'
    },
    unsubscribe: (subscriber, name) => {
      const topic = topics.get(name)
      if (topic === undefined) return
      topic.leave(subscriber)
      if (!topic.isEmpty) return
      topics.delete(name)
      topic.close()
    },
    publish: (sender, { topic: name, data, to }) => {
      const topic = topics.get(name)
      if (topic === undefined || !topic.has(sender)) return 'taken'
      const frame = encodeOrNull({ type: 'publish', topic: name, data, clients: topic.sockets })
      if (frame === null) return 'malformed'
      topic.publish(sender, to === undefined ? { frame } : { frame, to })
      return 'taken'
    },
    get size() {
      return topics.size
    },
  }
}

/** Null if the data is nested too deep: JSON.parse takes thousands of levels more than JSON.stringify. */
const encodeOrNull = (message: ServerMessage): string | null => {
  try {
    return encodeServerMessage(message)
  } catch {
    return null
  }
}
