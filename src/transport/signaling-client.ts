import type { Clock } from '../clock.js'
import {
  encodeClientMessage,
  parseServerMessage,
  type ClientMessage,
  type ServerMessage,
} from '../wire/signaling-messages.js'

/** Who else is in a topic: the peers that gave their id, and how many sockets gave none. */
export type Members = { readonly peers: ReadonlySet<string>; readonly unnamed: number }

/**
 * One topic at one signaling server, over a WebSocket of its own that comes back by itself. What the server says
 * is parsed here; what peers say through it is handed on as it is.
 */
export type SignalingClient = {
  readonly isOpen: boolean
  /** The others in the topic; null while the socket is not open, and for good with a server that does not tell. */
  readonly members: Members | null
  /** With `to` only that peer gets it, if the server tells members; any other server gives it to everybody. */
  publish(data: unknown, to?: string): void
  /** Does not wait for the backoff to end; a server that seems to be there is asked as by `probe`. */
  retry(): void
  /** Asks the server for a sign of life: without one, its socket is soon given up. */
  probe(): void
  close(): void
}

export type SignalingClientOptions = {
  readonly url: string
  readonly topic: string
  readonly peerId: string
  readonly WebSocket: typeof WebSocket
  readonly clock: Clock
  readonly random: () => number
}

/** Nothing is called any more once `close` was. */
export type SignalingClientListener = {
  /** Subscribed: time to announce. */
  onOpen(): void
  /** The socket is gone. A new one is under way. */
  onLost(): void
  onMembers(): void
  onPublish(data: unknown): void
  /** The server cannot be used, or refused to be. Told again only for another reason. */
  onFailed(reason: string): void
}

/** A server that has been silent for one of these is asked for a sign of life, and counts as gone after the last. */
const patienceMs = [10_000, 10_000, 10_000]
/** The same where there is reason to doubt it. */
const doubtMs = [1500, 1500]
/** How long a socket may take to open. */
const connectTimeoutMs = 10_000
/** A timer that comes later than this means that this peer itself was asleep or blocked. */
const lateMs = 1000
const firstRetryMs = 500
const maxRetryMs = 15_000
/** From here on a close code means that this server does not want us (SPEC SIG). */
const firstRefusalCode = 4000

export const openSignalingClient = (
  options: SignalingClientOptions,
  listener: SignalingClientListener,
): SignalingClient => {
  const { url, topic, peerId, clock, random } = options
  let socket: WebSocket | null = null
  let isOpen = false
  /** It was asked for a sign of life, and has little time to give it. */
  let isDoubted = false
  let members: Members | null = null
  let failures = 0
  let lastReason = ''
  let cancelTimer = (): void => {}

  const send = (message: ClientMessage): void => {
    if (isOpen) socket?.send(encodeClientMessage(message))
  }

  const fail = (reason: string): void => {
    if (reason !== lastReason) listener.onFailed((lastReason = reason))
  }

  const wait = (): void => {
    const delayMs = Math.min(maxRetryMs, firstRetryMs * 2 ** failures++)
    cancelTimer = clock.schedule(connect, delayMs * (0.5 + random() / 2))
  }

  /** Lets go of the current socket, whose events no longer count. */
  const release = (): void => {
    cancelTimer()
    const released = socket
    socket = null
    isOpen = false
    isDoubted = false
    members = null
    released?.close()
  }

  const lose = (): void => {
    release()
    wait()
    listener.onLost()
  }

  /** Waits for a sign of life, asking for one in between. */
  const watch = ([waitMs = 0, ...further]: readonly number[]): void => {
    const dueAt = clock.monotonic() + waitMs
    cancelTimer()
    cancelTimer = clock.schedule(() => {
      // After a sleep of this peer the answer may be waiting behind this timer.
      if (!isDoubted && clock.monotonic() - dueAt > lateMs) return probe()
      if (further.length === 0) return lose()
      send({ type: 'ping' })
      watch(further)
    }, waitMs)
  }

  // However often it is doubted, it has no more time for it.
  const probe = (): void => {
    if (!socket || isDoubted) return
    isDoubted = true
    send({ type: 'ping' })
    watch(doubtMs)
  }

  const hear = (text: unknown): void => {
    failures = 0
    isDoubted = false
    watch(patienceMs)
    const message = parseServerMessage(text)
    if (message === null || !('topic' in message) || message.topic !== topic) return
    if (message.type === 'publish') return listener.onPublish(message.data)
    members = nextMembers(members, message, peerId)
    listener.onMembers()
  }

  const connect = (): void => {
    let opened: WebSocket
    try {
      opened = new options.WebSocket(url)
    } catch (error) {
      // The address itself is wrong, or the page may not use it; both can change only with the page.
      return fail(String(error))
    }
    socket = opened
    const whileCurrent =
      <E>(run: (event: E) => void) =>
      (event: E) => {
        if (socket === opened) run(event)
      }
    opened.addEventListener(
      'open',
      whileCurrent(() => {
        isOpen = true
        watch(patienceMs)
        send({ type: 'subscribe', topics: [topic], peer: peerId })
        listener.onOpen()
      }),
    )
    opened.addEventListener(
      'message',
      whileCurrent<MessageEvent>(({ data }) => hear(data)),
    )
    opened.addEventListener(
      'close',
      whileCurrent<CloseEvent>(({ code, reason }) => {
        if (code >= firstRefusalCode) fail(reason || `closed with ${code}`)
        lose()
      }),
    )
    // 'close' follows and says it all, but in Node an 'error' that nobody listens for ends the process.
    opened.addEventListener('error', () => {})
    watch([connectTimeoutMs])
  }

  connect()
  return {
    get isOpen() {
      return isOpen
    },
    get members() {
      return members
    },
    publish: (data, to) => send({ type: 'publish', topic, data, ...(members && to !== undefined && { to }) }),
    probe: () => {
      if (isOpen) probe()
    },
    retry: () => {
      if (isOpen) return probe()
      release()
      failures = 0
      connect()
    },
    close: () => {
      release()
    },
  }
}

type Membership = Extract<ServerMessage, { type: 'members' | 'joined' | 'left' }>

/** The other members after a message about them; null as long as there was no list. */
export const nextMembers = (members: Members | null, message: Membership, self: string): Members | null => {
  const isList = message.type === 'members'
  const peers = new Set(isList ? message.peers : members?.peers)
  if (message.type === 'joined') peers.add(message.peer)
  if (message.type === 'left') peers.delete(message.peer)
  peers.delete(self)
  return members || isList ? { peers, unnamed: isList ? message.plain : (members?.unnamed ?? 0) } : null
}
