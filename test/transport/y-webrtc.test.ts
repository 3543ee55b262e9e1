import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { TransportSession } from '../../src/transport/transport.js'
import { yWebrtc } from '../../src/transport/y-webrtc.js'
import { stubBrowserEvents } from './browser-events.js'
import { createFakeNetwork, joinRaw, mainServer, watchSockets, type FakeNetwork } from './fake-network.js'

let network: FakeNetwork
const sessions: TransportSession[] = []

beforeEach(() => {
  network = createFakeNetwork()
  vi.stubGlobal('WebSocket', network.signaling.WebSocket)
})
afterEach(async () => {
  for (const session of sessions.splice(0)) session.leave()
  await network.clock.advance(100)
  vi.unstubAllGlobals()
})

/** y-webrtc's own timers and keys take real time, its sockets that of the network. */
const untilTrue = (condition: () => boolean): Promise<void> =>
  vi.waitFor(async () => {
    await network.clock.advance(20)
    expect(condition()).toBe(true)
  }, 5000)

const join = (topic: string, peerId: string, signaling = [mainServer]) => {
  const told = { signaling: '', members: [] as readonly string[], dials: [] as string[], problems: [] as object[] }
  const { clock, random, webrtc } = network
  const session = yWebrtc().join(
    { topic, peerId, signaling, clock, random, RTCPeerConnection: webrtc.of(peerId) },
    {
      onLink: () => ({ onMessage: () => {}, onDrain: () => {}, onClose: () => {} }),
      onDial: (id, state) => told.dials.push(`${id} ${state}`),
      onSignaling: state => (told.signaling = state),
      onMembers: peerIds => (told.members = peerIds),
      onProblem: problem => told.problems.push(problem),
    },
  )
  sessions.push(session)
  return { told, session }
}

test('[LINK17] nothing that a server says throws, and what is not for us goes on to y-webrtc', async () => {
  const { told } = join('fake', 'a')
  await untilTrue(() => told.signaling === 'connected')
  for (const text of ['', '{', 'null', '[]', '{"type":5}', '{"type":"publish","topic":"fake"}', '{"type":"pong"}']) {
    network.signaling.say(mainServer, text)
  }
  const stray = { type: 'signal', from: 'x', to: 'a', token: 1, signal: { type: 'answer', sdp: '' } }
  for (const data of [stray, { ...stray, signal: null }, { type: 'announce' }, 'sealed', null]) {
    for (const topic of ['fake', 'other']) {
      network.signaling.say(mainServer, JSON.stringify({ type: 'publish', topic, data }))
    }
  }
  await network.clock.advance(100)
  expect(told.problems).toEqual([{ code: 'password-mismatch' }])
  const raw = await joinRaw(network, 'raw')
  await raw.publish({ type: 'announce', from: 'raw' })
  await untilTrue(() => told.dials.includes('raw connecting'))
})

test('[LINK7] [LINK8] rooms share the socket of a server, and the last one to leave closes it', async () => {
  const [one, two] = [join('one', 'a'), join('two', 'b')]
  await untilTrue(() => one.told.signaling === 'connected' && two.told.signaling === 'connected')
  expect(network.signaling.openSockets).toBe(1)
  one.session.disconnect()
  await network.clock.advance(100)
  expect([one.told.signaling, two.told.signaling]).toEqual(['disconnected', 'connected'])
  one.session.connect()
  await untilTrue(() => one.told.signaling === 'connected')
  expect(network.signaling.openSockets).toBe(1)
  two.session.leave()
  await network.clock.advance(100)
  expect(network.signaling.openSockets).toBe(1)
  one.session.leave()
  await network.clock.advance(100)
  expect(network.signaling.openSockets).toBe(0)
})

test('[LINK9] the members of a topic are told, also to a room that finds its server connected', async () => {
  join('one', 'a')
  await untilTrue(() => network.signaling.openSockets === 1)
  await network.clock.advance(200)
  const raw = await joinRaw(network, 'raw')
  const { told } = join('fake', 'b')
  await untilTrue(() => told.members.length === 1)
  expect(told.members).toEqual(['raw'])
  raw.socket.close()
  await untilTrue(() => told.members.length === 0)
})

test('[LINK16] an address that cannot be used leaves nothing behind, and the others are used', async () => {
  const { told } = join('fake', 'a', ['nowhere', 'ftp://nowhere', mainServer])
  await untilTrue(() => told.signaling === 'connected')
  expect(told.problems).toMatchObject([
    { code: 'signaling-failed', url: 'nowhere' },
    { code: 'signaling-failed', url: 'ftp://nowhere' },
  ])
  expect(network.signaling.openSockets).toBe(1)
})

test('[LINK34] when the browser says offline, a server that is not there any more is found out in 3 s, for every room', async () => {
  const browser = stubBrowserEvents()
  const rooms = [join('one', 'a'), join('two', 'b')]
  await untilTrue(() => rooms.every(({ told }) => told.signaling === 'connected'))
  const openedAt = watchSockets(network)
  browser.dispatch('offline')
  await network.clock.advance(10_000)
  expect(openedAt).toEqual([])
  network.signaling.silence(mainServer)
  browser.dispatch('offline')
  await network.clock.advance(2900)
  expect(rooms.map(({ told }) => told.signaling)).toEqual(['connected', 'connected'])
  await network.clock.advance(200)
  await untilTrue(() => rooms.every(({ told }) => told.signaling === 'connected'))
  expect(openedAt).toHaveLength(1)
  for (const session of sessions.splice(0)) session.leave()
  expect(browser.listeners).toBe(0)
  browser.restore()
})

test('[LINK13] [LINK36] to a server that was gone for a moment it comes back after a wait of its own', async () => {
  const { told } = join('fake', 'a')
  await untilTrue(() => told.signaling === 'connected')
  for (let round = 0; round < 5; round++) {
    const openedAt = watchSockets(network)
    const goneAt = network.clock.monotonic()
    network.signaling.setReachable(mainServer, false)
    network.signaling.setReachable(mainServer, true)
    expect(told.signaling).toBe('connecting')
    await untilTrue(() => told.signaling === 'connected')
    const waitedMs = (openedAt[0] ?? 0) - goneAt
    expect(waitedMs).toBeGreaterThanOrEqual(250)
    expect(waitedMs).toBeLessThan(500)
  }
})
