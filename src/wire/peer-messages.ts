/**
 * What peers say to each other over a link, as a pure pair: `encodeMessage` writes, `decodeMessage` rebuilds a
 * message from outside bytes or gives null (SPEC WIRE). The inner payloads of sync and awareness are those of
 * y-protocols; an awareness update carries one client, its sender's.
 */

import { bytes, decode, encode, flag, json, list, number, only, record, text, trailing, type Codec } from './codec.js'

/** Grows when peers of two versions could misunderstand each other. */
export const protocolVersion = 2

/** UTF-8 bytes of an app message's JSON, or of an awareness state's. */
export const maxAppMessageBytes = 16 * 1024
/** UTF-8 bytes of a peer's metadata as JSON. */
export const maxMetadataBytes = 4 * 1024
/** UTF-8 bytes of a peer's name. */
export const maxNameBytes = 256
/** UTF-8 bytes of a peer's role. */
export const maxRoleBytes = 64
/** UTF-8 bytes of a peer id or session id. */
const maxIdBytes = 64
/** UTF-8 bytes of a key. */
const maxKeyBytes = 128
/** Texts in a message. */
const maxTexts = 65_536
/** Links that a peer can tell. */
const maxLinks = 512

/** What an app attaches to its peer: a JSON object. */
export type Metadata = { readonly [field: string]: unknown }

/** What a peer says of itself; `clock` grows with each change. */
export type Presence = {
  readonly clock: number
  readonly name: string
  readonly role: string
  readonly metadata: Metadata
  /** Wall-clock time at that peer. */
  readonly joinedAt: number
  readonly sessionId: string
  /** False while the peer is joining, and its session id no more than a proposal. */
  readonly founded: boolean
  /** The peers that it has an open link to. */
  readonly links: readonly string[]
}

export type HelloLimits = {
  readonly maxValueBytes: number
  readonly maxKeys: number
  readonly maxTotalBytes: number
  readonly maxTextBytes: number
}

/** Something of the text of one key: the state vector of its document, or an update. */
export type TextPart = { readonly key: string; readonly bytes: Uint8Array }

/** Texts have documents of their own, which travel with the log. Absent where there are none. */
type WithTexts = { readonly texts?: readonly TextPart[] }

/** The first message on a link, after the protocol version. */
export type Hello = {
  readonly peerId: string
  /** The writer whose entries come over this link; also the client of this peer's awareness state. */
  readonly writer: number
  readonly limits: HelloLimits
  readonly presence: Presence
}

type Bodies = {
  /** y-protocols: answer with what a holder of this state vector lacks. */
  'sync-step-1': { readonly stateVector: Uint8Array } & WithTexts
  /** y-protocols: an answer; its sender's whole state, less what the asker said to have. */
  'sync-step-2': { readonly update: Uint8Array } & WithTexts
  /** y-protocols: what was just written. */
  update: { readonly update: Uint8Array } & WithTexts
  /** y-protocols, with the client that it is about. */
  awareness: { readonly client: number; readonly update: Uint8Array }
  hello: Hello
  /** A hello of another version of the protocol, of which no more is read. */
  'other-hello': { readonly protocol: number }
  /** As step 1, but nothing follows when both have the same. */
  check: { readonly stateVector: Uint8Array }
  /** The receiver's writes have arrived up to this clock. */
  ack: { readonly clock: number }
  presence: { readonly presence: Presence }
  /** `sequence` grows with each message of its sender. */
  app: { readonly sequence: number; readonly sentAt: number; readonly data: unknown }
  /** `to` is '' for everybody. `body` is an encoded PostBody, passed on as it is. `hops` are left to go. */
  post: { readonly from: string; readonly to: string; readonly hops: number; readonly body: Uint8Array }
  ping: object
  pong: object
  bye: object
}

type Type = keyof Bodies
type Message<T extends Type> = { [Each in T]: { readonly type: Each } & Bodies[Each] }[T]

export type PeerMessage = Message<Type>
export type Post = Message<'post'>
/** What may travel further than one link, inside a post. */
export type PostBody = Message<'presence' | 'app' | 'ack'>

const isObject = (value: unknown): value is Metadata =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether others would take this for the id of a peer or session. */
export const isId = (value: string): boolean => value !== '' && new TextEncoder().encode(value).length <= maxIdBytes

const to = text(maxIdBytes)
const id = only(to, (value): value is string => value !== '')
const presence = record<Presence>({
  clock: number,
  name: text(maxNameBytes),
  role: text(maxRoleBytes),
  metadata: only(json(maxMetadataBytes), isObject),
  joinedAt: number,
  sessionId: id,
  founded: flag,
  links: list(id, maxLinks),
})
const texts = trailing(list(record<TextPart>({ key: text(maxKeyBytes), bytes }), maxTexts))
const withTexts = <T extends object>(codec: Codec<T>): Codec<T & WithTexts> => ({
  write: (encoder, value) => {
    codec.write(encoder, value)
    texts.write(encoder, value.texts)
  },
  read: decoder => {
    const value = codec.read(decoder)
    const parts = texts.read(decoder)
    return parts ? { ...value, texts: parts } : value
  },
})
const withStateVector = record({ stateVector: bytes })
const withUpdate = record({ update: bytes })
const nothing = record({})

/** One client's state, which is an object or null: what an honest peer sends of its own. */
const state = record({
  clients: only(number, (count): count is 1 => count === 1),
  client: number,
  clock: number,
  state: only(json(maxAppMessageBytes), (value): value is Metadata | null => value === null || isObject(value)),
})
const awareness: Codec<Bodies['awareness']> = {
  write: withUpdate.write,
  read: decoder => {
    const { update } = withUpdate.read(decoder)
    const content = decode(state, update)
    if (content === null) throw new RangeError('no state of one client')
    return { client: content.client, update }
  },
}

/** The numbers that a message begins with, 0 and 1 as in y-protocols, and how it goes on. */
const formats: { readonly [T in Type]: readonly [prefix: readonly number[], codec: Codec<Bodies[T]>] } = {
  'sync-step-1': [[0, 0], withTexts(withStateVector)],
  'sync-step-2': [[0, 1], withTexts(withUpdate)],
  update: [[0, 2], withTexts(withUpdate)],
  awareness: [[1], awareness],
  hello: [
    [16, protocolVersion],
    record<Hello>({
      peerId: id,
      writer: number,
      limits: record<HelloLimits>({
        maxValueBytes: number,
        maxKeys: number,
        maxTotalBytes: number,
        maxTextBytes: number,
      }),
      presence,
    }),
  ],
  'other-hello': [[16], record({ protocol: number })],
  check: [[17], withStateVector],
  ack: [[18], record({ clock: number })],
  presence: [[19], record({ presence })],
  app: [[20], record({ sequence: number, sentAt: number, data: json(maxAppMessageBytes) })],
  post: [[21], record({ from: id, to, hops: number, body: bytes })],
  ping: [[22], nothing],
  pong: [[23], nothing],
  bye: [[24], nothing],
}

/** In the order in which they are tried. */
const formatList = Object.entries(formats)

const message: Codec<PeerMessage> = {
  write: (encoder, { type, ...body }) => {
    const [prefix, codec] = formats[type]
    for (const tag of prefix) number.write(encoder, tag)
    // The body belongs to the type, and so to the codec of that type.
    codec.write(encoder, body as never)
  },
  read: decoder => {
    const tag = number.read(decoder)
    const { pos } = decoder
    for (const [type, [prefix, codec]] of formatList) {
      decoder.pos = pos
      if (prefix[0] !== tag || (prefix.length > 1 && number.read(decoder) !== prefix[1])) continue
      const body = codec.read(decoder)
      // Whatever else stands in the hello of another version.
      if (type === 'other-hello') decoder.pos = decoder.arr.length
      return { type, ...body } as PeerMessage
    }
    throw new RangeError('an unknown message')
  },
}

export const encodeMessage = (value: PeerMessage): Uint8Array => encode(message, value)

/** Null for what is malformed, of an unknown type, or over a limit. */
export const decodeMessage = (from: Uint8Array): PeerMessage | null => decode(message, from)

/** The type that the first bytes of a message name, whatever follows; null if they name none. */
export const typeOf = (from: Uint8Array): Type | null => {
  for (const [type, [prefix]] of formatList)
    // Each number is below 128, and so one byte.
    if (prefix.every((tag, index) => from[index] === tag)) return type as Type
  return null
}

/** A Yjs state vector as a map, null if it is none. */
export const readStateVector = (from: Uint8Array): ReadonlyMap<number, number> | null => {
  const pairs = decode(list(record({ writer: number, clock: number }), from.length), from)
  return pairs && new Map(pairs.map(({ writer, clock }) => [writer, clock]))
}
