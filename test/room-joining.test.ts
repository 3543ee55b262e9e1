import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { SessionError } from '../src/errors.js'
import type { JoinOptions } from '../src/room-options.js'
import { joinRoom } from '../src/room.js'
import type { TransportListener, TransportProblem } from '../src/transport/transport.js'
import { webrtc } from '../src/transport/webrtc.js'
import { alsoTelling, withProblem, withUnnamed, withoutMembers } from './support/altered-transport.js'
import { codesOf } from './support/error-codes.js'
import { createRoomLab, type RoomLab } from './support/room-lab.js'
import { createStranger } from './support/stranger.js'
import { watch } from './support/watched.js'

let lab: RoomLab

beforeEach(() => {
  lab = createRoomLab()
})
afterEach(async () => {
  await lab.close()
  expect(lab.clock.timers, 'timers left behind').toBe(0)
})

const smallLimits = { maxKeys: 7 }
describe('joining', () => {
  test('[ROOM1] resolves at once for one who is alone', async () => {
    const joining = watch(lab.start())
    await lab.settle()
    expect(joining.state).toBe('resolved')
  })

  test('[ROOM1] resolves with the state of the first peer that answers', async () => {
    const a = await lab.join()
    a.store.set('key', 1)
    const b = await lab.join()
    expect(b.store.get('key')).toBe(1)
    expect(b.status.sync).toBe('synced')
  })

  test('[ROOM1] resolves with what is there for many who join at once, and does not wait where nothing is', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const crowd = createRoomLab(seed)
      const first = [crowd.start(), crowd.start()].map(watch)
      await crowd.settle()
      expect(first.map(({ state }) => state)).toEqual(['resolved', 'resolved'])
      const a = await crowd.join()
      a.store.set('key', 1)
      await crowd.settle()
      const found: unknown[] = []
      const others = [1, 2, 3].map(() => crowd.start().then(room => found.push(room.store.get('key'))))
      await crowd.settle()
      await Promise.all(others)
      expect(found).toEqual([1, 1, 1])
      await crowd.close()
    }
  })

  test('[ROOM1] resolves after joinTimeoutMs when signaling cannot be reached', async () => {
    lab.network.setSignaling('unreachable')
    const joining = lab.start({ joinTimeoutMs: 3000 })
    const watched = watch(joining)
    await lab.advance(2999)
    expect(watched.state).toBe('open')
    await lab.advance(1)
    const room = await joining
    expect(room.status).toEqual({ signaling: 'connecting', links: [], sync: 'offline' })
    room.store.set('key', 1)
    expect(room.store.get('key')).toBe(1)
  })

  test('[ROOM1] waits for joinTimeoutMs, no longer, where nobody says who is here', async () => {
    const joining = lab.start({ transport: withoutMembers(lab.network.transport()), joinTimeoutMs: 2000 })
    const watched = watch(joining)
    await lab.settle()
    expect(watched.state).toBe('open')
    await lab.advance(2000)
    expect(watched.state).toBe('resolved')
  })

  test('[ROOM1] waits for joinTimeoutMs, no longer, where somebody is who gave signaling no id', async () => {
    const joining = watch(lab.start({ transport: withUnnamed(lab.network.transport()), joinTimeoutMs: 4000 }))
    await lab.settle()
    expect(joining.state).toBe('open')
    await lab.advance(4000)
    expect(joining.state).toBe('resolved')
  })

  test('[ROOM1] is not held up by a link that opens and never answers', async () => {
    const silent = createStranger(lab)
    const joining = watch(lab.start({ joinTimeoutMs: 2000 }))
    await lab.advance(2000)
    expect(joining.state).toBe('resolved')
    silent.leave()
  })

  test('[ROOM1] goes on with the others when one link never answers', async () => {
    const a = await lab.join()
    a.store.set('key', 1)
    const silent = createStranger(lab)
    await lab.settle()
    const b = await lab.join()
    expect(b.store.get('key')).toBe(1)
    silent.leave()
  })

  test('[ROOM1] resolves alone when those who were there have gone', async () => {
    const silent = createStranger(lab)
    const joining = watch(lab.start())
    await lab.settle()
    expect(joining.state).toBe('open')
    silent.leave()
    await lab.settle()
    expect(joining.state).toBe('resolved')
  })

  test.each<[string, Partial<JoinOptions> | Record<string, unknown>]>([
    ['room', { room: '' }],
    ['room', { room: 'x'.repeat(513) }],
    ['signaling', { signaling: 'http://localhost' }],
    ['signaling', { signaling: 5 }],
    ['signaling', { signaling: ['ws://localhost', 'ws:localhost'] }],
    ['name', { name: 'x'.repeat(257) }],
    ['metadata', { metadata: [] }],
    ['metadata', { metadata: { a: 'x'.repeat(5000) } }],
    ['password', { password: '' }],
    ['password', { password: 5 }],
    ['transport', { transport: () => undefined }],
    ['RTCPeerConnection', { transport: webrtc(), signaling: 'ws://localhost', WebSocket: EventTarget }],
    [
      'WebSocket',
      { transport: webrtc(), signaling: 'ws://localhost', RTCPeerConnection: EventTarget, WebSocket: 'none' },
    ],
    ['maxLinks', { maxLinks: 0 }],
    ['iceServers', { iceServers: { urls: 'stun:stun.test' } }],
    ['iceServers', { iceServers: ['stun:stun.test'] }],
    ['iceServers', { iceServers: [null] }],
    ['iceServers', { iceServers: [{ url: 'stun:stun.test' }] }],
    ['iceServers', { iceServers: [{ urls: [] }] }],
    ['iceServers', { iceServers: [{ urls: ['stun:stun.test', 'https://stun.test'] }] }],
    ['iceServers', { iceServers: [{ urls: 'turn:turn.test', username: 'ana' }] }],
    ['iceTransportPolicy', { iceTransportPolicy: 'relayed' }],
    ['joinTimeoutMs', { joinTimeoutMs: Number.NaN }],
    ['limits.maxKeys', { limits: { maxKeys: 0.5 } }],
  ])('[ROOM2] a bad %s rejects at once: %o', async (option, options) => {
    const failed = await lab.start(options).catch((reason: unknown) => reason)
    expect(failed).toBeInstanceOf(SessionError)
    expect(failed).toMatchObject({ code: 'invalid-option', details: { option } })
    expect(lab.network.pending).toBe(0)
  })

  test('[ROOM2] ICE servers are taken as browsers take them', async () => {
    const named = { username: 'ana', credential: 'secret' }
    const iceServers = [
      { urls: 'stun:stun.test:3478' },
      { urls: ['turns:turn.test?transport=tcp', 'stun:b.test'], ...named },
    ]
    await expect(lab.join({ iceServers, iceTransportPolicy: 'relay' })).resolves.toHaveProperty('self')
  })

  test('[ROOM2] a password rejects where nothing can be encrypted', async () => {
    vi.stubGlobal('crypto', {})
    try {
      await expect(lab.start({ password: 'secret' })).rejects.toMatchObject({ code: 'insecure-context' })
    } finally {
      vi.unstubAllGlobals()
    }
  })

  test('[ROOM5] is cancelled by its signal, before and while', async () => {
    const before = AbortSignal.abort()
    await expect(lab.start({ signal: before })).rejects.toMatchObject({ code: 'aborted' })
    const silent = createStranger(lab)
    const controller = new AbortController()
    const joining = lab.start({ signal: controller.signal })
    await lab.settle()
    const failed = expect(joining).rejects.toMatchObject({ code: 'aborted' })
    controller.abort()
    await failed
    await lab.advance(1000)
    expect([lab.clock.timers, silent.links.size]).toEqual([0, 0])
    silent.leave()
  })
})

test('[ROOM1] the schema that joinRoom is given types the store', async () => {
  type Standup = { spotlight: string; poll: { q: string; votes: Record<string, string> } }
  const joining = joinRoom<Standup>({ room: 'lab', transport: lab.network.transport(), clock: lab.clock })
  await lab.settle()
  const room = await joining
  const { store } = room
  store.set('poll', { q: 'Food?', votes: {} })
  store.update('poll', poll => ({ q: poll?.q ?? '', votes: { ...poll?.votes, ana: 'pizza' } }))
  // @ts-expect-error a number is no spotlight
  store.set('spotlight', 7)
  // @ts-expect-error there is no such key
  store.get('nothing')
  const votes: Record<string, string> | undefined = store.get('poll')?.votes
  expect(votes).toEqual({ ana: 'pizza' })
  await room.leave()
})

describe('who does not match', () => {
  test('[ROOM3] a newcomer with other limits than all that are there is refused', async () => {
    const [a, b] = [await lab.join(), await lab.join()]
    const joining = lab.start({ limits: smallLimits })
    const failed = expect(joining).rejects.toMatchObject({
      code: 'limits-mismatch',
      details: { ours: { maxKeys: 7 }, theirs: { maxKeys: 100 } },
    })
    await lab.settle()
    await failed
    await lab.advance(5000)
    expect([a.peers.length, b.peers.length]).toEqual([1, 1])
  })

  test('[ROOM3] a newcomer whom one lets in stays, apart from the others', async () => {
    const a = await lab.join()
    const [c, d] = [lab.start({ limits: smallLimits }), lab.start({ limits: smallLimits })]
    await lab.settle()
    const [third, fourth] = await Promise.all([c, d])
    expect(third.peers.map(({ id }) => id)).toEqual([fourth.self.id])
    expect(a.peers).toEqual([])
  })

  test('[ROOM3] a newcomer that speaks another version is refused', async () => {
    const stranger = createStranger(lab)
    await lab.settle()
    const joining = lab.start()
    const failed = expect(joining).rejects.toMatchObject({
      code: 'protocol-mismatch',
      details: { peerId: 'stranger', ours: 2, theirs: 3 },
    })
    await lab.settle()
    stranger.say({ type: 'other-hello', protocol: 3 })
    await lab.settle()
    await failed
    await lab.advance(1000)
    stranger.leave()
  })

  test.each<[TransportProblem, string]>([
    [{ code: 'password-mismatch' }, 'password-mismatch'],
    [{ code: 'transport-mismatch', peerId: 'other', theirs: 'y-webrtc' }, 'transport-mismatch'],
  ])('[ROOM3] a newcomer who meets nobody but %o is refused', async (problem, code) => {
    const members = problem.code === 'transport-mismatch' ? [problem.peerId] : ['other', 'another']
    const joining = lab.start({ transport: withProblem(problem, members) })
    const failed = expect(joining).rejects.toMatchObject({ code })
    await lab.advance(1500)
    await failed
  })

  test('[ROOM3] a newcomer who meets but one, of another password, is refused at once', async () => {
    const joining = watch(lab.start({ transport: withProblem({ code: 'password-mismatch' }, ['other']) }))
    await lab.settle()
    expect(joining).toMatchObject({ state: 'rejected', reason: { code: 'password-mismatch' } })
  })

  test('[ROOM3] somebody with another password keeps nobody out whom others let in', async () => {
    await lab.join()
    const transport = alsoTelling(lab.network.transport(), { code: 'password-mismatch' })
    const room = await lab.join({ transport })
    expect(room.peers).toHaveLength(1)
  })

  test('[ROOM4] those who have joined and meet later are told once per pair, and stay apart', async () => {
    lab.network.setSignaling('unreachable')
    const starting = [lab.start({ joinTimeoutMs: 0 }), lab.start({ joinTimeoutMs: 0, limits: smallLimits })]
    await lab.advance(10)
    const [a, b] = await Promise.all(starting)
    if (!a || !b) throw new Error('two were to join')
    const codes = [codesOf(a), codesOf(b)]
    a.store.set('key', 'a')
    lab.network.setSignaling('reachable')
    await lab.settle()
    await lab.advance(60_000)
    expect(codes).toEqual([['limits-mismatch'], ['limits-mismatch']])
    expect([a.peers, b.peers, b.store.getAll()]).toEqual([[], [], {}])
  })

  test('[ROOM4] a problem that the transport meets again and again is told once', async () => {
    const problems: TransportProblem[] = [
      { code: 'transport-mismatch', peerId: 'other', theirs: 'y-webrtc' },
      { code: 'signaling-failed', url: 'ws://nowhere', reason: 'no such host' },
    ]
    const transport = lab.network.transport()
    let tell: TransportListener['onProblem'] = () => {}
    const room = await lab.join({
      transport: {
        name: 'memory',
        join: (options, listener) => {
          tell = problem => listener.onProblem(problem)
          return transport.join(options, listener)
        },
      },
    })
    const codes = codesOf(room)
    for (const problem of [...problems, ...problems]) tell(problem)
    expect(codes).toEqual(['transport-mismatch', 'signaling-failed'])
  })
})
