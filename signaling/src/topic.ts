import { encodeServerMessage, maxPeersPerFrame } from '../../src/wire/signaling-messages.js'
import { nobody, type Backplane, type NodeMessage, type Presence } from './backplane.js'
import type { Clock } from './clock.js'
import { encodeTextFrame, type TextFrame } from './text-frame.js'

/**
 * One socket, as a topic sees it. `send` never throws and never calls back into the topics. What goes to
 * many of them is encoded once.
 */
export type Subscriber = {
  send(frame: TextFrame): void
}

/** A topic while this node has sockets in it: these, and what other nodes say of theirs. */
export type Topic = {
  /** Of all nodes, as far as this one has heard. */
  readonly sockets: number
  /** No socket of this node is in it. */
  readonly isEmpty: boolean
  has(subscriber: Subscriber): boolean
  /** With `peer` it becomes a member under that id, and is told the others. Without, it stays what it was. */
  enter(subscriber: Subscriber, peer: string | undefined): void
  leave(subscriber: Subscriber): void
  /** To all but the sender, or to the sockets of the peer that it names. */
  publish(sender: Subscriber, message: NodeMessage): void
  /** To be called once it is empty. */
  close(): void
}

export type CountRelay = (sockets: number, bytes: number) => void

export type TopicOptions = {
  readonly clock: Pick<Clock, 'schedule'>
  readonly backplane: Backplane
  readonly countRelay: CountRelay | undefined
}

/** Who is to be told when it is answered, if still here; others may not know of them yet as they are by now. */
type Question = { asker: Subscriber | null; isOutdated: boolean }

/** Plain sockets that come and go cost a whole list per member, so the list is told again this often at most. */
const retellingDelayMs = 250

export const openTopic = (name: string, { clock, backplane, countRelay }: TopicOptions): Topic => {
  /** The peer id that each subscribed socket named, null for a plain one. */
  const peers = new Map<Subscriber, string | null>()
  /**
   * Members that have had their list. The others are told nothing: they wait for one that names the members of all
   * nodes, and a change, or a list of this node alone, would make them think that they know who is there.
   */
  const told = new Set<Subscriber>()
  let others: Presence = nobody
  let cancelRetelling: (() => void) | null = null

  /**
   * Questions for the list that are on their way. Each member has one at a time, and who comes takes over that of one
   * who has left, or who asks, or comes and goes, on and on while other nodes are away would fill the memory.
   */
  const questions = new Set<Question>()

  const questionOf = (asker: Subscriber | null): Question | undefined => {
    for (const question of questions) if (question.asker === asker) return question
    return undefined
  }

  const isHere = (peer: string): boolean => {
    for (const present of peers.values()) if (present === peer) return true
    return false
  }

  const isPresent = (peer: string): boolean => isHere(peer) || others.peers.has(peer)

  /** Tells the members, but for the one whose doing it is. Nobody else has the peer's id then. */
  const tellChange = (type: 'joined' | 'left', peer: string, mover?: Subscriber): void => {
    const frame = encodeTextFrame(encodeServerMessage({ type, topic: name, peer }))
    for (const subscriber of told) if (subscriber !== mover) subscriber.send(frame)
  }

  /** The ids of the others, each once, and the number of plain sockets. */
  const tellMembers = (subscriber: Subscriber): void => {
    const self = peers.get(subscriber)
    if (typeof self !== 'string') return
    told.add(subscriber)
    const members = new Set(others.peers)
    let { plain } = others
    for (const peer of peers.values()) {
      if (peer === null) plain += 1
      else members.add(peer)
    }
    members.delete(self)
    // Nodes that fill up at once can together have more than one frame may name.
    const named = [...members].slice(0, maxPeersPerFrame)
    subscriber.send(encodeTextFrame(encodeServerMessage({ type: 'members', topic: name, peers: named, plain })))
  }

  const ask = (subscriber: Subscriber): void => {
    const pending = questionOf(subscriber) ?? questionOf(null)
    if (pending) {
      pending.asker = subscriber
      pending.isOutdated = true
      return channel.changed()
    }
    const question: Question = { asker: subscriber, isOutdated: false }
    questions.add(question)
    channel.changed(() => {
      questions.delete(question)
      const { asker, isOutdated } = question
      if (asker === null) return
      if (isOutdated) ask(asker)
      else tellMembers(asker)
    })
  }

  const retellSoon = (): void => {
    cancelRetelling ??= clock.schedule(() => {
      cancelRetelling = null
      for (const subscriber of told) tellMembers(subscriber)
    }, retellingDelayMs)
  }

  /** A subscriber goes from one standing to another: a peer id, null for plain, undefined for not subscribed. */
  const move = (subscriber: Subscriber, after: string | null | undefined): void => {
    const before = peers.get(subscriber)
    if (before === after) return
    // Two sockets may name one peer (a reconnect overtakes the old socket's end): it joins with the first of
    // them and leaves with the last.
    const joins = typeof after === 'string' && !isPresent(after)
    if (after === undefined) {
      peers.delete(subscriber)
      told.delete(subscriber)
    } else peers.set(subscriber, after)
    if (typeof before === 'string' && !isPresent(before)) tellChange('left', before, subscriber)
    if (joins) tellChange('joined', after, subscriber)
    if (before === null || after === null) retellSoon()
  }

  const hearPresence = (now: Presence): void => {
    const before = others
    others = now
    for (const peer of before.peers) if (!isPresent(peer)) tellChange('left', peer)
    for (const peer of now.peers) if (!before.peers.has(peer) && !isHere(peer)) tellChange('joined', peer)
    if (before.plain !== now.plain) retellSoon()
  }

  const deliver = ({ frame: text, to }: NodeMessage, sender?: Subscriber): void => {
    const frame = encodeTextFrame(text)
    let reached = 0
    for (const [subscriber, peer] of peers) {
      if (subscriber === sender || (to !== undefined && to !== peer)) continue
      subscriber.send(frame)
      reached += 1
    }
    countRelay?.(reached, frame.payloadBytes)
  }

  const channel = backplane.open(name, {
    presence: () => {
      const ids = [...peers.values()]
      const named = ids.filter(peer => peer !== null)
      return { peers: new Set(named), plain: ids.length - named.length, sockets: ids.length }
    },
    onPresence: hearPresence,
    onMessage: message => deliver(message),
  })

  return {
    get sockets() {
      return peers.size + others.sockets
    },
    get isEmpty() {
      return peers.size === 0
    },
    has: subscriber => peers.has(subscriber),
    enter: (subscriber, peer) => {
      const before = peers.get(subscriber)
      move(subscriber, peer ?? before ?? null)
      if (peer !== undefined) ask(subscriber)
      else if (before === undefined) channel.changed()
    },
    leave: subscriber => {
      if (!peers.has(subscriber)) return
      const question = questionOf(subscriber)
      if (question) question.asker = null
      move(subscriber, undefined)
      if (peers.size > 0) channel.changed()
    },
    publish: (sender, message) => {
      const isWantedElsewhere = message.to === undefined ? others.sockets > 0 : others.peers.has(message.to)
      if (isWantedElsewhere) channel.publish(message)
      deliver(message, sender)
    },
    close: () => {
      cancelRetelling?.()
      channel.close()
    },
  }
}
