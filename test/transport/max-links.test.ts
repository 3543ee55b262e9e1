import { expect, test } from 'vitest'
import { createFakeNetwork, joinRaw, payloadsFrom, unheard, type FakePeer } from './fake-network.js'

/** How many peers can be reached from the first one, over links. */
const reachable = (peers: readonly FakePeer[]): number => {
  const reached = new Set<string>(peers.slice(0, 1).map(({ id }) => id))
  for (const id of reached)
    for (const other of peers.find(peer => peer.id === id)?.links.keys() ?? []) reached.add(other)
  return reached.size
}

for (const isOurs of [true, false]) {
  test(`[LINK12] nobody has more links than it may, nobody stays outside, over ${isOurs ? 'our' : 'a plain'} server`, async () => {
    for (let seed = 1; seed <= 3; seed++) {
      const network = createFakeNetwork({ isOurs, seed })
      const peers: FakePeer[] = []
      for (let number = 0; number < 16; number++) {
        peers.push(network.join(`p${number}`, { maxLinks: 4 }))
        await network.clock.advance(2000)
      }
      await network.clock.advance(60_000)
      expect(reachable(peers), `seed ${seed}`).toBe(16)
      expect(await unheard(network, peers), `seed ${seed}`).toEqual([])
      expect(Math.max(...peers.map(({ mostLinks }) => mostLinks)), `seed ${seed}`).toBe(4)
      // And when a third of them go.
      for (const peer of peers.splice(3, 5)) peer.session.leave()
      await network.clock.advance(120_000)
      expect(
        peers.filter(peer => peer.links.size === 0),
        `seed ${seed}`,
      ).toEqual([])
    }
  })
}

test('[LINK12] [LINK28] a full peer refuses a dial, and whoever was refused leaves it alone for a while', async () => {
  const network = createFakeNetwork()
  const a = network.join('a', { maxLinks: 2 })
  const others = ['b', 'c'].map(id => network.join(id))
  await network.clock.advance(4000)
  expect(a.links.size).toBe(2)
  const d = network.join('d')
  await network.clock.advance(9000)
  expect([...d.links.keys()].toSorted()).toEqual(['b', 'c'])
  const refusals = payloadsFrom(network, 'a').filter(each => each.type === 'signal' && each.signal.type === 'hangup')
  expect(refusals).toMatchObject([{ to: 'd', signal: { full: true } }])
  expect(d.dials.filter(({ peerId }) => peerId === 'a')).toHaveLength(2)
  for (const other of others) expect(other.linksMade('a')).toBe(1)
})

test('[LINK12] a full peer gives up a link for a peer that has none', async () => {
  const network = createFakeNetwork()
  const a = network.join('a', { maxLinks: 2 })
  ;['b', 'c'].map(id => network.join(id))
  await network.clock.advance(4000)
  expect(a.links.size).toBe(2)
  const raw = await joinRaw(network, 'raw')
  const offer = { type: 'signal', from: 'raw', to: 'a', token: 0, epoch: 1, signal: { type: 'offer', sdp: '{}' } }
  await raw.publish(offer)
  expect(a.links.size).toBe(2)
  await raw.publish({ ...offer, alone: true })
  expect(a.links.size).toBe(1)
})
