import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { SessionError } from '../src/errors.js'
import { joinRoom, type Room } from '../src/room.js'
import type { RoomStatus } from '../src/room-status.js'
import type { JoinOptions } from '../src/room-options.js'
import type { Transport, TransportListener, TransportProblem } from '../src/transport/transport.js'
import { webrtc } from '../src/transport/webrtc.js'
import { createRoomLab, type RoomLab } from './support/room-lab.js'
import { createStranger } from './support/stranger.js'

let lab: RoomLab

beforeEach(() => {
  lab = createRoomLab()
})
afterEach(async () => {
  await lab.close()
  expect(lab.clock.timers, 'timers left behind').toBe(0)
})

/** What has become of a promise by now. */
const watch = <T>(promise: Promise<T>) => {
  const watched: { state: 'open' | 'resolved' | 'rejected'; reason: unknown } = { state: 'open', reason: null }
  promise.then(
    () => (watched.state = 'resolved'),
    (reason: unknown) => Object.assign(watched, { state: 'rejected', reason }),
  )
  return watched
}
const smallLimits = { maxKeys: 7 }
const codesOf = (room: Room): string[] => {
  const codes: string[] = []
  room.on('error', ({ code }) => codes.push(code))
  return codes
}

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

describe('leaving', () => {
  test('[ROOM6] says bye after all that was written', async () => {
    const [a, b] = [await lab.join(), await lab.join()]
    a.store.set('last', 'words')
    const leaving = a.leave()
    await lab.settle()
    await leaving
    expect(b.store.get('last')).toBe('words')
    expect(b.peers).toEqual([])
  })

  test('[ROOM6] ends though nobody closes the link, and leaves no timer', async () => {
    const a = await lab.join()
    const silent = createStranger(lab)
    await lab.settle()
    const leaving = watch(a.leave())
    await lab.settle()
    expect(leaving.state).toBe('open')
    await lab.advance(500)
    expect(leaving.state).toBe('resolved')
    expect(lab.clock.timers).toBe(0)
    silent.leave()
  })

  test('[ROOM6] may be asked for twice, and every call after it throws left', async () => {
    const a = await lab.join()
    const { store } = a
    const leaving = a.leave()
    expect(a.leave()).toBe(leaving)
    const calls: (() => unknown)[] = [
      () => store.get('key'),
      () => store.set('key', 1),
      () => store.delete('key'),
      () => store.update('key', () => 1),
      () => store.transact(() => {}),
      () => store.observe('*', () => {}),
      () => store.keys(),
      () => store.getAll(),
      () => store.usage,
      () => store.conflicts('key'),
      () => store.whenDelivered(),
      () => a.send('hi'),
      () => a.on('message', () => {}),
      () => a.setMetadata({}),
      () => a.setName('x'),
      () => a.setRole('x'),
      () => a.connect(),
      () => a.disconnect(),
    ]
    for (const call of calls) expect(call, call.toString()).toThrow(expect.objectContaining({ code: 'left' }))
    await leaving
  })

  test.each(['observe', 'message', 'peer-joined', 'peer-left', 'status', 'awareness'])(
    '[ROOM6] may be done from within a listener of %s',
    async from => {
      const [a, b, c] = [await lab.join(), await lab.join(), await lab.join()]
      const codes = [codesOf(b), codesOf(c)]
      const leavings: Promise<void>[] = []
      const leave = () => void leavings.push(a.leave())
      if (from === 'observe') a.store.observe('key', change => change.source === 'remote' && leave())
      else if (from === 'awareness') a.awareness.on('change', leave)
      else a.on(from as 'message' | 'peer-joined' | 'peer-left' | 'status', leave)
      b.send('hi')
      b.store.set('key', 1)
      b.awareness.setLocalState({ cursor: 1 })
      const leavingToo = c.leave()
      await lab.join()
      // Two that leave at once do not hear each other's goodbye.
      await lab.advance(500)
      await leavingToo
      expect(leavings.length).toBeGreaterThan(0)
      await Promise.all(leavings)
      expect(b.peers).toHaveLength(1)
      expect(codes).toEqual([[], []])
    },
  )

  test('[ROOM6] the last one out leaves nothing for a newcomer', async () => {
    const a = await lab.join()
    a.store.set('key', 1)
    const first = a.sessionId
    await a.leave()
    await lab.advance(1)
    const b = await lab.join()
    expect(b.store.getAll()).toEqual({})
    expect(b.sessionId > first).toBe(true)
  })

  test('[ROOM7] a page that goes away has left', async () => {
    const page = new EventTarget()
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
    try {
      const a = await lab.join()
      vi.unstubAllGlobals()
      const b = await lab.join()
      page.dispatchEvent(new Event('pagehide'))
      await lab.settle()
      expect(b.peers).toEqual([])
      expect(() => a.send('hi')).toThrow(expect.objectContaining({ code: 'left' }))
    } finally {
      vi.unstubAllGlobals()
    }
  })
})

describe('away and back', () => {
  test('[ROOM8] reading and writing go on, and merge', async () => {
    const [a, b] = [await lab.join(), await lab.join()]
    a.store.set('list', ['both'])
    await lab.settle()
    a.disconnect()
    await lab.settle()
    expect(a.status).toEqual({ signaling: 'disconnected', links: [], sync: 'offline' })
    a.store.update('list', list => [...(list as string[]), 'from a'])
    b.store.update('list', list => [...(list as string[]), 'from b'])
    await lab.advance(10_000)
    expect([a.peers.length, b.peers.length]).toEqual([0, 0])
    a.connect()
    await lab.settle()
    expect(a.store.get('list')).toEqual(b.store.get('list'))
    expect(a.store.get('list')).toHaveLength(3)
    expect([a.peers.length, b.peers.length]).toEqual([1, 1])
  })

  test('[ROOM8] ten times in a row', async () => {
    const [a, b] = [await lab.join(), await lab.join()]
    for (let round = 0; round < 10; round++) {
      if (round % 2 === 0) lab.network.closeLink(a.self.id, b.self.id)
      else b.disconnect()
      a.store.set(`a ${round}`, round)
      b.store.set(`b ${round}`, round)
      b.connect()
      await lab.settle()
      expect(a.store.getAll()).toEqual(b.store.getAll())
      expect(a.store.keys()).toHaveLength(2 * round + 2)
    }
  })
})

describe('telling', () => {
  test('[ROOM9] status follows links and signaling, with one event per change', async () => {
    const a = await lab.join()
    const told: RoomStatus[] = []
    a.on('status', status => told.push(status))
    expect(a.status).toEqual({ signaling: 'connected', links: [], sync: 'alone' })
    const b = await lab.join()
    expect(told.map(({ sync }) => sync)).toEqual(expect.arrayContaining(['syncing', 'synced']))
    expect(told.at(-1)).toEqual(a.status)
    expect(a.status).toEqual({
      signaling: 'connected',
      links: [{ peerId: b.self.id, state: 'open' }],
      sync: 'synced',
    })
    for (const [index, status] of told.entries()) expect(status).not.toEqual(told[index + 1])
    lab.network.setSignaling('unreachable')
    await lab.settle()
    expect(a.status).toMatchObject({ signaling: 'connecting', sync: 'synced' })
    lab.network.cut(a.self.id, b.self.id)
    await lab.settle()
    expect(a.status).toEqual({ signaling: 'connecting', links: [], sync: 'offline' })
    lab.network.setSignaling('reachable')
    await lab.advance(5000)
    expect(a.status).toEqual({ signaling: 'connected', links: [], sync: 'syncing' })
  })

  test('[ROOM9] a link that is being made shows as connecting', async () => {
    const a = await lab.join()
    const silent = createStranger(lab)
    await lab.settle()
    expect(a.status.links).toEqual([{ peerId: 'stranger', state: 'connecting' }])
    silent.leave()
  })

  test('[ROOM10] a listener that throws is told and stops no other', async () => {
    const [a, b] = [await lab.join(), await lab.join()]
    const details: unknown[] = []
    a.on('error', error => details.push(error.details))
    const heard: unknown[] = []
    a.on('message', () => {
      throw new Error('from the app')
    })
    a.on('message', ({ data }) => heard.push(data))
    b.send(1)
    b.send(2)
    await lab.settle()
    expect(heard).toEqual([1, 2])
    expect(details).toEqual([{ event: 'message' }, { event: 'message' }])
  })

  test('[ROOM10] a listener that stopped is told no more, and the same function may listen twice', async () => {
    const [a, b] = [await lab.join(), await lab.join()]
    let calls = 0
    const listener = () => calls++
    const stop = a.on('message', listener)
    a.on('message', listener)
    b.send(1)
    await lab.settle()
    expect(calls).toBe(2)
    stop()
    stop()
    b.send(2)
    await lab.settle()
    expect(calls).toBe(3)
  })

  test('[ROOM10] a listener that listens anew whenever it is told hears each event once', async () => {
    const [a, b] = [await lab.join(), await lab.join()]
    const heard: unknown[] = []
    let stop = () => {}
    const listen = () => {
      stop = a.on('message', ({ data }) => {
        heard.push(data)
        stop()
        if (heard.length < 10) listen()
      })
    }
    listen()
    b.send(1)
    b.send(2)
    await lab.settle()
    expect(heard).toEqual([1, 2])
  })

  test('[ROOM10] what went wrong while joining is told once the room is there', async () => {
    const transport = alsoTelling(lab.network.transport(), { code: 'signaling-failed', url: 'ws://x', reason: 'gone' })
    const joining = lab.start({ transport })
    const codes: string[] = []
    const heard = joining.then(room => room.on('error', ({ code }) => codes.push(code)))
    await lab.settle()
    await heard
    expect(codes).toEqual([])
    await lab.advance(0)
    expect(codes).toEqual(['signaling-failed'])
  })

  test('[ROOM10] no error has the query of an address in it, where a token may be', async () => {
    const url = 'ws://signaling.test/?token=secret'
    const transport = alsoTelling(lab.network.transport(), { code: 'signaling-failed', url, reason: 'not allowed' })
    const told: SessionError[] = []
    const joining = lab.start({ transport }).then(room => room.on('error', error => told.push(error)))
    await lab.settle()
    await joining
    await lab.advance(0)
    const wrong = await lab.start({ signaling: 'http://signaling.test/?token=secret' }).catch((cause: unknown) => cause)
    expect(told).toMatchObject([{ code: 'signaling-failed', details: { url: 'ws://signaling.test/' } }])
    for (const error of [...told, wrong]) expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('secret')
  })

  test('[ROOM10] conflicts are told', async () => {
    const [a, b] = [await lab.join(), await lab.join()]
    const told: unknown[] = []
    for (const room of [a, b]) room.on('conflict', ({ key }) => told.push(key))
    a.store.set('key', 'a')
    b.store.set('key', 'b')
    await lab.settle()
    expect(told).toEqual(['key', 'key'])
  })
})

/** As with servers that tell no members. */
const withoutMembers = (transport: Transport): Transport => ({
  name: transport.name,
  join: (options, listener) => transport.join(options, { ...listener, onMembers: () => {} }),
})

/** As where a plain y-webrtc client is in the topic. */
const withUnnamed = (transport: Transport): Transport => ({
  name: transport.name,
  join: (options, listener) =>
    transport.join(options, { ...listener, onMembers: peerIds => listener.onMembers(peerIds, 1) }),
})

/** Tells of a problem as soon as it has joined. */
const alsoTelling = (transport: Transport, problem: TransportProblem): Transport => ({
  name: transport.name,
  join: (options, listener) => {
    queueMicrotask(() => listener.onProblem(problem))
    return transport.join(options, listener)
  },
})

/** Meets nobody that it can link to. */
const withProblem = (problem: TransportProblem, members: readonly string[]): Transport => ({
  name: 'memory',
  join: (_, listener) => {
    queueMicrotask(() => {
      listener.onSignaling('connected')
      listener.onMembers(members, 0)
      listener.onProblem(problem)
    })
    return { disconnect: () => {}, connect: () => {}, drop: () => {}, leave: () => {} }
  },
})
