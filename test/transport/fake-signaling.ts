/** Signaling servers without sockets: the topics of the real one, behind WebSockets that a clock delivers for. */

import type { Clock } from '../../src/clock.js'
import { encodeServerMessage, parseClientMessage, type ClientMessage } from '../../src/wire/signaling-messages.js'
import { encodeTextFrame } from '../../signaling/src/text-frame.js'
import { createTopics, type Subscriber } from '../../signaling/src/topics.js'

export type FakeSignaling = {
  /** For clients; `new` connects. Addresses that begin with `bad:` are refused as a browser does. */
  readonly WebSocket: typeof WebSocket
  /** Calls `onOpening` at each new socket. */
  onSocket(onOpening: () => void): void
  /** Sockets that are not closed. */
  readonly openSockets: number
  /** What clients have sent, in order. */
  readonly sent: readonly ClientMessage[]
  /** Stops or starts the server of an address: its sockets close, and new ones do not open. */
  setReachable(url: string, isReachable: boolean): void
  /** Sockets of that address are cut off without a word: nothing comes or goes, and nobody is told. */
  silence(url: string): void
  /** From now on new sockets of that address neither open nor fail, or do again. */
  setStalled(url: string, isStalled: boolean): void
  /** From now on what clients send does not arrive where this is true; null ends it. */
  lose(isLost: ((message: ClientMessage) => boolean) | null): void
  /** Has the server say this to every socket of the address. */
  say(url: string, text: string): void
  /** Closes every socket of the address like a server that refuses it. */
  refuse(url: string, code: number, reason: string): void
}

export type FakeSignalingOptions = {
  readonly clock: Clock
  readonly random: () => number
  /** False for a server like y-webrtc's own, which echoes, tells no members and delivers to everybody. */
  readonly isOurs?: boolean
}

export const createFakeSignaling = ({ clock, random, isOurs = true }: FakeSignalingOptions): FakeSignaling => {
  const topicsOf = new Map<string, ReturnType<typeof createTopics>>()
  const sockets = new Set<FakeSocket>()
  const unreachable = new Set<string>()
  const stalled = new Set<string>()
  const watchers: (() => void)[] = []
  const sent: ClientMessage[] = []
  let isLost: ((message: ClientMessage) => boolean) | null = null

  const serve = (url: string): ReturnType<typeof createTopics> => {
    const topics = topicsOf.get(url) ?? createTopics({ maxSocketsPerTopic: 1000, clock })
    topicsOf.set(url, topics)
    return topics
  }

  /** A WebSocket as far as a signaling client can tell. */
  class FakeSocket extends EventTarget {
    readyState = 0
    isSilent = false
    private readonly topics = new Set<string>()
    private lastArrival = 0
    private readonly subscriber: Subscriber = { send: ({ text }) => this.later(() => this.emitMessage(text)) }

    constructor(readonly url: string) {
      super()
      if (url.startsWith('bad:')) throw new SyntaxError(`${url} is no address`)
      sockets.add(this)
      watchers.forEach(onOpening => onOpening())
      this.isSilent = stalled.has(url)
      this.later(() => {
        if (unreachable.has(url)) return this.end(1006, '')
        this.readyState = 1
        this.dispatchEvent(new Event('open'))
      })
    }

    /** Also to the properties by which lib0 listens. */
    override dispatchEvent(event: Event): boolean {
      const listener: unknown = Reflect.get(this, `on${event.type}`)
      if (typeof listener === 'function') listener.call(this, event)
      return super.dispatchEvent(event)
    }

    send(text: string): void {
      if (this.readyState === 0) throw new Error('still connecting')
      const message = parseClientMessage(text)
      if (message === null || message.type === 'unknown') throw new Error(`malformed: ${text}`)
      sent.push(message)
      if (isLost?.(message)) return
      this.later(() => this.receive(message))
    }

    close(): void {
      if (this.readyState < 2) this.readyState = 2
      this.later(() => this.end(1005, ''))
    }

    end(code: number, reason: string): void {
      if (this.readyState === 3) return
      this.readyState = 3
      sockets.delete(this)
      for (const topic of this.topics) serve(this.url).unsubscribe(this.subscriber, topic)
      this.dispatchEvent(Object.assign(new Event('close'), { code, reason }))
    }

    emitMessage(data: string): void {
      if (this.readyState === 1) this.dispatchEvent(new MessageEvent('message', { data }))
    }

    /** In order, after a while. */
    private later(run: () => void): void {
      this.lastArrival = Math.max(this.lastArrival, clock.monotonic() + 1 + random() * 10)
      clock.schedule(() => {
        if (!this.isSilent) run()
      }, this.lastArrival - clock.monotonic())
    }

    private receive(message: ClientMessage): void {
      if (this.readyState > 1) return
      const topics = serve(this.url)
      switch (message.type) {
        case 'subscribe':
          for (const topic of message.topics) {
            this.topics.add(topic)
            topics.subscribe(this.subscriber, topic, isOurs ? message.peer : undefined)
          }
          return
        case 'unsubscribe':
          for (const topic of message.topics) topics.unsubscribe(this.subscriber, topic)
          return
        case 'publish': {
          const { type, topic, data } = message
          topics.publish(this.subscriber, isOurs ? message : { type, topic, data })
          if (!isOurs) this.subscriber.send(encodeTextFrame(encodeServerMessage({ type, topic, data, clients: 1 })))
          return
        }
        case 'ping':
          this.subscriber.send(encodeTextFrame(encodeServerMessage({ type: 'pong' })))
      }
    }
  }

  const at = (url: string): FakeSocket[] => [...sockets].filter(socket => socket.url === url)

  return {
    WebSocket: FakeSocket as unknown as typeof WebSocket,
    get openSockets() {
      return sockets.size
    },
    sent,
    onSocket: onOpening => void watchers.push(onOpening),
    setReachable: (url, isReachable) => {
      if (isReachable) unreachable.delete(url)
      else unreachable.add(url)
      if (!isReachable) for (const socket of at(url)) socket.end(1001, 'server stopping')
    },
    silence: url => {
      for (const socket of at(url)) socket.isSilent = true
    },
    setStalled: (url, isStalled) => {
      if (isStalled) stalled.add(url)
      else stalled.delete(url)
    },
    lose: loses => {
      isLost = loses
    },
    say: (url, text) => {
      for (const socket of at(url)) socket.emitMessage(text)
    },
    refuse: (url, code, reason) => {
      for (const socket of at(url)) socket.end(code, reason)
    },
  }
}
