import { afterEach, beforeEach, expect, test } from 'vitest'
import { stubBrowserEvents, type BrowserEvents } from './browser-events.js'
import {
  createFakeNetwork,
  isFullMesh,
  joinAll,
  joinRaw,
  mainServer,
  offersFrom,
  unheard,
  watchSockets,
} from './fake-network.js'

let browser: BrowserEvents
beforeEach(() => {
  browser = stubBrowserEvents()
})
afterEach(() => browser.restore())

for (const event of ['offline', 'online'] as const) {
  test(`[LINK34] when the browser says ${event}, a server that is not there any more is found out in 3 s`, async () => {
    const network = createFakeNetwork()
    const [a] = await joinAll(network, 'a')
    const openedAt = watchSockets(network)
    network.signaling.silence(mainServer)
    browser.dispatch(event)
    await network.clock.advance(2900)
    expect(openedAt).toEqual([])
    await network.clock.advance(1000)
    expect(openedAt).toHaveLength(1)
    expect(a.signaling).toBe('connected')
  })
}

test('[LINK34] however often it is doubted, a server has 3 s, and one that answers keeps its socket', async () => {
  const network = createFakeNetwork()
  const [a] = await joinAll(network, 'a')
  const openedAt = watchSockets(network)
  for (let round = 0; round < 20; round++) {
    browser.dispatch('offline')
    await network.clock.advance(500)
  }
  expect([openedAt.length, a.signaling]).toEqual([0, 'connected'])
  network.signaling.silence(mainServer)
  for (let round = 0; round < 8; round++) {
    browser.dispatch('offline')
    await network.clock.advance(500)
  }
  expect([openedAt.length, a.signaling]).toEqual([1, 'connected'])
})

test('[LINK34] a link that is lost puts the server in doubt, too', async () => {
  const network = createFakeNetwork()
  const [a, b] = await joinAll(network, 'a', 'b')
  const openedAt = watchSockets(network)
  network.signaling.silence(mainServer)
  network.webrtc.cut('a')
  await network.clock.advance(8000)
  expect(openedAt).toHaveLength(2)
  expect(isFullMesh([a, b])).toBe(true)
  expect(await unheard(network, [a, b])).toEqual([])
})

test('[LINK34] after a sleep a dead server is found out in 4 s, and the peers link anew', async () => {
  const network = createFakeNetwork()
  const [a, b] = await joinAll(network, 'a', 'b')
  const openedAt = watchSockets(network)
  network.signaling.silence(mainServer)
  network.clock.sleep(10 * 60_000)
  await network.clock.advance(4600)
  expect(openedAt).toHaveLength(2)
  for (const peer of [a, b]) for (const link of peer.links.values()) link.close()
  await network.clock.advance(3000)
  expect(isFullMesh([a, b])).toBe(true)
})

test('[LINK34] after a sleep of whatever length, at whatever moment, nothing that is there is given up', async () => {
  const network = createFakeNetwork()
  const peers = await joinAll(network, 'a', 'b')
  const openedAt = watchSockets(network)
  const made = network.webrtc.made
  for (let round = 0; round < 60; round++) {
    network.clock.sleep([1500, 40_000, 3_600_000][round % 3] ?? 0)
    await network.clock.advance(network.random() * 12_000)
    expect(peers.map(({ signaling }) => signaling)).toEqual(['connected', 'connected'])
  }
  expect([openedAt.length, network.webrtc.made]).toEqual([0, made])
  expect(await unheard(network, peers)).toEqual([])
})

test('[LINK13] a socket that does not open in 10 s is given up', async () => {
  const network = createFakeNetwork()
  const openedAt = watchSockets(network)
  network.signaling.setStalled(mainServer, true)
  const a = network.join('a')
  await network.clock.advance(9000)
  network.signaling.setStalled(mainServer, false)
  expect(openedAt).toHaveLength(1)
  await network.clock.advance(2000)
  expect([openedAt.length, a.signaling]).toEqual([2, 'connected'])
})

test('[LINK36] twenty peers come back to a server one after the other, and no link is lost', async () => {
  const network = createFakeNetwork()
  const ids = Array.from({ length: 20 }, (_, at) => `p${at}`)
  const peers = await joinAll(network, ...ids)
  const { made } = network.webrtc
  const openedAt = watchSockets(network)
  for (const downMs of [0, 20_000]) {
    openedAt.length = 0
    network.signaling.setReachable(mainServer, false)
    await network.clock.advance(downMs)
    network.signaling.setReachable(mainServer, true)
    const isBack = (): boolean => peers.every(({ signaling }) => signaling === 'connected')
    const cameAt: number[] = []
    for (let ms = 0; ms < 16_000 && !isBack(); ms += 10) {
      await network.clock.advance(10)
      const back = peers.filter(({ signaling }) => signaling === 'connected').length
      while (cameAt.length < back) cameAt.push(ms)
    }
    expect(isBack()).toBe(true)
    const busiest = Math.max(...cameAt.map(from => cameAt.filter(at => at >= from && at < from + 50).length))
    expect(busiest, `of 20 within 50 ms, after ${downMs} ms`).toBeLessThan(10)
  }
  await network.clock.advance(30_000)
  expect(network.webrtc.made).toBe(made)
  expect(isFullMesh(peers)).toBe(true)
})

test('[LINK29] a peer that changes networks keeps its links: ICE is restarted as soon as its way is gone', async () => {
  const network = createFakeNetwork()
  const [a, b, c] = await joinAll(network, 'a', 'b', 'c')
  const { made } = network.webrtc
  network.webrtc.move('a')
  await network.clock.advance(4000)
  const restarted = network.webrtc.calls.filter(({ call }) => call === 'restartIce').map(({ peerId }) => peerId)
  expect(new Set(restarted)).toEqual(new Set(['a', 'b', 'c']))
  await network.clock.advance(30_000)
  expect(network.webrtc.made).toBe(made)
  expect(isFullMesh([a, b, c])).toBe(true)
  expect(await unheard(network, [a, b, c])).toEqual([])
})

test('[LINK29] ICE that fails on one link changes nothing for the others', async () => {
  const network = createFakeNetwork()
  const [a, b, c] = await joinAll(network, 'a', 'b', 'c')
  network.webrtc.part('a', 'b')
  await network.clock.advance(20_000)
  expect([a.links.has('b'), b.links.has('a')]).toEqual([false, false])
  expect([a.linksMade('c'), b.linksMade('c')]).toEqual([1, 1])
  expect(await unheard(network, [a, b, c])).toEqual([])
  network.webrtc.join('a', 'b')
  await network.clock.advance(60_000)
  expect(isFullMesh([a, b, c])).toBe(true)
})

test('[LINK35] a peer that links and never says a word is dialled ever more rarely, and others do not wait for it', async () => {
  const network = createFakeNetwork()
  const [a, mute] = await joinAll(network, 'a', 'mute')
  let openMs = 0
  for (let ms = 0; ms < 600_000; ms += 100) {
    await network.clock.advance(100)
    openMs = a.links.has('mute') ? openMs + 100 : 0
    // As the user of a link does that is never greeted.
    if (openMs >= 4000) a.links.get('mute')?.close()
  }
  expect(mute.linksMade('a')).toBeGreaterThan(10)
  expect(mute.linksMade('a')).toBeLessThan(40)
  const c = network.join('c')
  await network.clock.advance(2000)
  expect([a.links.has('c'), c.links.has('a')]).toEqual([true, true])
})

test('[LINK23] whoever could not be dialled for the browser is not given up for it', async () => {
  const network = createFakeNetwork({ isOurs: false })
  network.webrtc.setRefusing('a', true)
  const a = network.join('a')
  await network.clock.advance(500)
  const raw = await joinRaw(network, 'raw')
  await raw.publish({ type: 'announce', from: 'raw', transport: 'webrtc' })
  await network.clock.advance(120_000)
  expect(a.problems.length).toBeGreaterThan(5)
  network.webrtc.setRefusing('a', false)
  await network.clock.advance(46_000)
  expect(offersFrom(network, 'a').length).toBeGreaterThan(0)
})

test('[LINK7] after leaving nobody listens to the browser, and no timer is left', async () => {
  const network = createFakeNetwork()
  const peers = await joinAll(network, 'a', 'b')
  expect(browser.listeners).toBeGreaterThan(0)
  browser.dispatch('offline')
  for (const peer of peers) peer.session.leave()
  await network.clock.advance(50)
  expect([browser.listeners, network.clock.timers]).toEqual([0, 0])
})
