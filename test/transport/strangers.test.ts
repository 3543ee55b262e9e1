import { afterEach, expect, test, vi } from 'vitest'
import { canEncrypt, createRoomCipher } from '../../src/transport/room-cipher.js'
import { webrtc } from '../../src/transport/webrtc.js'
import { yWebrtc } from '../../src/transport/y-webrtc.js'
import { createManualClock } from '../support/manual-clock.js'
import { until } from '../support/until.js'
import { createFakeNetwork, isFullMesh, joinRaw, payloadsFrom, type FakeNetwork } from './fake-network.js'

afterEach(() => vi.unstubAllGlobals())

/** A key is derived in real time, so the clock goes on meanwhile. */
const untilTrue = async (what: string, { clock }: FakeNetwork, condition: () => boolean): Promise<void> => {
  await until(() => clock.advance(20).then(condition), { what })
}

test('[LINK14] with a password peers link, and all that servers see is sealed', async () => {
  const network = createFakeNetwork()
  const peers = ['a', 'b', 'c'].map(id => network.join(id, { password: 'sesame' }))
  await untilTrue('all are linked', network, () => isFullMesh(peers))
  const published = network.signaling.sent.flatMap(each => (each.type === 'publish' ? [each.data] : []))
  expect(published.length).toBeGreaterThan(10)
  expect(published.filter(data => typeof data !== 'string')).toEqual([])
  expect(peers.map(({ problems }) => problems)).toEqual([[], [], []])
})

for (const [what, ours, theirs] of [
  ['another password', 'sesame', 'other'],
  ['a password where the other has none', 'sesame', undefined],
  ['no password where the other has one', undefined, 'other'],
] as const) {
  test(`[LINK14] ${what} is told on both sides, once, and never links`, async () => {
    const network = createFakeNetwork()
    const a = network.join('a', ours === undefined ? {} : { password: ours })
    await untilTrue('a announces', network, () => network.signaling.sent.some(({ type }) => type === 'publish'))
    const b = network.join('b', theirs === undefined ? {} : { password: theirs })
    await untilTrue('both are told', network, () => a.problems.length > 0 && b.problems.length > 0)
    await network.clock.advance(8000)
    expect([a.problems, b.problems]).toEqual([[{ code: 'password-mismatch' }], [{ code: 'password-mismatch' }]])
    expect([a.links.size, b.links.size]).toEqual([0, 0])
  })
}

test('[LINK14] a password where nothing can be encrypted makes join throw', () => {
  vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) })
  expect(canEncrypt()).toBe(false)
  const options = { topic: 't', peerId: 'a', signaling: [], clock: createManualClock(), random: () => 0.5 }
  const listener = {
    onLink: () => ({ onMessage: () => {}, onDrain: () => {}, onClose: () => {} }),
    onDial: () => {},
    onSignaling: () => {},
    onMembers: () => {},
    onProblem: () => {},
  }
  for (const transport of [webrtc(), yWebrtc()]) {
    const join = () => transport.join({ ...options, password: 'sesame' }, listener)
    expect(join).toThrow(expect.objectContaining({ name: 'SessionError', code: 'insecure-context' }))
    transport.join(options, listener).leave()
  }
})

test('[LINK14] sealed payloads open again, and nothing else does', async () => {
  const [ours, same, other] = await Promise.all([
    createRoomCipher('sesame', 'topic'),
    createRoomCipher('sesame', 'topic'),
    createRoomCipher('sesame', 'another topic'),
  ])
  const data = { type: 'announce', from: 'ana', nested: [1, 1.5, null, true, 'ü'] }
  const sealed = await ours.seal(data)
  expect(await same.open(sealed)).toEqual({ data })
  expect(await other.open(sealed)).toBeNull()
  for (const junk of ['', 'junk', '!', sealed.slice(1), sealed.slice(0, -8), btoa('AES-GCM'), btoa('\u0007AES-GCM')]) {
    expect(await ours.open(junk)).toBeNull()
  }
})

test('[LINK15] a peer that announces another transport is told on both sides, and not dialled', async () => {
  const network = createFakeNetwork()
  const a = network.join('a')
  const raw = await joinRaw(network, 'raw')
  for (let round = 0; round < 3; round++) {
    await raw.publish({ type: 'announce', from: 'raw', transport: 'pigeon' })
    await network.clock.advance(20_000)
  }
  expect(a.problems).toEqual([{ code: 'transport-mismatch', peerId: 'raw', theirs: 'pigeon' }])
  expect(a.dials).toEqual([])
  expect(raw.heard[0]).toMatchObject({ type: 'announce', from: 'a', transport: 'webrtc' })
})

test('[LINK15] one that names no transport is taken for y-webrtc, its signals too', async () => {
  const network = createFakeNetwork()
  const a = network.join('a')
  const raw = await joinRaw(network)
  await raw.publish({ type: 'announce', from: 'old' })
  const signal = { type: 'offer', sdp: 'v=0' }
  await raw.publish({ type: 'signal', from: 'older', to: 'a', token: 1.5, signal })
  expect(a.problems).toEqual([
    { code: 'transport-mismatch', peerId: 'old', theirs: 'y-webrtc' },
    { code: 'transport-mismatch', peerId: 'older', theirs: 'y-webrtc' },
  ])
  expect(network.webrtc.made).toBe(0)
})

test('[LINK15] strangers that answer each other do so once, not for ever', async () => {
  const network = createFakeNetwork()
  network.join('a')
  const raw = await joinRaw(network)
  await network.clock.advance(100)
  for (let round = 0; round < 50; round++) await raw.publish({ type: 'announce', from: `p${round}` })
  expect(payloadsFrom(network, 'a')).toHaveLength(2)
})

test('[LINK17] a listener that throws ends nothing, also where all is sealed', async () => {
  const thrown: unknown[] = []
  const keep = (error: unknown): void => void thrown.push(error)
  const before = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException').on('uncaughtException', keep)
  const network = createFakeNetwork()
  const a = network.join('a', { password: 'sesame' })
  Object.assign(a.problems, {
    push: () => {
      throw new Error('a listener of the app')
    },
  })
  await untilTrue('a announces', network, () => network.signaling.sent.some(({ type }) => type === 'publish'))
  const raw = await joinRaw(network)
  await raw.publish('sealed otherwise')
  await untilTrue('it was thrown', network, () => thrown.length === 1)
  const b = network.join('b', { password: 'sesame' })
  await untilTrue('they link', network, () => isFullMesh([a, b]))
  process.removeListener('uncaughtException', keep)
  for (const listener of before) process.on('uncaughtException', listener)
})
