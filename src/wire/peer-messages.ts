/**
 * What peers say to each other over a link, as a pure pair: `encodeMessage` writes, `decodeMessage` rebuilds a
 * message from outside bytes or gives null (SPEC WIRE). The inner payloads of sync and awareness are those of
 * y-protocols; an awareness update carries one client, its sender's.
 */

import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

/** Grows when peers of two versions could misunderstand each other. */
export const protocolVersion = 1

/** UTF-8 bytes of an app message's JSON, or of an awareness state's. */
export const maxAppMessageBytes = 16 * 1024
/** UTF-8 bytes of a peer's metadata as JSON. */
export const maxMetadataBytes = 4 * 1024
/** UTF-8 bytes of a peer's name. */
export const maxNameBytes = 256
/** UTF-16 units of a peer id or session id. */
export const maxIdLength = 64
/** Links that a peer can tell. */
const maxLinks = 512

/** What an app attaches to its peer: a JSON object. */
export type Metadata = { readonly [field: string]: unknown }

/** What a peer says of itself; `clock` grows with each change. */
export type Presence = {
  readonly clock: number
  readonly name: string
  readonly metadata: Metadata
  /** Wall-clock time at that peer. */
  readonly joinedAt: number
  readonly sessionId: string
  /** False while the peer is joining, and its session id no more than a proposal. */
  readonly founded: boolean
  /** The peers that it has an open link to. */
  readonly links: readonly string[]
}

export type HelloLimits = { readonly maxValueBytes: number; readonly maxKeys: number; readonly maxTotalBytes: number }

/** The first message on a link. Of another protocol version only the version is read. */
export type Hello = {
  readonly type: 'hello'
  readonly protocol: number
  readonly peerId: string
  /** The writer whose entries come over this link; also the client of this peer's awareness state. */
  readonly writer: number
  readonly limits: HelloLimits
  readonly presence: Presence
}

export type OtherHello = { readonly type: 'other-hello'; readonly protocol: number }

/** What may travel further than one link, inside a post. */
export type PostBody =
  | { readonly type: 'presence'; readonly presence: Presence }
  /** `sequence` grows with each message of its sender. */
  | { readonly type: 'app'; readonly sequence: number; readonly sentAt: number; readonly data: unknown }
  | Ack

/** The receiver of the ack's writes have arrived up to this clock. */
export type Ack = { readonly type: 'ack'; readonly clock: number }

/** `to` is '' for everybody. `body` is an encoded PostBody, passed on as it is. `hops` are left to go. */
export type Post = {
  readonly type: 'post'
  readonly from: string
  readonly to: string
  readonly hops: number
  readonly body: Uint8Array
}

export type PeerMessage =
  | Hello
  | OtherHello
  /** y-protocols: answer with what a holder of this state vector lacks. */
  | { readonly type: 'sync-step-1'; readonly stateVector: Uint8Array }
  /** y-protocols: an answer; its sender's whole state, less what the asker said to have. */
  | { readonly type: 'sync-step-2'; readonly update: Uint8Array }
  /** y-protocols: what was just written. */
  | { readonly type: 'update'; readonly update: Uint8Array }
  /** As step 1, but nothing follows when both have the same. */
  | { readonly type: 'check'; readonly stateVector: Uint8Array }
  | { readonly type: 'awareness'; readonly client: number; readonly update: Uint8Array }
  | PostBody
  | Post
  | { readonly type: 'ping' }
  | { readonly type: 'pong' }
  | { readonly type: 'bye' }

/** 0 and 1 are those of y-protocols; ours begin above what it might come to use. */
const tags = {
  sync: 0,
  awareness: 1,
  hello: 16,
  check: 17,
  ack: 18,
  presence: 19,
  app: 20,
  post: 21,
  ping: 22,
  pong: 23,
  bye: 24,
} as const

const syncTypes = ['sync-step-1', 'sync-step-2', 'update'] as const

export const encodeMessage = (message: Exclude<PeerMessage, OtherHello>): Uint8Array => {
  const encoder = encoding.createEncoder()
  const number = (value: number) => encoding.writeVarUint(encoder, value)
  const text = (value: string) => encoding.writeVarString(encoder, value)
  const bytes = (value: Uint8Array) => encoding.writeVarUint8Array(encoder, value)
  const presence = (value: Presence) => {
    number(value.clock)
    text(value.name)
    text(JSON.stringify(value.metadata))
    number(value.joinedAt)
    text(value.sessionId)
    number(value.founded ? 1 : 0)
    number(value.links.length)
    value.links.forEach(text)
  }
  switch (message.type) {
    case 'sync-step-1':
    case 'sync-step-2':
    case 'update':
      number(tags.sync)
      number(syncTypes.indexOf(message.type))
      bytes(message.type === 'sync-step-1' ? message.stateVector : message.update)
      break
    case 'awareness':
      number(tags.awareness)
      bytes(message.update)
      break
    case 'hello':
      number(tags.hello)
      number(message.protocol)
      text(message.peerId)
      number(message.writer)
      number(message.limits.maxValueBytes)
      number(message.limits.maxKeys)
      number(message.limits.maxTotalBytes)
      presence(message.presence)
      break
    case 'check':
      number(tags.check)
      bytes(message.stateVector)
      break
    case 'ack':
      number(tags.ack)
      number(message.clock)
      break
    case 'presence':
      number(tags.presence)
      presence(message.presence)
      break
    case 'app':
      number(tags.app)
      number(message.sequence)
      number(message.sentAt)
      text(JSON.stringify(message.data))
      break
    case 'post':
      number(tags.post)
      text(message.from)
      text(message.to)
      number(message.hops)
      bytes(message.body)
      break
    case 'ping':
    case 'pong':
    case 'bye':
      number(tags[message.type])
      break
  }
  return encoding.toUint8Array(encoder)
}

/** Null for what is malformed, of an unknown kind, or over a limit. */
export const decodeMessage = (message: Uint8Array): PeerMessage | null => {
  const decoder = decoding.createDecoder(message)
  try {
    const decoded = read(decoder)
    if (decoded?.type === 'other-hello') return decoded
    return decoder.pos === message.length ? decoded : null
  } catch {
    return null
  }
}

const read = (decoder: decoding.Decoder): PeerMessage | null => {
  const number = () => decoding.readVarUint(decoder)
  const bytes = () => decoding.readVarUint8Array(decoder)
  const text = (maxBytes: number) => {
    const start = decoder.pos
    const value = decoding.readVarString(decoder)
    if (decoder.pos - start > maxBytes + 3) throw new RangeError('a text over its limit')
    return value
  }
  const json = (maxBytes: number): unknown => JSON.parse(text(maxBytes))
  const id = () => {
    const value = text(maxIdLength * 3)
    if (value === '' || value.length > maxIdLength) throw new RangeError('no id')
    return value
  }
  const metadata = (): Metadata => {
    const value = json(maxMetadataBytes)
    if (!isObject(value)) throw new TypeError('no object')
    return value
  }
  const presence = (): Presence => ({
    clock: number(),
    name: text(maxNameBytes),
    metadata: metadata(),
    joinedAt: number(),
    sessionId: id(),
    founded: number() === 1,
    links: Array.from({ length: Math.min(number(), maxLinks) }, id),
  })
  switch (number()) {
    case tags.sync: {
      const type = syncTypes[number()]
      if (type === undefined) return null
      return type === 'sync-step-1' ? { type, stateVector: bytes() } : { type, update: bytes() }
    }
    case tags.awareness:
      return readAwareness(bytes())
    case tags.hello: {
      const protocol = number()
      if (protocol !== protocolVersion) return { type: 'other-hello', protocol }
      return {
        type: 'hello',
        protocol,
        peerId: id(),
        writer: number(),
        limits: { maxValueBytes: number(), maxKeys: number(), maxTotalBytes: number() },
        presence: presence(),
      }
    }
    case tags.check:
      return { type: 'check', stateVector: bytes() }
    case tags.ack:
      return { type: 'ack', clock: number() }
    case tags.presence:
      return { type: 'presence', presence: presence() }
    case tags.app:
      return { type: 'app', sequence: number(), sentAt: number(), data: json(maxAppMessageBytes) }
    case tags.post: {
      const from = id()
      const to = text(maxIdLength * 3)
      return { type: 'post', from, to, hops: number(), body: bytes() }
    }
    case tags.ping:
      return { type: 'ping' }
    case tags.pong:
      return { type: 'pong' }
    case tags.bye:
      return { type: 'bye' }
    default:
      return null
  }
}

/** One client's state, which is an object or null, within its limit: what an honest peer sends of its own. */
const readAwareness = (update: Uint8Array): PeerMessage | null => {
  const decoder = decoding.createDecoder(update)
  const clients = decoding.readVarUint(decoder)
  const client = decoding.readVarUint(decoder)
  decoding.readVarUint(decoder)
  const start = decoder.pos
  const state: unknown = JSON.parse(decoding.readVarString(decoder))
  const isState = state === null || isObject(state)
  const fits = decoder.pos === update.length && update.length - start <= maxAppMessageBytes + 3
  return clients === 1 && isState && fits ? { type: 'awareness', client, update } : null
}

const isObject = (value: unknown): value is Metadata =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A Yjs state vector as a map, null if it is none. */
export const readStateVector = (stateVector: Uint8Array): ReadonlyMap<number, number> | null => {
  try {
    const decoder = decoding.createDecoder(stateVector)
    const clocks = new Map<number, number>()
    for (let left = decoding.readVarUint(decoder); left > 0; left--)
      clocks.set(decoding.readVarUint(decoder), decoding.readVarUint(decoder))
    return decoder.pos === stateVector.length ? clocks : null
  } catch {
    return null
  }
}
