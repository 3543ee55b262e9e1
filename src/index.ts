export { joinRoom, type AnyRoom, type Room, type RoomStore } from './room.js'
export type { JoinOptions } from './room-options.js'
export type { RoomEvents } from './room-events.js'
export type { LinkStatus, RoomStatus } from './room-status.js'
export type { Metadata } from './wire/peer-messages.js'
export type { Peer } from './session/roster.js'
export type { ReceivedMessage, SentMessage } from './session/messages.js'
export type { DeliveryTarget, DeliveryView, Write } from './session/delivery.js'
export { SessionError, type AnySessionError, type SessionErrorCode, type SessionErrorDetails } from './errors.js'
export type { CopyLife, OpenCopyOptions, Persistence, RoomCopy, StoredCopy } from './persistence/persistence.js'
export { systemClock, type Clock } from './clock.js'
export { defaultLimits, type Limits } from './store/limits.js'
export type { Change, SessionStore } from './store/session-store.js'
export type {
  CounterKeyOf,
  ItemOf,
  JsonSchema,
  KeyOf,
  ListKeyOf,
  Schema,
  SchemaFrom,
  Schemas,
  TextKeyOf,
  ValueOf,
} from './store/schema.js'
export type { SchemaIssue, SchemaResult, StandardSchema } from './store/standard-schema.js'
export type { Counter } from './store/counter.js'
export type { History } from './store/history.js'
export type { List, ListOptions } from './store/list.js'
export type { Members } from './store/members.js'
export type { Text } from './store/text.js'
export type { Conflict, ConflictEvent } from './store/conflicts.js'
export type { Usage } from './store/limit-check.js'
export type { Json, JsonObject, Path } from './store/value.js'
export { webrtc } from './transport/webrtc.js'
export type {
  Link,
  LinkListener,
  SignalingState,
  Transport,
  TransportListener,
  TransportOptions,
  TransportProblem,
  TransportSession,
} from './transport/transport.js'
