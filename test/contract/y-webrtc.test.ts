import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { openLab, type Lab } from '../support/lab.js'
import { startYWebrtcServer } from '../support/y-webrtc-server.js'
import { openChromiumWorld } from './chromium-world.js'
import type * as page from './contract-page.js'
import { describeTransportContract, openLinks } from './transport-contract.js'

declare const lab: typeof page

let opened: Lab
beforeAll(async () => {
  opened = await openLab(new URL('./contract-page.ts', import.meta.url).pathname)
})
afterEach(() => expect(opened.pageErrors).toEqual([]))
afterAll(() => opened.close())

describeTransportContract('y-webrtc', () => openChromiumWorld('y-webrtc', opened), {
  makingRoom: 'its signals have no place to say that a peer has no link, and no word to refuse one',
})

test('[LINK31] two tabs of one browser link like any two peers, and nothing goes over a BroadcastChannel', async () => {
  const world = await openChromiumWorld('y-webrtc', opened)
  const a = await world.join('a')
  const context = world.pageOf(a).context()
  const listening = await opened.openPage({ context })
  await listening.evaluate(topic => lab.listenToBroadcasts(topic), world.topic)
  const b = await world.joinAs('b', { context })
  await world.until('linked', async () => openLinks(await a.told()).length + openLinks(await b.told()).length === 2)
  await b.send('a', [1])
  await world.until('heard', async () => (await a.told()).some(({ type }) => type === 'message'))
  await b.leave()
  await world.settle()
  expect(await listening.evaluate(() => lab.broadcasts())).toBe(0)
  await world.close()
})

test('[LINK31] nothing comes over a link but what was sent, also when y-webrtc would renew its awareness', async () => {
  const world = await openChromiumWorld('y-webrtc', opened)
  const [a, b] = [await world.joinAs('a', { time: 'by hand' }), await world.joinAs('b', { time: 'by hand' })]
  await world.until('linked', async () => openLinks(await a.told()).length + openLinks(await b.told()).length === 2)
  for (const peer of [a, b]) await world.pageOf(peer).clock.fastForward(20_000)
  await a.send('b', [1])
  await b.send('a', [2])
  for (const [peer, byte] of [
    [a, 2],
    [b, 1],
  ] as const) {
    await world.until('heard', async () => (await peer.told()).some(({ type }) => type === 'message'))
    const heard = (await peer.told()).flatMap(what => (what.type === 'message' ? [what.bytes] : []))
    expect(heard).toEqual([[byte]])
  }
  await world.close()
})

test('[LINK30] what goes over signaling is what its own clients say', async () => {
  const server = await startYWebrtcServer()
  const world = await openChromiumWorld('y-webrtc', opened)
  const observer = new WebSocket(server.url)
  const signals: Record<string, unknown>[] = []
  observer.on('message', text => {
    const { data } = JSON.parse(String(text)) as { data: Record<string, unknown> }
    if (data['type'] === 'signal') signals.push(data)
  })
  observer.on('open', () => observer.send(JSON.stringify({ type: 'subscribe', topics: [world.topic] })))
  const where = { signaling: [server.url] }
  const [a, b] = [await world.join('a', where), await world.join('b', where)]
  await world.until('linked', async () => openLinks(await a.told()).length + openLinks(await b.told()).length === 2)
  await a.closeLink('b')
  await world.until('linked', async () => openLinks(await a.told()).length + openLinks(await b.told()).length === 2)
  expect(signals.length).toBeGreaterThan(5)
  for (const signal of signals) {
    expect(Object.keys(signal).toSorted()).toEqual(['from', 'signal', 'to', 'token', 'type'])
    expect(['offer', 'answer', 'candidate']).toContain((signal['signal'] as { type: string }).type)
  }
  observer.close()
  await world.close()
  await server.close()
})

test('[LINK32] a page joins a topic once, and again when it has left', async () => {
  const world = await openChromiumWorld('y-webrtc', opened)
  const a = await world.join('a')
  const again = (): Promise<string> =>
    world.pageOf(a).evaluate(topic => lab.tryToJoin('y-webrtc', { topic, peerId: 'again', signaling: [] }), world.topic)
  expect(await again()).toBe('SessionError invalid-option')
  await a.leave()
  expect(await again()).toBe('joined')
  await world.close()
})
