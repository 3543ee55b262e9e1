import { expect, test } from 'vitest'
import { webrtc } from '../../src/transport/webrtc.js'
import { createManualClock, settlePromises } from '../support/manual-clock.js'
import {
  createFakeNetwork,
  isFullMesh,
  joinAll,
  joinRaw,
  mainServer,
  offersFrom,
  payloadsFrom,
  unheard,
} from './fake-network.js'

for (const isOurs of [true, false]) {
  const kind = isOurs ? 'our server' : 'a server like that of y-webrtc'

  test(`[LINK18] a newcomer is dialled by each who hears it, once, over ${kind}`, async () => {
    const network = createFakeNetwork({ isOurs })
    const peers = await joinAll(network, 'c', 'a', 'b')
    await network.clock.advance(10_000)
    expect(isFullMesh(peers)).toBe(true)
    expect(network.webrtc.made).toBe(6)
    expect(await unheard(network, peers)).toEqual([])
    for (const peer of peers) {
      expect(payloadsFrom(network, peer.id)[0]).toMatchObject({ type: 'announce', transport: 'webrtc' })
    }
  })
}

test('[LINK18] who was there before and does not dial is dialled some 1.5 s later', async () => {
  const network = createFakeNetwork()
  await joinRaw(network, 'mute')
  network.join('a')
  await network.clock.advance(700)
  expect(offersFrom(network, 'a')).toEqual([])
  await network.clock.advance(1700)
  expect(offersFrom(network, 'a')).toMatchObject([{ to: 'mute' }])
})

test('[LINK19] a signal goes to its addressee alone where the server can do that, to all where it cannot', async () => {
  for (const isOurs of [true, false]) {
    const network = createFakeNetwork({ isOurs })
    await joinAll(network, 'a', 'b', 'c')
    const signals = network.signaling.sent.flatMap(each => (each.type === 'publish' ? [each] : []))
    const directed = signals.filter(({ to }) => to !== undefined)
    expect(directed.length > 0).toBe(isOurs)
    if (isOurs) expect(signals.length - directed.length).toBe(3) // the announces
  }
})

test('[LINK19] with two servers each signal goes over one of them', async () => {
  const network = createFakeNetwork()
  const signaling = ['ws://one', 'ws://two']
  const a = network.join('a', { signaling })
  await network.clock.advance(1000)
  const peers = [a, network.join('b', { signaling })]
  await network.clock.advance(3000)
  expect(isFullMesh(peers)).toBe(true)
  const signals = ['a', 'b'].flatMap(id => payloadsFrom(network, id).filter(({ type }) => type === 'signal'))
  expect(signals.length).toBe(new Set(signals.map(signal => JSON.stringify(signal))).size)
})

test('[LINK9] members are those of all servers together; a server that tells none adds none', async () => {
  const network = createFakeNetwork()
  const a = network.join('a', { signaling: ['ws://one', 'ws://two'] })
  network.join('b', { signaling: ['ws://one'] })
  network.join('c', { signaling: ['ws://two'] })
  await network.clock.advance(500)
  expect(a.members?.toSorted()).toEqual(['b', 'c'])
  network.signaling.setReachable('ws://two', false)
  await network.clock.advance(500)
  expect(a.members).toEqual(['b'])

  const plain = createFakeNetwork({ isOurs: false })
  const [alone] = await joinAll(plain, 'a')
  expect(alone.members).toBeNull()
  expect(alone.signaling).toBe('connected')
})

test('[LINK20] a peer that has left is not dialled, and its open link stays', async () => {
  const network = createFakeNetwork()
  const [a, b] = await joinAll(network, 'a', 'b')
  network.signaling.lose(message => message.type === 'publish')
  b.session.leave()
  await network.clock.advance(60_000)
  expect(offersFrom(network, 'a').filter(({ of }) => of === undefined)).toHaveLength(1)

  // This one leaves signaling, as far as the server can tell, and nothing else.
  const c = network.join('c', { signaling: [mainServer, 'ws://other'] })
  network.signaling.lose(null)
  await network.clock.advance(3000)
  expect(a.links.has('c')).toBe(true)
  network.signaling.setReachable(mainServer, false)
  await network.clock.advance(5000)
  network.signaling.setReachable(mainServer, true)
  await network.clock.advance(5000)
  expect([a.linksMade('c'), c.linksMade('a')]).toEqual([1, 1])
})

test('[LINK20] an unanswered dial ends when its peer leaves', async () => {
  const network = createFakeNetwork()
  const mute = await joinRaw(network, 'mute')
  const a = network.join('a')
  await network.clock.advance(3000)
  mute.socket.close()
  await network.clock.advance(50)
  expect(a.dials).toEqual([
    { peerId: 'mute', state: 'connecting' },
    { peerId: 'mute', state: 'closed' },
  ])
  expect(network.webrtc.openConnections).toBe(0)
})

test('[LINK21] where nobody tells who is there, a peer that never answers is given up after five dials', async () => {
  const network = createFakeNetwork({ isOurs: false })
  network.join('a')
  const ghost = await joinRaw(network, 'ghost')
  await ghost.publish({ type: 'announce', from: 'ghost', transport: 'webrtc' })
  await network.clock.advance(600_000)
  expect(offersFrom(network, 'a')).toHaveLength(5)
  await ghost.publish({ type: 'announce', from: 'ghost', transport: 'webrtc' })
  await network.clock.advance(1000)
  expect(offersFrom(network, 'a')).toHaveLength(6)
})

test('[LINK22] a dial ends after 10 s, and waits from 0.5 s up to 30 s, with jitter, until the next', async () => {
  const network = createFakeNetwork()
  await joinRaw(network, 'mute')
  const a = network.join('a')
  const startedAt: number[] = []
  const endedAt: number[] = []
  for (let ms = 0; ms < 400_000; ms += 50) {
    await network.clock.advance(50)
    const ended = a.dials.filter(({ state }) => state === 'closed').length
    if (ended > endedAt.length) endedAt.push(ms)
    if (a.dials.length - ended > startedAt.length) startedAt.push(ms)
  }
  const dialled = endedAt.map((end, at) => end - (startedAt[at] ?? 0))
  for (const ms of dialled) expect(Math.abs(ms - 10_000)).toBeLessThan(100)
  const waits = startedAt.slice(1).map((start, at) => start - (endedAt[at] ?? 0))
  waits.slice(0, 9).forEach((ms, at) => {
    const middle = Math.min(30_000, 500 * 2 ** at)
    expect(ms).toBeGreaterThan(middle * 0.5 - 100)
    expect(ms).toBeLessThan(middle * 1.5 + 100)
  })
  expect(new Set(waits.slice(-4)).size).toBe(4)
})

test('[LINK22] connect() dials at once whoever waits for a backoff', async () => {
  const network = createFakeNetwork()
  await joinRaw(network, 'mute')
  const a = network.join('a')
  await network.clock.advance(120_000)
  const before = offersFrom(network, 'a').length
  a.session.connect()
  await network.clock.advance(50)
  expect(offersFrom(network, 'a')).toHaveLength(before + 1)
})

test('[LINK22] connect() begins anew a dial that is under way', async () => {
  const network = createFakeNetwork()
  await joinRaw(network, 'mute')
  const a = network.join('a')
  await network.clock.advance(4000)
  expect(offersFrom(network, 'a')).toHaveLength(1)
  a.session.connect()
  await network.clock.advance(50)
  expect(offersFrom(network, 'a').map(({ epoch }) => epoch)).toEqual([1, 2])
  expect(network.webrtc.openConnections).toBe(1)
})

test('[LINK23] a browser that refuses to make a connection is told, and asked again', async () => {
  const network = createFakeNetwork()
  await joinRaw(network, 'mute')
  network.webrtc.setRefusing('a', true)
  const a = network.join('a')
  await network.clock.advance(3000)
  const reason = 'Error: Cannot create so many PeerConnections'
  expect(a.problems[0]).toEqual({ code: 'connection-failed', peerId: 'mute', reason })
  expect(a.dials).toEqual([])
  network.webrtc.setRefusing('a', false)
  await network.clock.advance(5000)
  expect(offersFrom(network, 'a')).toHaveLength(1)
})

test('[LINK6] a dropped peer is not dialled, and not heard when it dials', async () => {
  const network = createFakeNetwork()
  const [a, b] = await joinAll(network, 'a', 'b')
  const offers = offersFrom(network, 'a').length
  a.session.drop('b')
  expect(a.links.size).toBe(0)
  b.session.connect()
  await network.clock.advance(120_000)
  expect([a.linksMade('b'), b.linksMade('a')]).toEqual([1, 1])
  expect(offersFrom(network, 'a')).toHaveLength(offers)
  a.session.disconnect()
  a.session.connect()
  await network.clock.advance(5000)
  expect(a.linksMade('b')).toBe(1)
})

test('[LINK7] leaving leaves no timer, no socket and no connection, whatever was under way', async () => {
  const network = createFakeNetwork()
  const peers = await joinAll(network, 'a', 'b', 'c')
  await joinRaw(network, 'mute', 'ws://other').then(({ socket }) => socket.close())
  peers.push(network.join('d'), network.join('e', { signaling: ['ws://down'] }))
  network.signaling.setReachable('ws://down', false)
  await network.clock.advance(15)
  for (const peer of peers) peer.session.leave()
  const told = peers.map(peer => JSON.stringify([peer.dials, peer.members, peer.signaling, peer.links.size]))
  await settlePromises()
  await network.clock.advance(50)
  expect(network.signaling.openSockets).toBe(0)
  expect(network.webrtc.openConnections).toBe(0)
  expect(network.clock.timers).toBe(0)
  expect(peers.map(peer => JSON.stringify([peer.dials, peer.members, peer.signaling, peer.links.size]))).toEqual(told)
})

test('[LINK7] [LINK10] nothing is told before join has returned, nor after leaving in the same turn', async () => {
  const clock = createManualClock()
  const told: string[] = []
  const session = webrtc().join(
    { topic: 't', peerId: 'a', signaling: ['not an address'], clock, random: () => 0.5 },
    {
      onLink: () => ({ onMessage: () => {}, onDrain: () => {}, onClose: () => {} }),
      onDial: () => told.push('dial'),
      onSignaling: () => told.push('signaling'),
      onMembers: () => told.push('members'),
      onProblem: () => told.push('problem'),
    },
  )
  expect(told).toEqual([])
  session.leave()
  await settlePromises()
  expect(told).toEqual([])
  expect(clock.timers).toBe(0)
})
