import { toHMSException, type HMSException } from '../exception.js'
import type { HMSMessage } from '../message.js'
import type { HMSPeerUpdate } from '../peer.js'
import type { HMSUpdateListener } from '../update-listener.js'
import { toWebPeer, type HMSWebPeer } from './state.js'

/** A message, by the names of the Web. */
export type HMSWebMessage = {
  readonly id: string
  /** The id of the peer that sent it; with its name, role and user id undefined if that has left. */
  readonly sender: string | undefined
  readonly senderName: string | undefined
  readonly senderRole: string | undefined
  readonly senderUserId: string | undefined
  readonly recipientPeer: string | undefined
  readonly recipientRoles: readonly string[] | undefined
  readonly time: Date
  readonly type: string
  readonly message: string
}

/** What a notification has as `data`, by type. */
type NotificationData = {
  readonly NEW_MESSAGE: HMSWebMessage
  readonly PEER_JOINED: HMSWebPeer
  readonly PEER_LEFT: HMSWebPeer
  /** Those who are there at join. */
  readonly PEER_LIST: readonly HMSWebPeer[]
  readonly NAME_UPDATED: HMSWebPeer
  readonly METADATA_UPDATED: HMSWebPeer
  readonly ROLE_UPDATED: HMSWebPeer
  readonly RECONNECTING: null
  readonly RECONNECTED: null
  readonly REMOVED_FROM_ROOM: { readonly reason: string; readonly roomEnded: boolean }
  readonly ERROR: HMSException
}

export type HMSNotificationType = keyof NotificationData
export const HMSNotificationTypes = {
  NEW_MESSAGE: 'NEW_MESSAGE',
  PEER_JOINED: 'PEER_JOINED',
  PEER_LEFT: 'PEER_LEFT',
  PEER_LIST: 'PEER_LIST',
  NAME_UPDATED: 'NAME_UPDATED',
  METADATA_UPDATED: 'METADATA_UPDATED',
  ROLE_UPDATED: 'ROLE_UPDATED',
  RECONNECTING: 'RECONNECTING',
  RECONNECTED: 'RECONNECTED',
  REMOVED_FROM_ROOM: 'REMOVED_FROM_ROOM',
  ERROR: 'ERROR',
} as const satisfies { readonly [Type in HMSNotificationType]: Type }

/** Something that happened, by its type. */
export type HMSNotification<Type extends HMSNotificationType = HMSNotificationType> = {
  [T in Type]: {
    /** Counts up within one store. */
    readonly id: number
    readonly type: T
    /** A few words for people. */
    readonly message: string
    readonly severity: 'info' | 'warning' | 'error'
    readonly data: NotificationData[T]
  }
}[Type]

export type HMSNotifications = {
  /** Calls `listener` at each notification of these types, or at all. The result ends it. */
  onNotification<Type extends HMSNotificationType>(
    listener: (notification: HMSNotification<Type>) => void,
    types?: Type | readonly Type[],
  ): () => void
}

export type OpenNotifications = {
  readonly notifications: HMSNotifications
  /** Tells what happens in the rooms of an SDK. */
  readonly updates: HMSUpdateListener
  /** Tells of a listener of the app that threw. */
  readonly onFailure: (cause: unknown) => void
}

export const createNotifications = (): OpenNotifications => {
  const listeners = new Set<(notification: HMSNotification) => void>()
  let lastId = 0

  const tell = <Type extends HMSNotificationType>(type: Type, message: string, data: NotificationData[Type]) => {
    const severity = severities[type] ?? 'info'
    const notification = { id: ++lastId, type, message, severity, data } as HMSNotification
    // Not those that are added meanwhile: one that listens anew whenever it is told would be told without end.
    const present = [...listeners]
    for (const listener of present)
      try {
        if (listeners.has(listener)) listener(notification)
      } catch (cause) {
        // Who fails at being told of a failure is for the page to report.
        if (type === 'ERROR') globalThis.reportError?.(cause)
        else onFailure(cause)
      }
  }
  const onFailure = (cause: unknown) => {
    const error = toHMSException(cause, 'LISTENER')
    tell('ERROR', error.message, error)
  }

  return {
    notifications: {
      onNotification: (listener, types) => {
        const chosen: readonly string[] | null = types === undefined ? null : [types].flat()
        const own = (notification: HMSNotification) => {
          if (chosen === null || chosen.includes(notification.type)) listener(notification as never)
        }
        listeners.add(own)
        return () => void listeners.delete(own)
      },
    },
    onFailure,
    updates: {
      onJoin: ({ room }) => {
        const others = room.peers.filter(({ isLocal }) => !isLocal).map(toWebPeer)
        if (others.length > 0) tell('PEER_LIST', `${others.length} here`, others)
      },
      onPeerUpdate: ({ peer, update }) => {
        const [type, words] = peerUpdates[update]
        tell(type, `${peer.name} ${words}`, toWebPeer(peer))
      },
      onMessage: ({ message }) => tell('NEW_MESSAGE', 'New message', toWebMessage(message)),
      onReconnecting: () => tell('RECONNECTING', 'Reconnecting', null),
      onReconnected: () => tell('RECONNECTED', 'Reconnected', null),
      onRemovedFromRoom: ({ hmsPeerRemovedFromPeer: { reason, roomWasEnded: roomEnded } }) =>
        tell('REMOVED_FROM_ROOM', reason, { reason, roomEnded }),
      onHMSError: ({ error }) => tell('ERROR', error.message, error),
    },
  }
}

const severities: { readonly [Type in HMSNotificationType]?: HMSNotification['severity'] } = {
  RECONNECTING: 'warning',
  REMOVED_FROM_ROOM: 'error',
  ERROR: 'error',
}

type PeerNotificationType = 'PEER_JOINED' | 'PEER_LEFT' | 'NAME_UPDATED' | 'METADATA_UPDATED' | 'ROLE_UPDATED'

const peerUpdates: { readonly [Update in HMSPeerUpdate]: readonly [PeerNotificationType, string] } = {
  peerJoined: ['PEER_JOINED', 'joined'],
  peerLeft: ['PEER_LEFT', 'left'],
  nameChanged: ['NAME_UPDATED', 'has another name'],
  metadataChanged: ['METADATA_UPDATED', 'has other metadata'],
  roleUpdated: ['ROLE_UPDATED', 'has another role'],
}

const toWebMessage = ({ messageId, sender, message, type, time, hmsMessageRecipient }: HMSMessage): HMSWebMessage => {
  const { recipientPeer, recipientRoles } = hmsMessageRecipient
  return {
    id: messageId,
    sender: sender?.peerId,
    senderName: sender?.name,
    senderRole: sender?.role.name,
    senderUserId: sender?.customerUserId ?? undefined,
    recipientPeer: recipientPeer?.peerId,
    recipientRoles: recipientRoles?.map(({ name }) => name),
    time,
    type,
    message,
  }
}
