import { expect, test, vi } from 'vitest'
import type { Room } from 'y-webrtc'
import type { Connection, ConnectionEnd } from '../../src/transport/connection.js'
import { openSimplePeerConnection } from '../../src/transport/simple-peer-connection.js'
import type { PeerSignal } from '../../src/transport/topic.js'
import { createManualClock, settlePromises } from '../support/manual-clock.js'

/** As much of WebRTC as simple-peer needs to make an offer. */
class SilentConnection {
  static made: SilentConnection[] = []
  readonly channel = Object.assign(new EventTarget(), { close: vi.fn(), readyState: 'connecting' })
  readonly taken: unknown[] = []
  localDescription: unknown = null
  iceConnectionState = 'new'
  close = vi.fn()
  constructor() {
    SilentConnection.made.push(this)
  }
  createDataChannel = () => this.channel
  createOffer = async () => ({ type: 'offer', sdp: 'our offer' })
  setLocalDescription = async (description: unknown) => {
    this.localDescription = description
  }
  setRemoteDescription = async (description: unknown) => {
    this.taken.push(description)
  }
}

const AsItIs = function (init: object): object {
  return init
}

const open = (isPolite: boolean, remoteEpoch?: number) => {
  const wrtc = { RTCPeerConnection: SilentConnection, RTCSessionDescription: AsItIs, RTCIceCandidate: AsItIs }
  const peerOpts = { wrtc, channelConfig: { negotiated: true, id: 0 } }
  const room = { name: 't', peerId: 'a', key: null, webrtcConns: new Map(), provider: { peerOpts } } as unknown as Room
  const published: unknown[] = []
  const ends: ConnectionEnd[] = []
  const options = { peerId: 'b', epoch: 1, remoteEpoch, isPolite, isAlone: false, clock: createManualClock() }
  const connection: Connection = openSimplePeerConnection(
    room,
    { ...options, send: () => {}, relay: data => published.push(data) },
    { onOpen: () => ({ onMessage: () => {}, onDrain: () => {}, onClose: () => {} }), onEnd: end => ends.push(end) },
  )
  return { connection, published, ends, room, native: SilentConnection.made.at(-1) }
}

const offer = (epoch: number): PeerSignal => ({ epoch, signal: { type: 'offer', sdp: 'theirs' } })
const answer = (epoch: number): PeerSignal => ({ epoch, signal: { type: 'answer', sdp: 'theirs' } })
const candidate = (epoch: number): PeerSignal => ({
  epoch,
  signal: { type: 'candidate', candidate: { candidate: '' } },
})

test('[LINK26] [LINK30] of two offers that cross, the whole connection of the polite side yields, the other is repeated', async () => {
  expect(open(true).connection.judge(offer(5))).toBe('newer')
  const { connection, published } = open(false)
  await vi.waitFor(() => expect(published).toHaveLength(1))
  expect(connection.judge(offer(5))).toBe('crossed')
  connection.repeatOffer()
  expect(published[1]).toEqual(published[0])
  expect(published[0]).toMatchObject({
    to: 'b',
    from: 'a',
    type: 'signal',
    signal: { type: 'offer', sdp: 'our offer' },
  })
})

test('[LINK25] [LINK30] the token of y-webrtc tells the signals of one connection from those of another', () => {
  const { connection } = open(false)
  expect(connection.judge(candidate(5))).toBe('stale')
  expect(connection.judge(answer(5))).toBe('own')
  connection.receive(answer(5))
  expect(connection.isAnswered).toBe(true)
  expect(connection.judge(answer(5))).toBe('stale')
  expect(connection.judge(candidate(5))).toBe('own')
  expect(connection.judge(candidate(4))).toBe('stale')
  expect(connection.judge(offer(5))).toBe('stale')
  expect(connection.judge(offer(4.9))).toBe('stale')
  expect(connection.judge(offer(5.1))).toBe('newer')
})

test('[LINK25] the side that answers takes the offer that it was made for, once', () => {
  const { connection, native } = open(true, 5)
  connection.receive(offer(5))
  expect(native?.taken).toEqual([{ type: 'offer', sdp: 'theirs' }])
  expect(connection.judge(offer(5))).toBe('stale')
})

test('[LINK7] closing takes simple-peer and its entry away, and tells the end once', async () => {
  const { connection, room, native, ends } = open(false)
  expect(room.webrtcConns.size).toBe(1)
  connection.close()
  connection.close()
  await settlePromises()
  expect(room.webrtcConns.size).toBe(0)
  expect(native?.close).toHaveBeenCalledOnce()
  expect(ends).toEqual(['unopened'])
})

test('[LINK23] a browser that makes no connection makes it throw, and nothing is thrown later', async () => {
  const refusing = function (): void {
    throw new Error('Cannot create so many PeerConnections')
  }
  const wrtc = { RTCPeerConnection: refusing, RTCSessionDescription: AsItIs, RTCIceCandidate: AsItIs }
  const room = { key: null, webrtcConns: new Map(), provider: { peerOpts: { wrtc } } } as unknown as Room
  const options = { peerId: 'b', epoch: 1, remoteEpoch: undefined, isPolite: true, isAlone: false }
  const listener = { onOpen: () => ({ onMessage: () => {}, onDrain: () => {}, onClose: () => {} }), onEnd: () => {} }
  const all = { ...options, clock: createManualClock(), send: () => {}, relay: () => {} }
  expect(() => openSimplePeerConnection(room, all, listener)).toThrow('no data channel')
  await settlePromises()
  expect(room.webrtcConns.size).toBe(0)
})
