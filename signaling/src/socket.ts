import type { Duplex } from 'node:stream'
import type { RawData, WebSocket } from 'ws'
import {
  encodeServerMessage,
  encodeServerNotice,
  parseClientMessage,
  type ClientMessage,
  type UnknownMessage,
} from '../../src/wire/signaling-messages.js'
import type { Access } from './access.js'
import { createBudget, type Budget } from './budget.js'
import { scheduleAt } from './clock.js'
import type { Log } from './log.js'
import type { Metrics } from './metrics.js'
import type { Outlet } from './outlet.js'
import { closeReasons, type CloseName, type RejectionName } from './rejections.js'
import type { Settings } from './settings.js'
import { encodeTextFrame } from './text-frame.js'
import type { Subscriber, Topics } from './topics.js'

/** One client's socket, served until it closes. */
export type ServedSocket = {
  /** Pings; drops the socket if the ping before was not answered. */
  beat(): void
  /**
   * Says why and closes. From then on nothing is sent to it and nothing from it is looked at; ws cuts it if the
   * other side does not follow within `closeTimeoutMs`, and only when it is gone does it leave its topics.
   */
  end(why: CloseName): void
  /** Tells a member that it will have to go. Plain y-webrtc clients know no such word. */
  tellMoving(withinMs: number): void
  /** Resolves once the socket is gone and has left its topics. */
  readonly closed: Promise<void>
}

/** Who is at the other end of a socket. */
export type Visitor = {
  readonly address: string
  /** Of all sockets of that address together. */
  readonly budget: Budget
  readonly access: Access
}

/** A socket, and the stream beneath it. */
export type Connection = { readonly ws: WebSocket; readonly stream: Duplex }

/** What all sockets of a server share. */
export type SocketHouse = {
  readonly settings: Settings
  readonly topics: Topics
  readonly outlet: Outlet
  readonly metrics: Metrics
  readonly log: Log
  readonly onError: (error: unknown) => void
}

/** Answers everything that comes over a connection. Nothing that comes can make it throw. */
export const serveSocket = ({ ws, stream }: Connection, visitor: Visitor, house: SocketHouse): ServedSocket => {
  const { settings, topics, outlet, metrics, log, onError } = house
  const { access } = visitor
  const budget = createBudget(settings.maxPoints, settings.pointsPerSecond, settings.clock)
  const maxHeldBytes = Math.min(64 * 1024, settings.maxBufferedBytes)
  const subscribed = new Set<string>()
  let answer: 'awaited' | 'received' = 'received'
  /** It has named a peer once, so it knows more words than y-webrtc's. */
  let isMember = false

  const tell = (event: string, why?: RejectionName): void => {
    if (log.isLevelEnabled('debug')) log.debug({ address: log.hide(visitor.address), why }, event)
  }

  const reject = (why: RejectionName): void => {
    metrics.countRejection(why)
    tell('socket rejected', why)
  }

  /** A close frame would only queue behind what is not being read, so the socket is cut. */
  const drop = (why: 'too-slow' | 'silent'): void => {
    reject(why)
    ws.terminate()
  }

  const subscriber: Subscriber = {
    send: frame => {
      if (ws.readyState !== ws.OPEN) return
      // What we ourselves keep back is no backlog yet.
      if (ws.bufferedAmount > maxHeldBytes) outlet.release(stream)
      if (ws.bufferedAmount > settings.maxBufferedBytes) return drop('too-slow')
      outlet.hold(stream)
      // Beneath ws, which writes whole frames too, as nothing is compressed.
      stream.write(frame.bytes)
    },
  }

  const end = (why: CloseName): void => {
    if (ws.readyState !== ws.OPEN) return
    if (!partings.has(why)) reject(why)
    ws.close(closeReasons[why].code, closeReasons[why].reason)
  }

  const subscribe = (topic: string, peer: string | undefined): void => {
    if (ws.readyState !== ws.OPEN) return
    const refusal = access.refusalOf(topic, peer)
    if (refusal !== null) return end(refusal)
    if (!subscribed.has(topic) && subscribed.size >= settings.maxTopicsPerSocket) return end('too-many-topics')
    if (topics.subscribe(subscriber, topic, peer) === 'full') return end('topic-full')
    subscribed.add(topic)
    isMember ||= peer !== undefined
  }

  const receive = (message: ClientMessage): void => {
    switch (message.type) {
      case 'subscribe':
        return message.topics.forEach(topic => subscribe(topic, message.peer))
      case 'unsubscribe':
        return message.topics.forEach(topic => {
          subscribed.delete(topic)
          topics.unsubscribe(subscriber, topic)
        })
      case 'publish':
        if (!access.mayPublish(message.topic)) return end('not-allowed')
        if (topics.publish(subscriber, message) === 'malformed') end('malformed')
        return
      case 'ping':
        return subscriber.send(pong)
    }
  }

  const pay = (points: number): boolean => {
    if (budget.spend(points) && visitor.budget.spend(points)) return true
    end('too-many-messages')
    return false
  }

  const onFrame = (frame: Buffer, isBinary: boolean): void => {
    answer = 'received'
    // On its way out: what still arrives is not even looked at.
    if (ws.readyState !== ws.OPEN) return
    const message = isBinary ? null : parseClientMessage(frame.toString())
    if (!pay(costOf(frame, message))) return
    if (isBinary) return end('text-only')
    if (message === null) return end('malformed')
    if (message.type !== 'unknown') receive(message)
  }

  const onControlFrame = (): void => {
    answer = 'received'
    pay(1)
  }

  const guarded =
    <Args extends unknown[]>(run: (...args: Args) => void) =>
    (...args: Args): void => {
      try {
        run(...args)
      } catch (error) {
        end('internal-error')
        onError(error)
      }
    }

  // With the default binaryType ws hands over one Buffer, whatever its type says.
  const onMessage = guarded((data: RawData, isBinary: boolean) => onFrame(data as Buffer, isBinary))
  const { expiresAt } = access
  const cancelExpiry = expiresAt === null ? null : scheduleAt(settings.clock, expiresAt, () => end('token-expired'))
  ws.on('message', onMessage)
  ws.on('ping', guarded(onControlFrame))
  ws.on('pong', guarded(onControlFrame))
  const closed = new Promise<void>(resolve => {
    ws.on('close', () => {
      cancelExpiry?.()
      for (const topic of subscribed) topics.unsubscribe(subscriber, topic)
      tell('socket closed')
      resolve()
    })
  })
  // Frames that break RFC 6455 or pass the payload cap: ws closes the socket itself (1002, 1007, 1009), but an
  // error that nobody listens for would end the process.
  ws.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') reject('too-large')
    else if (error.code?.startsWith('WS_ERR')) reject('broken-frame')
  })
  tell('socket opened')

  return {
    beat: () => {
      if (answer === 'awaited') return drop('silent')
      answer = 'awaited'
      ws.ping()
    },
    end,
    tellMoving: withinMs => {
      if (isMember) subscriber.send(encodeTextFrame(encodeServerNotice({ type: 'moving', withinMs })))
    },
    closed,
  }
}

const pong = encodeTextFrame(encodeServerMessage({ type: 'pong' }))

/** Ends of a socket that are nobody's fault. */
const partings: ReadonlySet<CloseName> = new Set(['server-stopping', 'server-moved'])

/** Every list of members to send and every KiB to pass on is paid for, so that no one frame is worth many. */
const costOf = (frame: Buffer, message: ClientMessage | UnknownMessage | null): number => {
  const topics = message !== null && 'topics' in message ? message.topics.length : 0
  return Math.max(1, Math.ceil(frame.length / 1024), topics)
}
