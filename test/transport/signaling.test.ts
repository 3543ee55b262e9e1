import { afterEach, beforeEach, expect, test } from 'vitest'
import { stubBrowserEvents, type BrowserEvents } from './browser-events.js'
import { createFakeNetwork, isFullMesh, joinAll, joinRaw, mainServer, watchSockets } from './fake-network.js'

test('[LINK13] a server that is gone is tried after 0.5 s, 1 s and so on to 15 s, with jitter', async () => {
  const network = createFakeNetwork()
  const openedAt = watchSockets(network)
  const a = network.join('a')
  await network.clock.advance(1000)
  expect(a.signaling).toBe('connected')
  network.signaling.setReachable(mainServer, false)
  expect(a.signaling).toBe('connecting')
  await network.clock.advance(300_000)
  const waits = openedAt.slice(2).map((at, index) => at - (openedAt[index + 1] ?? 0))
  expect(waits.length).toBeGreaterThan(20)
  waits.forEach((ms, index) => {
    const longest = Math.min(15_000, 500 * 2 ** (index + 1))
    expect(ms).toBeGreaterThan(longest / 2)
    expect(ms).toBeLessThan(longest + 20)
  })
  const late = waits.slice(-10)
  expect(Math.max(...late) - Math.min(...late)).toBeGreaterThan(2000)
  network.signaling.setReachable(mainServer, true)
  await network.clock.advance(15_100)
  expect(a.signaling).toBe('connected')

  // It was there: the waits are short again.
  network.signaling.setReachable(mainServer, false)
  network.signaling.setReachable(mainServer, true)
  await network.clock.advance(600)
  expect(a.signaling).toBe('connected')
})

let browser: BrowserEvents
beforeEach(() => {
  browser = stubBrowserEvents()
})
afterEach(() => browser.restore())

test('[LINK13] [LINK22] the browser coming back online ends every wait; after leaving nobody listens to it', async () => {
  const network = createFakeNetwork()
  const [a, b] = await joinAll(network, 'a', 'b')
  network.signaling.setReachable(mainServer, false)
  network.webrtc.part('a', 'b')
  await network.clock.advance(200_000)
  network.signaling.setReachable(mainServer, true)
  network.webrtc.join('a', 'b')
  browser.dispatch('online')
  await network.clock.advance(500)
  expect([a.signaling, b.signaling]).toEqual(['connected', 'connected'])
  expect(isFullMesh([a, b])).toBe(true)
  for (const peer of [a, b]) peer.session.leave()
  expect(browser.listeners).toBe(0)
})

test('[LINK13] from a server that stays silent for 30 s the socket is taken away', async () => {
  const network = createFakeNetwork()
  const [a] = await joinAll(network, 'a')
  await network.clock.advance(120_000)
  expect(a.signaling).toBe('connected')
  const openedAt = watchSockets(network)
  network.signaling.silence(mainServer)
  await network.clock.advance(19_000)
  expect(openedAt).toEqual([])
  await network.clock.advance(13_000)
  expect(a.signaling).toBe('connected')
})

test('[LINK16] an address that cannot be used is told once, and the other servers are used', async () => {
  const network = createFakeNetwork()
  const a = network.join('a', { signaling: ['bad:address', mainServer] })
  const [b] = await joinAll(network, 'b')
  await network.clock.advance(60_000)
  expect(a.problems).toEqual([
    { code: 'signaling-failed', url: 'bad:address', reason: 'SyntaxError: bad:address is no address' },
  ])
  expect(a.signaling).toBe('connected')
  expect(isFullMesh([a, b])).toBe(true)
  a.session.connect()
  await network.clock.advance(1000)
  expect(a.problems).toHaveLength(1)
})

test('[LINK16] a server that refuses is told by its reason, once, and tried again', async () => {
  const network = createFakeNetwork()
  const [a] = await joinAll(network, 'a')
  for (let round = 0; round < 3; round++) {
    network.signaling.refuse(mainServer, 4423, 'topic full')
    await network.clock.advance(10_000)
  }
  expect(a.problems).toEqual([{ code: 'signaling-failed', url: mainServer, reason: 'topic full' }])
  expect(a.signaling).toBe('connected')
})

test('[LINK17] nothing that a server or a peer says throws or disturbs the others', async () => {
  const network = createFakeNetwork()
  const peers = await joinAll(network, 'a', 'b')
  const raw = await joinRaw(network, 'raw')
  const noise = ['', 'null', '[]', '{', '{"type":5}', '{"type":"publish","topic":"fake"}', '{"type":"members"}']
  for (const text of noise) network.signaling.say(mainServer, text)
  const hostile: unknown[] = [null, 5, [], {}, { type: 'announce' }, { type: 'announce', from: 5 }]
  const signals = [null, {}, { type: 'offer' }, { type: 'offer', sdp: 'junk' }, { type: 'answer', sdp: 'junk' }]
  for (const signal of [...signals, { type: 'candidate', candidate: { candidate: 'junk' } }, { type: 'hangup' }]) {
    for (const epoch of [0, 1, 99]) hostile.push({ type: 'signal', from: 'raw', to: 'a', token: 0, epoch, signal })
    hostile.push({ type: 'signal', from: 'raw', to: 'a', token: 0, epoch: 1, of: 1, signal })
    hostile.push({ type: 'signal', from: 'b', to: 'a', token: 0, epoch: 0, signal })
  }
  for (const data of hostile) await raw.publish(data)
  await network.clock.advance(60_000)
  expect(peers.map(peer => peer.linksMade(peer.id === 'a' ? 'b' : 'a'))).toEqual([1, 1])
  expect(isFullMesh(peers)).toBe(true)
})
