import { SessionError } from '../errors.js'
import { maxAppMessageBytes, type PostBody } from '../wire/peer-messages.js'

export type AppMessage = Extract<PostBody, { type: 'app' }>

/** What a listener of `message` is told. */
export type ReceivedMessage = {
  /** The id of the peer that sent it. */
  readonly from: string
  readonly data: unknown
  /** When it was sent, by the sender's wall clock, in milliseconds since 1970. */
  readonly sentAt: number
}

export type MessagesOptions = {
  /** Wall-clock time in milliseconds. */
  readonly now: () => number
  /** Spends of what this peer may send; false if it is spent. */
  spend(bytes: number): boolean
  /** False if `to` is not here. */
  post(message: AppMessage, to: string | undefined): boolean
  onMessage(message: ReceivedMessage): void
}

/** Messages of the app: ephemeral, in order per sender, never twice. */
export type Messages = {
  /**
   * Sends JSON data to one peer, or to everybody.
   * @throws SessionError `message-too-large`, `too-many-messages`, or `unknown-peer` if `to` is not here
   */
  send(data: unknown, to?: string): void
  /** What a peer sent. False if it was here before, or comes after a later one. */
  receive(from: string, message: AppMessage): boolean
  /** The peer has left. */
  forget(peerId: string): void
}

export const createMessages = (options: MessagesOptions): Messages => {
  const lastOf = new Map<string, number>()
  let sequence = 0
  return {
    send: (data, to) => {
      const bytes = new TextEncoder().encode(JSON.stringify(data)).length
      if (bytes > maxAppMessageBytes)
        throw new SessionError('message-too-large', `A message of ${bytes} bytes; at most ${maxAppMessageBytes} go.`, {
          bytes,
          maxBytes: maxAppMessageBytes,
        })
      if (!options.spend(bytes))
        throw new SessionError('too-many-messages', 'More messages than other peers would take from this one.', {})
      const message: AppMessage = { type: 'app', sequence: ++sequence, sentAt: options.now(), data }
      if (options.post(message, to) || to === undefined) return
      throw new SessionError('unknown-peer', `There is no peer ${to} here.`, { peerId: to })
    },
    receive: (from, { sequence, sentAt, data }) => {
      if (sequence <= (lastOf.get(from) ?? 0)) return false
      lastOf.set(from, sequence)
      options.onMessage({ from, data, sentAt })
      return true
    },
    forget: peerId => void lastOf.delete(peerId),
  }
}
