import type { AnyRoom } from '../room.js'
import type { ReceivedMessage, SentMessage } from '../session/messages.js'
import { failure } from './exception.js'
import { toDate, toHMSPeer, type HMSPeer, type HMSRole } from './peer.js'

export type HMSMessageRecipientType = 'BROADCAST' | 'DIRECT' | 'GROUP'
export const HMSMessageRecipientType = {
  BROADCAST: 'BROADCAST',
  DIRECT: 'DIRECT',
  GROUP: 'GROUP',
} as const satisfies { readonly [Type in HMSMessageRecipientType]: Type }

export type HMSMessageRecipient = {
  readonly recipientPeer: HMSPeer | null
  readonly recipientRoles: readonly HMSRole[] | null
  readonly hmsMessageRecipientType: HMSMessageRecipientType
}

export type HMSMessage = {
  /** The same at its sender (`onSuccess`) and at all who get it. */
  readonly messageId: string
  readonly sender: HMSPeer | null
  readonly message: string
  /** `chat` unless its sender said otherwise. */
  readonly type: string
  /** By its sender's clock. */
  readonly time: Date
  readonly hmsMessageRecipient: HMSMessageRecipient
}

/** What travels: `roles` where it is for these alone. */
export type MessageContent = { readonly type: string; readonly message: string; readonly roles?: readonly string[] }

/** @throws HMSException 6013 for an empty message, 6004 for what is no text */
export const readContent = (message: unknown, type: unknown, action: string): MessageContent => {
  if (typeof message !== 'string' || typeof type !== 'string')
    throw failure('invalidArgument', action, 'A message and its type are texts.')
  // Zero-width characters look like nothing, too.
  if (message.replaceAll(/[\s\u200b-\u200d\u2060\ufeff]/g, '') === '')
    throw failure('validationFailed', action, 'The message is empty.')
  return { type, message }
}

/** A message of another peer, null if it is of an app that speaks otherwise. */
export const readMessage = (room: AnyRoom, { id, from, to, data, sentAt }: ReceivedMessage): HMSMessage | null => {
  const { type, message, roles } = Object(data) as { readonly [field in keyof MessageContent]?: unknown }
  if (typeof type !== 'string' || typeof message !== 'string') return null
  const names = Array.isArray(roles) ? roles.filter(name => typeof name === 'string') : []
  const sender = room.peers.find(peer => peer.id === from)
  return toHMSMessage(
    { id, sentAt },
    { type, message },
    sender ? toHMSPeer(room, sender) : null,
    names.length > 0 ? rolesOf(names) : to === null ? 'all' : toHMSPeer(room, room.self),
  )
}

export const rolesOf = (names: readonly string[]): readonly HMSRole[] => names.map(name => ({ name }))

export const toHMSMessage = (
  { id, sentAt }: SentMessage,
  { type, message }: MessageContent,
  sender: HMSPeer | null,
  to: HMSPeer | readonly HMSRole[] | 'all',
): HMSMessage => {
  const hmsMessageRecipient = recipientOf(to)
  return { messageId: id, sender, message, type, time: toDate(sentAt), hmsMessageRecipient }
}

const recipientOf = (to: HMSPeer | readonly HMSRole[] | 'all'): HMSMessageRecipient => {
  if (to === 'all') return { recipientPeer: null, recipientRoles: null, hmsMessageRecipientType: 'BROADCAST' }
  if ('peerId' in to) return { recipientPeer: to, recipientRoles: null, hmsMessageRecipientType: 'DIRECT' }
  return { recipientPeer: null, recipientRoles: to, hmsMessageRecipientType: 'GROUP' }
}
