import fc from 'fast-check'
import * as encoding from 'lib0/encoding'
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness'
import * as syncProtocol from 'y-protocols/sync'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import {
  decodeMessage,
  encodeMessage,
  maxAppMessageBytes,
  maxMetadataBytes,
  readStateVector,
  typeOf,
  type PeerMessage,
  type Presence,
} from '../../src/wire/peer-messages.js'

const presence: Presence = {
  clock: 3,
  name: 'Ana',
  role: 'host',
  metadata: { handRaised: true, tags: ['a', 'b'] },
  joinedAt: 1_760_000_000_000,
  sessionId: '0mh5x0000-abc',
  founded: true,
  links: ['bo', 'cy'],
}
const hello = {
  type: 'hello',
  peerId: 'ana',
  writer: 2 ** 31 - 1,
  limits: { maxValueBytes: 1024, maxKeys: 100, maxTotalBytes: 65_536, maxTextBytes: 16_384 },
  presence,
} as const
const awareness = (state: unknown, client = 7) => {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, 1)
  encoding.writeVarUint(encoder, client)
  encoding.writeVarUint(encoder, 4)
  encoding.writeVarString(encoder, JSON.stringify(state))
  return encoding.toUint8Array(encoder)
}

const messages: PeerMessage[] = [
  { type: 'sync-step-1', stateVector: Uint8Array.of(0) },
  { type: 'sync-step-2', update: Uint8Array.of(1, 2, 3) },
  { type: 'update', update: Uint8Array.of(0, 0) },
  { type: 'sync-step-1', stateVector: Uint8Array.of(0), texts: [{ key: 'notes', bytes: Uint8Array.of(0) }] },
  { type: 'sync-step-2', update: Uint8Array.of(1, 2, 3), texts: [{ key: 'notes', bytes: Uint8Array.of(0, 0) }] },
  {
    type: 'update',
    update: Uint8Array.of(0, 0),
    texts: [
      { key: 'notes', bytes: Uint8Array.of(0, 0) },
      { key: 'ünï', bytes: new Uint8Array() },
    ],
  },
  { type: 'check', stateVector: Uint8Array.of(1, 7, 2) },
  { type: 'awareness', client: 7, update: awareness({ cursor: 1 }) },
  { type: 'awareness', client: 7, update: awareness(null) },
  hello,
  { type: 'ack', clock: 12 },
  { type: 'presence', presence },
  { type: 'app', sequence: 5, sentAt: 1_760_000_000_000, data: { body: 'hi', ünï: [1, null] } },
  { type: 'post', from: 'ana', to: '', hops: 16, body: Uint8Array.of(18, 1) },
  { type: 'post', from: 'ana', to: 'bo', hops: 1, body: new Uint8Array() },
  { type: 'ping' },
  { type: 'pong' },
  { type: 'bye' },
]

test.each(messages.map(message => [message.type, message] as const))(
  '[WIRE2] %s is read as it was written',
  (_, message) => {
    expect(decodeMessage(encodeMessage(message))).toEqual(message)
    expect(typeOf(encodeMessage(message))).toBe(message.type)
  },
)

test('[WIRE2] the types are those of the table', () => {
  expect(messages.map(message => encodeMessage(message)[0])).toEqual([
    0, 0, 0, 0, 0, 0, 17, 1, 1, 16, 18, 19, 20, 21, 21, 22, 23, 24,
  ])
})

test('[WIRE2] sync and awareness are what y-protocols writes', () => {
  const doc = new Y.Doc()
  doc.getMap('m').set('a', 1)
  const theirs = (write: (encoder: encoding.Encoder) => void) => {
    const encoder = encoding.createEncoder()
    encoding.writeVarUint(encoder, 0)
    write(encoder)
    return encoding.toUint8Array(encoder)
  }
  const stateVector = Y.encodeStateVector(doc)
  const update = Y.encodeStateAsUpdate(doc)
  expect(encodeMessage({ type: 'sync-step-1', stateVector })).toEqual(theirs(e => syncProtocol.writeSyncStep1(e, doc)))
  expect(encodeMessage({ type: 'sync-step-2', update })).toEqual(theirs(e => syncProtocol.writeSyncStep2(e, doc)))
  expect(encodeMessage({ type: 'update', update })).toEqual(theirs(e => syncProtocol.writeUpdate(e, update)))
  const states = new Awareness(doc)
  states.setLocalState({ name: 'Ana' })
  const own = encodeAwarenessUpdate(states, [doc.clientID])
  states.destroy()
  expect(decodeMessage(encodeMessage({ type: 'awareness', client: doc.clientID, update: own }))).toEqual({
    type: 'awareness',
    client: doc.clientID,
    update: own,
  })
})

test('[WIRE3] no bytes at all make the reader throw', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), bytes => void decodeMessage(bytes)))
  const changed = fc.tuple(fc.constantFrom(...messages), fc.nat(), fc.nat(255)).map(([message, at, to]) => {
    const bytes = encodeMessage(message)
    bytes[at % bytes.length] = to
    return bytes
  })
  fc.assert(fc.property(changed, bytes => void decodeMessage(bytes)))
})

test('[WIRE3] every message that is cut short, or goes on too long, is none', () => {
  for (const message of messages) {
    const bytes = encodeMessage(message)
    for (let length = 0; length < bytes.length; length++) {
      const read = decodeMessage(bytes.subarray(0, length))
      // What has texts would be whole without them.
      if (read && 'texts' in message) expect(encodeMessage(read)).toHaveLength(length)
      else expect(read).toBeNull()
    }
    expect(decodeMessage(Uint8Array.from([...bytes, 0]))).toBeNull()
  }
})

test.each([
  ['an id without characters', { ...hello, peerId: '' }],
  ['an id over 64 characters', { ...hello, peerId: 'x'.repeat(65) }],
  ['a name over 256 bytes', { ...hello, presence: { ...presence, name: 'ü'.repeat(140) } }],
  ['metadata over 4 KB', { ...hello, presence: { ...presence, metadata: { a: 'x'.repeat(maxMetadataBytes) } } }],
  ['metadata that is no object', { ...hello, presence: { ...presence, metadata: [] as never } }],
  ['a session id without characters', { ...hello, presence: { ...presence, sessionId: '' } }],
  ['a link to nobody', { ...hello, presence: { ...presence, links: [''] } }],
  ['an app message over 16 KB', { type: 'app', sequence: 1, sentAt: 0, data: 'x'.repeat(maxAppMessageBytes) }],
  ['an awareness state over 16 KB', { type: 'awareness', client: 7, update: awareness({ a: 'x'.repeat(16_384) }) }],
  ['an awareness state that is no object', { type: 'awareness', client: 7, update: awareness('text') }],
  ['an awareness state of nobody', { type: 'awareness', client: 7, update: Uint8Array.of(0) }],
  [
    'a text of a key over 128 bytes',
    { type: 'update', update: new Uint8Array(), texts: [{ key: 'ü'.repeat(65), bytes: new Uint8Array() }] },
  ],
  ['an unknown type', { type: 'post', from: 'a', to: '', hops: 300, body: new Uint8Array() }],
] as const)('[WIRE3] %s is no message', (_, message) => {
  const bytes = encodeMessage(message)
  if (message.type === 'post') bytes[0] = 99
  expect(decodeMessage(bytes)).toBeNull()
})

test('[WIRE3] an awareness update with two clients is no message', () => {
  const [one, two] = [new Awareness(new Y.Doc()), new Awareness(new Y.Doc())]
  one.setLocalState({})
  one.states.set(two.clientID, {})
  one.meta.set(two.clientID, { clock: 1, lastUpdated: 0 })
  const update = encodeAwarenessUpdate(one, [one.clientID, two.clientID])
  one.destroy()
  two.destroy()
  expect(decodeMessage(encodeMessage({ type: 'awareness', client: 7, update }))).toBeNull()
})

test('[WIRE5] of a hello of another version only the version is read', () => {
  const bytes = encodeMessage({ type: 'other-hello', protocol: 3 })
  expect(decodeMessage(bytes)).toEqual({ type: 'other-hello', protocol: 3 })
  expect(decodeMessage(Uint8Array.from([...bytes, 1, 2, 3]))).toEqual({ type: 'other-hello', protocol: 3 })
  expect(encodeMessage(hello).subarray(0, 2)).toEqual(Uint8Array.of(16, 2))
})

test('[WIRE3] a state vector is read as Yjs writes it, and nothing else is', () => {
  const vector = new Map([
    [7, 12],
    [2 ** 31 - 1, 1],
  ])
  expect(readStateVector(Y.encodeStateVector(vector))).toEqual(vector)
  expect(readStateVector(Uint8Array.of(2, 1, 1))).toBeNull()
  expect(readStateVector(new Uint8Array())).toBeNull()
})
