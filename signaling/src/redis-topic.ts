import { sumOf, type NodeMessage, type TopicListener } from './backplane.js'
import { encodeEntry, encodeMessage, type Entries, type Entry, type RedisFrame } from './redis-frames.js'

/** A topic that this node has open: what Redis has been told of it here, and what was heard of it there. */
export type RedisTopic = {
  changed(onSettled?: () => void): void
  publish(message: NodeMessage): void
  /** Nothing is told or heard from then on. */
  close(): void
  hear(frame: RedisFrame): void
  /** Redis may have nothing of it any more, or not know what it should: all is told, and heard, again. */
  tellAnew(): void
  /** Tells what Redis did not take, and what it was told so long ago that it would forget it. */
  tellAgain(): void
  /** The other nodes that have it open. */
  nodes(): Iterable<string>
}

/** How a topic reaches Redis. */
export type TopicWay = {
  /** Resolves with whether Redis has taken it. Never rejects. */
  tell(entry: string): Promise<boolean>
  publish(frame: string): void
}

export type RedisTopicOptions = {
  readonly node: string
  readonly listener: TopicListener
  readonly way: TopicWay
  /** Greater each time, also after a topic was closed and opened again. */
  readonly nextVersion: () => number
  readonly now: () => number
  /** How long what was told needs not be told again. */
  readonly freshMs: number
}

export const openRedisTopic = (options: RedisTopicOptions): RedisTopic => {
  const { node, listener, way, nextVersion, now, freshMs } = options
  const others = new Map<string, Entry>()
  let waiting: { readonly version: number; readonly onSettled: () => void }[] = []
  /** The version that Redis should have, and the last one that was sent there. Zero is none. */
  let [wanted, sent] = [0, 0]
  let sentAt = 0
  let unanswered = 0
  let isClosed = false

  const tell = async (): Promise<void> => {
    if (isClosed || sent >= wanted) return
    ;[sent, sentAt] = [wanted, now()]
    unanswered += 1
    const isTaken = await way.tell(encodeEntry(listener.presence(), sent))
    unanswered -= 1
    if (!isTaken) sent = 0
    // What changed meanwhile travels as one.
    else if (unanswered === 0) void tell()
  }

  const tellAnew = (): void => {
    sent = 0
    void tell()
  }

  /** Whether anything is different now. Nobody is let go of on the word of a Redis that does not know all yet. */
  const take = (from: string, entries: Entries, isYoung: boolean): boolean => {
    let isDifferent = false
    for (const other of others.keys()) {
      if (entries.has(other) || (isYoung && other !== from)) continue
      others.delete(other)
      isDifferent = true
    }
    for (const [other, entry] of entries) {
      const known = others.get(other)?.version ?? -1
      // A Redis that came back with an old copy has older ones.
      if (other === node || entry.version <= known) continue
      others.set(other, entry)
      isDifferent = true
    }
    return isDifferent
  }

  const settle = (version: number): void => {
    const settled = waiting.filter(each => each.version <= version)
    waiting = waiting.filter(each => each.version > version)
    for (const { onSettled } of settled) onSettled()
  }

  return {
    changed: onSettled => {
      if (isClosed) return
      wanted = nextVersion()
      if (onSettled) waiting.push({ version: wanted, onSettled })
      if (unanswered === 0) void tell()
    },
    publish: message => {
      if (isClosed) return
      // What it had before it said this has to arrive before this.
      void tell()
      way.publish(encodeMessage(node, message))
    },
    close: () => {
      isClosed = true
    },
    hear: frame => {
      if (isClosed) return
      if (frame.is === 'message') {
        if (frame.from !== node) listener.onMessage(frame.message)
        return
      }
      const { from, entries, isYoung } = frame
      if (take(from, entries, isYoung)) listener.onPresence(sumOf([...others.values()]))
      const own = entries.get(node)
      if (own && !isYoung) settle(own.version)
    },
    tellAnew,
    tellAgain: () => {
      if (unanswered > 0) return
      if (now() - sentAt > freshMs) sent = 0
      void tell()
    },
    nodes: () => others.keys(),
  }
}
