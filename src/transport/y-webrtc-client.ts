import type { SignalingConn } from 'y-webrtc'
import type { Clock } from '../clock.js'
import { parseServerMessage } from '../wire/signaling-messages.js'
import { nextMembers, type Members, type SignalingClient, type SignalingClientListener } from './signaling-client.js'

/** lib0 comes back at once, and with it everybody else whose server was gone: so it is held back, each for another while. */
const firstRetryMs = 500
/** Asked whether it is there, a server has this long to say anything. */
const doubtMs = 3000

/**
 * One topic over y-webrtc's own signaling connection, which other rooms of the page may share. What is published
 * on the topic comes here and never reaches y-webrtc, which trusts it too much.
 */
export const openYWebrtcClient = (
  conn: SignalingConn,
  { topic, peerId, clock, random }: { topic: string; peerId: string; clock: Clock; random: () => number },
  listener: SignalingClientListener,
): SignalingClient => {
  let members: Members | null = null
  let isClosed = false
  let cancelReturn: (() => void) | null = null
  let cancelDoubt: (() => void) | null = null
  const trust = (): void => {
    cancelDoubt?.()
    cancelDoubt = null
  }

  const hear = (text: unknown): 'taken' | 'not for us' => {
    trust()
    const message = parseServerMessage(text)
    // y-webrtc throws at what is not JSON, and in Node that ends the process.
    if (message === null) return 'taken'
    if (isClosed || !('topic' in message) || message.topic !== topic) return 'not for us'
    if (message.type === 'publish') {
      listener.onPublish(message.data)
    } else {
      members = nextMembers(members, message, peerId)
      listener.onMembers()
    }
    return 'taken'
  }

  const onConnect = (): void => {
    const socket = conn.ws
    if (isClosed || !socket) return
    // The socket is y-webrtc's own, and this property is how it listens.
    const { onmessage } = socket
    // oxlint-disable-next-line unicorn/prefer-add-event-listener
    socket.onmessage = event => {
      if (hear(event.data) === 'not for us') onmessage?.call(socket, event)
    }
    // y-webrtc has subscribed already; naming the peer turns it into a membership.
    conn.send({ type: 'subscribe', topics: [topic], peer: peerId })
    listener.onOpen()
  }

  const comeBack = (): void => {
    cancelReturn?.()
    cancelReturn = null
    conn.connect()
  }

  const onDisconnect = (): void => {
    trust()
    members = null
    conn.shouldConnect = false
    cancelReturn?.()
    cancelReturn = clock.schedule(comeBack, firstRetryMs * (0.5 + random() / 2))
    listener.onLost()
  }

  /** lib0 goes by the socket's own events, which a dead one does not make for minutes. */
  const giveUp = (socket: WebSocket): void => {
    const { onclose } = socket
    // The late events of this socket would take the next one down. These properties are how lib0 listens.
    Object.assign(socket, { onmessage: null, onerror: null, onclose: null })
    socket.close()
    // Node 20 has no CloseEvent, and lib0 does not look at it.
    onclose?.call(socket, new Event('close') as CloseEvent)
  }

  const probe = (): void => {
    const socket = conn.ws
    if (isClosed || !conn.connected || !socket || cancelDoubt) return
    conn.send({ type: 'ping' })
    cancelDoubt = clock.schedule(() => {
      cancelDoubt = null
      if (conn.ws === socket) giveUp(socket)
    }, doubtMs)
  }

  conn.on('connect', onConnect)
  conn.on('disconnect', onDisconnect)
  queueMicrotask(() => {
    if (conn.connected) onConnect()
  })
  return {
    get isOpen() {
      return !isClosed && conn.connected
    },
    get members() {
      return members
    },
    publish: (data, to) => {
      if (!conn.connected || isClosed) return
      conn.send({ type: 'publish', topic, data, ...(members && to !== undefined && { to }) })
    },
    probe,
    retry: () => {
      if (conn.connected) probe()
      else comeBack()
    },
    close: () => {
      isClosed = true
      // Other rooms of the page may wait for it too.
      if (cancelReturn) comeBack()
      trust()
      members = null
      conn.off('connect', onConnect)
      conn.off('disconnect', onDisconnect)
    },
  }
}
