export { HMSSDK } from './sdk.js'
export type { HMSConfig, HMSOptions } from './config.js'
export type { HMSSessionStore, HMSKeyChangeListener } from './session-store.js'
export type { HMSUpdateListener, HMSPeerRemovedFromPeer } from './update-listener.js'
export { HMSActionResultListenerMethod, type HMSActionResultListener } from './action-result.js'
export { HMSException } from './exception.js'
export { HMSPeerUpdate, HMSRoomUpdate, type HMSPeer, type HMSRole, type HMSRoom } from './peer.js'
export { HMSMessageRecipientType, type HMSMessage, type HMSMessageRecipient } from './message.js'
export type { JsonValue, ValueFormatOptions } from './value-format.js'
export type { ChatState, Mark, PinnedMessage, Poll, SessionKeys, TicTacToe } from './session-keys.js'
export { HMSReactiveStore } from './web/reactive-store.js'
export type { HMSActions } from './web/actions.js'
export type { IHMSSessionStoreActions } from './web/session-store-actions.js'
export type { IHMSStoreReadOnly } from './web/reactive-state.js'
export type { HMSGenericTypes, HMSStore, HMSWebPeer } from './web/state.js'
export {
  HMSNotificationTypes,
  type HMSNotification,
  type HMSNotifications,
  type HMSNotificationType,
  type HMSWebMessage,
} from './web/notifications.js'
export {
  selectIsConnectedToRoom,
  selectLocalPeer,
  selectPeerByID,
  selectPeerMetadata,
  selectPeers,
  selectRemotePeers,
  selectSessionMetadata,
  selectSessionStore,
} from './web/selectors.js'
