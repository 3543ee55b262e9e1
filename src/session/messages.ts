import { SessionError } from '../errors.js'
import { maxAppMessageBytes, type PostBody } from '../wire/peer-messages.js'

export type AppMessage = Extract<PostBody, { type: 'app' }>

/** What a listener of `message` is told. */
export type ReceivedMessage = SentMessage & {
  /** The id of the peer that sent it. */
  readonly from: string
  /** This peer's id if it was sent to some only, null if to everybody. */
  readonly to: string | null
  readonly data: unknown
}

/** What its sender knows of a message. */
export type SentMessage = {
  /** The same for who sent it and for all who get it; no other message of the session has it. */
  readonly id: string
  /** When it was sent, by the sender's wall clock, in milliseconds since 1970. */
  readonly sentAt: number
}

export type MessagesOptions = {
  /** Wall-clock time in milliseconds. */
  readonly now: () => number
  readonly selfId: string
  /** Spends of what this peer may send; false if it is spent. */
  spend(bytes: number, copies: number): boolean
  isHere(peerId: string): boolean
  post(message: AppMessage, to?: string): void
  onMessage(message: ReceivedMessage): void
}

/** Messages of the app: ephemeral, in order per sender, never twice. */
export type Messages = {
  /**
   * Sends JSON data to some peers, or to everybody; to all of them or, if it throws, to nobody.
   * @throws SessionError `message-too-large`, `too-many-messages`, or `unknown-peer` if one of `to` is not here
   */
  send(data: unknown, to?: string | readonly string[]): SentMessage
  /** What a peer sent. False if it was here before, or comes after a later one. */
  receive(from: string, to: string | null, message: AppMessage): boolean
  /** The peer has left. */
  forget(peerId: string): void
}

/** A sender counts its messages. */
const idOf = (from: string, sequence: number): string => `${from}-${sequence}`

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
      const receivers = to === undefined ? null : [to].flat()
      for (const peerId of receivers ?? [])
        if (!options.isHere(peerId))
          throw new SessionError('unknown-peer', `There is no peer ${peerId} here.`, { peerId })
      if (!options.spend(bytes, receivers?.length ?? 1))
        throw new SessionError('too-many-messages', 'More messages than other peers would take from this one.', {})
      const sentAt = options.now()
      const message: AppMessage = { type: 'app', sequence: ++sequence, sentAt, data }
      if (receivers) for (const peerId of receivers) options.post(message, peerId)
      else options.post(message)
      return { id: idOf(options.selfId, sequence), sentAt }
    },
    receive: (from, to, { sequence, sentAt, data }) => {
      if (sequence <= (lastOf.get(from) ?? 0)) return false
      lastOf.set(from, sequence)
      options.onMessage({ id: idOf(from, sequence), from, to, data, sentAt })
      return true
    },
    forget: peerId => void lastOf.delete(peerId),
  }
}
