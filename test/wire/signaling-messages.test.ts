import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seedFor } from '../../signaling/test/support/seed.js'
import {
  encodeClientMessage,
  encodeServerMessage,
  maxPeerIdLength,
  maxPeersPerFrame,
  maxTopicLength,
  maxTopicsPerFrame,
  parseClientMessage,
  parsePeerPayload,
  parseServerMessage,
  type ClientMessage,
  type PeerPayload,
  type ServerMessage,
} from '../../src/wire/signaling-messages.js'

const clientMessages: ClientMessage[] = [
  { type: 'subscribe', topics: ['room', 'other'] },
  { type: 'subscribe', topics: [] },
  { type: 'subscribe', topics: ['room'], peer: 'a' },
  { type: 'unsubscribe', topics: ['room'] },
  { type: 'publish', topic: 'room', data: { any: ['thing', null] } },
  { type: 'publish', topic: 'room', data: 'c2VjcmV0', to: 'b' },
  { type: 'ping' },
]

const serverMessages: ServerMessage[] = [
  { type: 'publish', topic: 'room', data: { type: 'announce', from: 'a' } },
  { type: 'publish', topic: 'room', data: 'c2VjcmV0', clients: 3 },
  { type: 'members', topic: 'room', peers: ['a', 'b'], plain: 2 },
  { type: 'joined', topic: 'room', peer: 'a' },
  { type: 'left', topic: 'room', peer: 'a' },
  { type: 'pong' },
]

const payloads: PeerPayload[] = [
  { type: 'announce', from: 'a' },
  { type: 'announce', from: 'a', to: 'b', transport: 'webrtc', protocol: 1 },
  { type: 'signal', from: 'a', to: 'b', token: 1.5, signal: { type: 'offer', sdp: 'v=0' } },
  { type: 'signal', from: 'a', to: 'b', token: 1.5, signal: { type: 'answer', sdp: 'v=0' } },
  {
    type: 'signal',
    from: 'a',
    to: 'b',
    token: 1.5,
    signal: { type: 'candidate', candidate: { candidate: 'candidate:1', sdpMLineIndex: 0, sdpMid: '0' } },
  },
  { type: 'signal', from: 'a', to: 'b', token: 1.5, signal: { type: 'candidate', candidate: { candidate: '' } } },
  { type: 'announce', from: 'a', alone: true },
  {
    type: 'signal',
    from: 'a',
    to: 'b',
    token: 1,
    epoch: 2,
    of: 0,
    alone: true,
    signal: { type: 'hangup', full: true },
  },
]

const parsers = { parseClientMessage, parseServerMessage }

describe('[SIG1] a frame is a JSON object with a type', () => {
  test.each(clientMessages)('[SIG1] the client message %j comes back as it was', message => {
    expect(parseClientMessage(encodeClientMessage(message))).toEqual(message)
  })

  test.each(serverMessages)('[SIG1] the server message %j comes back as it was', message => {
    expect(parseServerMessage(encodeServerMessage(message))).toEqual(message)
  })

  test('[SIG1] fields that the reader does not know are left behind', () => {
    expect(parseClientMessage('{"type":"ping","topic":"room","__proto__":{"peer":"x"}}')).toEqual({ type: 'ping' })
    expect(parseServerMessage('{"type":"pong","clients":1}')).toEqual({ type: 'pong' })
  })

  test.each(['', 'hello', '{', '[]', '5', 'null', '"ping"', '[{"type":"ping"}]', '{}', '{"type":5}', '{"type":null}'])(
    '[SIG1] %j is malformed for both sides',
    text => {
      for (const parse of Object.values(parsers)) expect(parse(text)).toBeNull()
    },
  )

  test('[SIG1] nothing makes a reader throw', () => {
    const fields = ['type', 'topics', 'topic', 'peer', 'peers', 'plain', 'to', 'from', 'data', 'signal', 'candidate']
    const types = ['subscribe', 'unsubscribe', 'publish', 'members', 'joined', 'announce', 'offer', '__proto__']
    const word = fc.constantFrom(...fields, ...types)
    const json = fc.object({ key: word, values: [word, fc.integer(), fc.constant(null), fc.boolean()], maxDepth: 4 })
    fc.assert(
      fc.property(fc.oneof(json, fc.anything()), value => {
        parsePeerPayload(value)
        for (const parse of Object.values(parsers)) {
          parse(value)
          parse(fc.stringify(value))
          // JSON.stringify may refuse what is no JSON at all; the reader then gets its text.
          parse(JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? String(part) : part)))
        }
      }),
      { numRuns: 1000, seed: seedFor('test/wire/signaling-messages.test.ts') },
    )
  })

  test('[SIG1] text that is nested deeper than the stack is long is read or refused, not thrown at', () => {
    const deep = `{"type":"publish","topic":"room","data":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
    for (const parse of Object.values(parsers)) expect(() => parse(deep)).not.toThrow()
  })
})

describe('[SIG2] lengths are bounded', () => {
  const topic = 't'.repeat(maxTopicLength)
  const peer = 'p'.repeat(maxPeerIdLength)

  test('[SIG2] the bounds themselves are allowed', () => {
    const topics = Array.from({ length: maxTopicsPerFrame }, () => topic)
    const subscribe: ClientMessage = { type: 'subscribe', topics, peer }
    expect(parseClientMessage(encodeClientMessage(subscribe))).toEqual(subscribe)
    const peers = Array.from({ length: maxPeersPerFrame }, () => peer)
    const members: ServerMessage = { type: 'members', topic, peers, plain: 0 }
    expect(parseServerMessage(encodeServerMessage(members))).toEqual(members)
  })

  test.each([
    { type: 'subscribe', topics: [`${topic}t`] },
    { type: 'subscribe', topics: ['room', ''] },
    { type: 'subscribe', topics: ['room', 5] },
    { type: 'subscribe', topics: Array.from({ length: maxTopicsPerFrame + 1 }, () => 'room') },
    { type: 'subscribe', topics: ['room'], peer: `${peer}p` },
    { type: 'subscribe', topics: ['room'], peer: '' },
    { type: 'subscribe', topics: ['room'], peer: null },
    { type: 'subscribe', topics: 'room' },
    { type: 'subscribe', topics: 5 },
    { type: 'subscribe' },
    { type: 'unsubscribe', topics: { 0: 'room', length: 1 } },
    { type: 'publish', topic: '', data: 1 },
    { type: 'publish', topic: ['room'], data: 1 },
    { type: 'publish', topic: `${topic}t`, data: 1 },
    { type: 'publish', topic: 'room', data: 1, to: 7 },
    { type: 'publish', topic: 'room', data: 1, to: `${peer}p` },
  ])('[SIG2] the client frame %j is malformed', raw => {
    expect(parseClientMessage(JSON.stringify(raw))).toBeNull()
  })

  test.each([
    { type: 'publish', topic: '', data: 1 },
    { type: 'publish', topic: 'room', data: 1, clients: -1 },
    { type: 'publish', topic: 'room', data: 1, clients: '2' },
    { type: 'members', topic: 'room', peers: ['a', ''], plain: 0 },
    { type: 'members', topic: 'room', peers: Array.from({ length: maxPeersPerFrame + 1 }, () => 'a'), plain: 0 },
    { type: 'members', topic: 'room', peers: ['a'] },
    { type: 'members', topic: 'room', peers: ['a'], plain: 0.5 },
    { type: 'joined', topic: 'room' },
    { type: 'left', topic: 'room', peer: `${peer}p` },
    { type: 'left', peer: 'a' },
  ])('[SIG2] the server frame %j is malformed', raw => {
    expect(parseServerMessage(JSON.stringify(raw))).toBeNull()
  })
})

test('[SIG3] an object of another type is unknown, not malformed', () => {
  for (const parse of Object.values(parsers)) expect(parse('{"type":"hello","topics":5}')).toEqual({ type: 'unknown' })
  expect(parseClientMessage('{"type":"members"}')).toEqual({ type: 'unknown' })
  expect(parseServerMessage('{"type":"subscribe"}')).toEqual({ type: 'unknown' })
})

describe('[SIG4] what peers tell each other', () => {
  test.each(payloads)('[SIG4] %j comes back as it was', payload => {
    expect(parsePeerPayload(JSON.parse(JSON.stringify(payload)))).toEqual(payload)
  })

  test('[SIG4] what only we add is left out when it cannot be used', () => {
    const odd = { type: 'announce', from: 'a', transport: 'x'.repeat(65), protocol: -1, alone: 'yes', extra: true }
    expect(parsePeerPayload(odd)).toEqual({ type: 'announce', from: 'a' })
    const signal = { type: 'offer', sdp: 'v=0' }
    const oddSignal = {
      type: 'signal',
      from: 'a',
      to: 'b',
      token: 1,
      signal: { ...signal, extra: 1 },
      epoch: 'one',
      of: null,
      alone: 1,
    }
    expect(parsePeerPayload(oddSignal)).toEqual({ type: 'signal', from: 'a', to: 'b', token: 1, signal })
  })

  test('[SIG4] the parts of a candidate that are of the wrong shape are left out', () => {
    const candidate = { candidate: 'candidate:1', sdpMLineIndex: '0', sdpMid: null, usernameFragment: 'u', foo: 1 }
    const read = parsePeerPayload({
      type: 'signal',
      from: 'a',
      to: 'b',
      token: 1,
      signal: { type: 'candidate', candidate },
    })
    expect(read).toMatchObject({ signal: { candidate: { candidate: 'candidate:1', usernameFragment: 'u' } } })
    expect(read).not.toMatchObject({ signal: { candidate: { sdpMid: null } } })
  })

  const offer = { type: 'offer', sdp: 'v=0' }
  test.each([
    null,
    'announce',
    [],
    { type: 'announce' },
    { type: 'announce', from: 5 },
    { type: 'announce', from: '' },
    { type: 'announce', from: 'a', to: 5 },
    { type: 'hello', from: 'a' },
    { type: 'signal', from: 'a', token: 1, signal: offer },
    { type: 'signal', from: 'a', to: 'b', signal: offer },
    { type: 'signal', from: 'a', to: 'b', token: '1', signal: offer },
    { type: 'signal', from: 'a', to: 'b', token: 1 },
    { type: 'signal', from: 'a', to: 'b', token: 1, signal: { type: 'offer' } },
    { type: 'signal', from: 'a', to: 'b', token: 1, signal: { type: 'candidate' } },
    { type: 'signal', from: 'a', to: 'b', token: 1, signal: { type: 'candidate', candidate: { candidate: 1 } } },
    { type: 'signal', from: 'a', to: 'b', token: 1, signal: { type: 'renegotiate', renegotiate: true } },
    { type: 'signal', from: 'a', to: 'b', token: 1, signal: { type: 'transceiverRequest', transceiverRequest: {} } },
  ])('[SIG4] %j is none', data => {
    expect(parsePeerPayload(data)).toBeNull()
  })
})
