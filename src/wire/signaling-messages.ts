/**
 * What travels between a client and a signaling server, as pure pairs: `parse…` rebuilds a message from outside
 * text or gives null, `encode…` writes it. Both sides use this file; SPEC SIG has the rules.
 *
 * The base is y-webrtc's JSON, unchanged. Asking with `peer` (subscribe) or `to` (publish) turns on what plain
 * y-webrtc clients never see: `members`, `joined`, `left`, and delivery to one peer.
 *
 * Lengths are in UTF-16 code units.
 */

/** The longest text frame a server takes, in bytes of UTF-8. */
export const maxSignalingFrameBytes = 64 * 1024
export const maxTopicLength = 512
export const maxPeerIdLength = 64
/** Topics in one subscribe or unsubscribe. */
export const maxTopicsPerFrame = 100
/** Peers in one `members`. */
export const maxPeersPerFrame = 1024
/** The name of a transport in an announce. */
export const maxTransportNameLength = 64

export type ClientMessage =
  /** With `peer`: asks for membership of the topics under that id, until unsubscribe or close. */
  | { type: 'subscribe'; topics: string[]; peer?: string }
  | { type: 'unsubscribe'; topics: string[] }
  /** With `to`: only for sockets that subscribed to the topic under that peer id. */
  | { type: 'publish'; topic: string; data: unknown; to?: string }
  | { type: 'ping' }

export type ServerMessage =
  /** `clients`: how many sockets the topic has, the sender's included. */
  | { type: 'publish'; topic: string; data: unknown; clients?: number }
  /** The topic's other members, and how many other sockets there named no peer. Replaces what was told before. */
  | { type: 'members'; topic: string; peers: string[]; plain: number }
  | { type: 'joined'; topic: string; peer: string }
  | { type: 'left'; topic: string; peer: string }
  | { type: 'pong' }

/**
 * What only members are sent beside that, and our client does not act on yet: to it the type is unknown. The socket
 * will be closed with 1012 within so many milliseconds; links between peers stay.
 */
export type ServerNotice = { type: 'moving'; withinMs: number }

/** A message whose type this version does not know. Well-formed, and to be ignored. */
export type UnknownMessage = { type: 'unknown' }

/** `data` of a publish, when it is not encrypted. */
export type PeerPayload = Announce | Signal

/** "Here I am, dial me": to the whole topic, or with `to` for one peer. */
export type Announce = {
  type: 'announce'
  from: string
  to?: string
  /** The name of the sender's transport; plain y-webrtc names none. */
  transport?: string
  /** The version of the sender's protocol; plain y-webrtc names none. */
  protocol?: number
  /** The sender has no link at all. */
  alone?: boolean
}

export type Signal = {
  type: 'signal'
  from: string
  to: string
  /** y-webrtc's glare token: of two crossing offers the lower yields. */
  token: number
  /** Which connection of the sender this is about, counted upwards; plain y-webrtc names none (SPEC LINK). */
  epoch?: number
  /** Which connection of the receiver the sender takes it to be linked with; absent in a first offer. */
  of?: number
  /** The sender has no link at all. */
  alone?: boolean
  signal: Description | Candidate | Hangup
}

export type Description = { type: 'offer' | 'answer'; sdp: string }

export type Candidate = { type: 'candidate'; candidate: IceCandidate }

/** The sender has closed the connection, or never took it up: with `full` because it has links enough. */
export type Hangup = { type: 'hangup'; full?: boolean }

/** RTCIceCandidateInit, spelled out because the server is compiled without the DOM. */
export type IceCandidate = {
  candidate: string
  sdpMLineIndex?: number | null
  sdpMid?: string | null
  usernameFragment?: string | null
}

export const encodeClientMessage = (message: ClientMessage): string => JSON.stringify(message)

/** @throws RangeError when `data` is nested too deep for JSON.stringify, which JSON.parse takes. */
export const encodeServerMessage = (message: ServerMessage): string => JSON.stringify(message)

export const encodeServerNotice = (notice: ServerNotice): string => JSON.stringify(notice)

/** Reads what a client sent; null if it is malformed. */
export const parseClientMessage = (text: unknown): ClientMessage | UnknownMessage | null => {
  const raw = parseObject(text)
  if (raw === null) return null
  switch (raw['type']) {
    case 'subscribe': {
      const { topics, peer } = raw
      if (!isTopics(topics)) return null
      if (peer === undefined) return { type: 'subscribe', topics }
      return isPeerId(peer) ? { type: 'subscribe', topics, peer } : null
    }
    case 'unsubscribe':
      return isTopics(raw['topics']) ? { type: 'unsubscribe', topics: raw['topics'] } : null
    case 'publish': {
      const { topic, data, to } = raw
      if (!isTopic(topic)) return null
      if (to === undefined) return { type: 'publish', topic, data }
      return isPeerId(to) ? { type: 'publish', topic, data, to } : null
    }
    case 'ping':
      return { type: 'ping' }
    default:
      return unknownOrNull(raw)
  }
}

/** Reads what a server sent; null if it is malformed. */
export const parseServerMessage = (text: unknown): ServerMessage | UnknownMessage | null => {
  const raw = parseObject(text)
  if (raw === null) return null
  const { type, topic } = raw
  switch (type) {
    case 'publish': {
      if (!isTopic(topic)) return null
      const { data, clients } = raw
      if (clients === undefined) return { type, topic, data }
      return isCount(clients) ? { type, topic, data, clients } : null
    }
    case 'members': {
      const { peers, plain } = raw
      const valid = isTopic(topic) && isArrayOf(peers, isPeerId, maxPeersPerFrame) && isCount(plain)
      return valid ? { type, topic, peers, plain } : null
    }
    case 'joined':
    case 'left': {
      const { peer } = raw
      return isTopic(topic) && isPeerId(peer) ? { type, topic, peer } : null
    }
    case 'pong':
      return { type }
    default:
      return unknownOrNull(raw)
  }
}

/** Reads the `data` of a publish; null if it is neither an announce nor a signal that we act on. */
export const parsePeerPayload = (data: unknown): PeerPayload | null => {
  if (!isObject(data)) return null
  const { type, from, to } = data
  if (!isPeerId(from)) return null
  if (type === 'announce') {
    const { transport, protocol, alone } = data
    const announce: Announce = { type, from }
    if (to !== undefined) {
      if (!isPeerId(to)) return null
      announce.to = to
    }
    if (isText(transport, maxTransportNameLength)) announce.transport = transport
    if (isCount(protocol)) announce.protocol = protocol
    if (alone === true) announce.alone = true
    return announce
  }
  if (type === 'signal') {
    const { token, epoch, of, alone } = data
    const signal = parseSignal(data['signal'])
    const valid = isPeerId(to) && typeof token === 'number' && Number.isFinite(token) && signal !== null
    if (!valid) return null
    const message: Signal = { type, from, to, token, signal }
    if (isCount(epoch)) message.epoch = epoch
    if (isCount(of)) message.of = of
    if (alone === true) message.alone = true
    return message
  }
  return null
}

const parseSignal = (raw: unknown): Signal['signal'] | null => {
  if (!isObject(raw)) return null
  const { type, sdp } = raw
  if (type === 'hangup') return raw['full'] === true ? { type, full: true } : { type }
  if (type === 'offer' || type === 'answer') return typeof sdp === 'string' ? { type, sdp } : null
  if (type !== 'candidate' || !isObject(raw['candidate'])) return null
  const { candidate, sdpMLineIndex, sdpMid, usernameFragment } = raw['candidate']
  if (typeof candidate !== 'string') return null
  const rebuilt: IceCandidate = { candidate }
  if (isCount(sdpMLineIndex)) rebuilt.sdpMLineIndex = sdpMLineIndex
  if (typeof sdpMid === 'string') rebuilt.sdpMid = sdpMid
  if (typeof usernameFragment === 'string') rebuilt.usernameFragment = usernameFragment
  return { type, candidate: rebuilt }
}

type RawObject = { [field: string]: unknown }

/** Also true of an array, which has none of the fields that are then asked for. */
const isObject = (value: unknown): value is RawObject => typeof value === 'object' && value !== null

const isText = (value: unknown, maxLength: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= maxLength

const isTopic = (value: unknown): value is string => isText(value, maxTopicLength)

const isPeerId = (value: unknown): value is string => isText(value, maxPeerIdLength)

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const isArrayOf = <T>(value: unknown, isItem: (item: unknown) => item is T, maxItems: number): value is T[] =>
  Array.isArray(value) && value.length <= maxItems && value.every(isItem)

const isTopics = (value: unknown): value is string[] => isArrayOf(value, isTopic, maxTopicsPerFrame)

const unknownOrNull = (raw: RawObject): UnknownMessage | null =>
  typeof raw['type'] === 'string' ? { type: 'unknown' } : null

const parseObject = (text: unknown): RawObject | null => {
  if (typeof text !== 'string') return null
  try {
    const raw: unknown = JSON.parse(text)
    return isObject(raw) ? raw : null
  } catch {
    return null
  }
}
