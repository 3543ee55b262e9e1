import { describe, expect, test, vi } from 'vitest'
import { HMSException, type HMSRoom, type HMSUpdateListener } from '../../src/hms/index.js'
import { SessionError } from '../../src/errors.js'
import { joinRoom } from '../../src/room.js'
import { appsOfFile, outcomeOf, resultRecorder, type App } from './apps.js'

const apps = appsOfFile()

/** Every call that needs a room. */
const callsOf = ({ sdk }: App): Record<string, () => Promise<unknown>> => ({
  leave: () => sdk.leave(),
  changeMetadata: () => sdk.changeMetadata({ metadata: 'x' }),
  changeName: () => sdk.changeName({ name: 'x' }),
  sendBroadcastMessage: () => sdk.sendBroadcastMessage({ message: 'hi' }),
  sendGroupMessage: () => sdk.sendGroupMessage({ message: 'hi', hmsRolesTo: [{ name: 'host' }] }),
  sendDirectMessage: () => sdk.sendDirectMessage({ message: 'hi', peerTo: { peerId: 'x' } as never }),
  setSessionMetadata: () => sdk.setSessionMetadata({ metadata: 'x' }),
  getSessionMetadata: () => sdk.getSessionMetadata(),
})
const storeCallsOf = (app: App): Record<string, () => Promise<unknown>> => {
  const store = app.store()
  const hmsKeyChangeListener = { onKeyChanged: () => {} }
  return {
    setSessionMetadataForKey: () => store.setSessionMetadataForKey({ key: 'key', data: 1 }),
    getSessionMetadataForKey: () => store.getSessionMetadataForKey({ key: 'key' }),
    addKeyChangeListener: () => store.addKeyChangeListener({ keys: ['key'], hmsKeyChangeListener }),
  }
}

describe('joining', () => {
  test('[HMS1] tells of the store, then of the room, then of who is there, and resolves after that', async () => {
    const first = await apps().joined('Ana')
    expect(first.names()).toEqual(['onSessionStoreAvailable', 'onJoin'])
    await apps().joined('Bo')
    const third = await apps().joined('Cy', { role: 'host', metaData: 'third' })
    await apps().network.settle()
    expect(third.names().slice(0, 3)).toEqual(['onSessionStoreAvailable', 'onJoin', 'onPeerListUpdate'])
    const [, [, joined] = ['', {}]] = third.told
    const { room } = joined as { room: HMSRoom }
    expect(room).toMatchObject({ id: 'standup', name: 'standup', hmsLocalPeer: { name: 'Cy', isLocal: true } })
    expect(room.hmsLocalPeer).toMatchObject({ role: { name: 'host' }, metadata: 'third', customerUserId: null })
    expect(room.startedAt).toEqual(new Date(first.sdk.hearthRoom?.self.joinedAt ?? 0))
    const listed = third.told.flatMap(([name, update]) =>
      name === 'onPeerListUpdate' ? (update as { addedPeers: { name: string }[] }).addedPeers : [],
    )
    expect(listed.map(({ name }) => name).sort()).toEqual(['Ana', 'Bo'])
  })

  test('[HMS1] each join tells of the store once; who listens later is told of it at once', async () => {
    const app = await apps().joined()
    const late = { onSessionStoreAvailable: vi.fn(), onJoin: vi.fn() }
    app.sdk.addUpdateListener({ listener: late })
    expect(late.onSessionStoreAvailable).toHaveBeenCalledExactlyOnceWith({ hmsSessionStore: app.store() })
    expect(late.onJoin).not.toHaveBeenCalled()
    await app.sdk.leave()
    await app.join()
    expect(late.onSessionStoreAvailable).toHaveBeenCalledTimes(2)
    expect(app.names().filter(name => name === 'onSessionStoreAvailable')).toHaveLength(2)
  })

  test('[HMS1] a listener that is added twice is told once, and one that is removed no more', async () => {
    const app = apps().create()
    const [twice, gone] = [{ onJoin: vi.fn() }, { onJoin: vi.fn() }]
    for (const listener of [twice, twice, gone]) app.sdk.addUpdateListener({ listener })
    app.sdk.removeUpdateListener({ listener: gone })
    await app.join()
    expect([twice.onJoin.mock.calls.length, gone.onJoin.mock.calls.length]).toEqual([1, 0])
  })

  test('[HMS1] a listener that leaves at once hears no more of that room', async () => {
    const app = apps().create()
    const leavings: Promise<void>[] = []
    app.sdk.addUpdateListener({ listener: { onSessionStoreAvailable: () => void leavings.push(app.sdk.leave()) } })
    await app.join()
    await Promise.all(leavings)
    expect(app.names()).toEqual(['onSessionStoreAvailable'])
    expect(app.sdk.hearthRoom).toBeNull()
  })

  test('[HMS1] nor does one that leaves when it hears of the room', async () => {
    await apps().joined()
    const app = apps().create()
    const leavings: Promise<void>[] = []
    app.sdk.addUpdateListener({ listener: { onJoin: () => void leavings.push(app.sdk.leave()) } })
    await app.join()
    await Promise.all(leavings)
    expect(app.names()).toEqual(['onSessionStoreAvailable', 'onJoin'])
  })

  test('[HMS1] [HMS12] who joins offline is told that it is reconnecting', async () => {
    const app = apps().create({ joinRoom, joinTimeoutMs: 0 })
    await app.join()
    expect(app.names()).toEqual(['onSessionStoreAvailable', 'onJoin', 'onReconnecting'])
  })

  test('[HMS2] a second join is 5001, and changes nothing', async () => {
    const app = await apps().joined()
    const failure = await outcomeOf(app.join({ room: 'other' }))
    expect(failure).toMatchObject({ code: 5001, name: 'AlreadyJoined', action: 'JOIN' })
    expect((await app.sdk.getRoom())?.name).toBe('standup')
    expect(app.told.at(-1)).toEqual(['onHMSError', { error: failure }])
  })

  test('[HMS2] leaving cancels a join, and a join during a leave waits for its end', async () => {
    const app = apps().create()
    const joining = outcomeOf(app.join())
    await app.sdk.leave()
    expect(await joining).toMatchObject({ code: 6000 })
    expect(app.names()).toEqual(['onHMSError'])
    await app.join()
    const leaving = app.sdk.leave()
    const again = app.join({ room: 'other' })
    await leaving
    await again
    expect((await app.sdk.getRoom())?.name).toBe('other')
  })

  test('[HMS2] a joinRoom that does not mind being cancelled is left when it has joined', async () => {
    const { network } = apps()
    const app = apps().create({
      joinRoom: async ({ room }) => {
        const joined = await network.join({ room })
        Object.assign(rooms, { joined })
        return joined
      },
    })
    const rooms: { joined?: Awaited<ReturnType<typeof network.join>> } = {}
    const joining = outcomeOf(app.join())
    await app.sdk.leave()
    expect(await joining).toMatchObject({ code: 6000 })
    expect(() => rooms.joined?.store.keys()).toThrow(expect.objectContaining({ code: 'left' }))
  })

  test('[HMS13] a token names the room, the role and the user, and options of the constructor hold for each join', async () => {
    const payload = btoa(JSON.stringify({ room_id: 'from token', role: 'host', user_id: 'ana@example.org' }))
    const app = apps().create({ userName: 'Ana', metaData: 'from options' })
    await app.sdk.join({ config: { authToken: `e30.${payload.replaceAll('=', '')}.c2ln`, metaData: 'from config' } })
    expect(await app.sdk.getRoom()).toMatchObject({ name: 'from token' })
    expect(await app.sdk.getLocalPeer()).toMatchObject({
      name: 'Ana',
      role: { name: 'host' },
      customerUserId: 'ana@example.org',
      metadata: 'from config',
    })
  })

  test('[HMS13] a token goes along to the signaling servers, unless their address has one', async () => {
    const given: (string | readonly string[] | undefined)[] = []
    const app = apps().create({
      joinRoom: options => {
        given.push(options.signaling)
        return apps().network.join({ room: options.room })
      },
    })
    const token = `e30.${btoa(JSON.stringify({ room: 'standup' })).replaceAll('=', '')}.c2ln`
    const signaling = ['wss://a.test/path?x=1', 'ws://b.test/?token=other', 'no address']
    await app.sdk.join({ config: { token, signaling } })
    expect((await app.sdk.getRoom())?.name).toBe('standup')
    expect(given).toEqual([[`wss://a.test/path?x=1&token=${token}`, 'ws://b.test/?token=other', 'no address']])
    await app.sdk.leave()
    await app.sdk.join({ config: { room: 'standup', signaling: 'ws://a.test' } })
    expect(given.at(-1)).toEqual(['ws://a.test'])
  })

  test('[HMS13] a config of ported code that says undefined takes nothing away from the options of the constructor', async () => {
    const app = apps().create({ userName: 'Ana', role: 'host' })
    await app.sdk.join({ config: { room: 'standup', userName: undefined, role: undefined } as never })
    expect(await app.sdk.getLocalPeer()).toMatchObject({ name: 'Ana', role: { name: 'host' } })
  })

  test('[HMS13] beside the name of a room a token may be of any kind; what it says is heard all the same', async () => {
    const app = apps().create()
    await app.sdk.join({ config: { room: 'standup', token: 'opaque' } })
    expect(await app.sdk.getRoom()).toMatchObject({ name: 'standup' })
    await app.sdk.leave()
    const payload = btoa(JSON.stringify({ room: 'other', role: 'host' })).replaceAll('=', '')
    await app.sdk.join({ config: { room: 'standup', token: `e30.${payload}.c2ln` } })
    expect(await app.sdk.getRoom()).toMatchObject({ name: 'standup', hmsLocalPeer: { role: { name: 'host' } } })
  })

  test.each(['', 'nonsense', 'a.b.c', `e30.${btoa('null')}.x`, `e30.${btoa('{"room_id":7}')}.x`])(
    '[HMS13] what is no token is 2004: %j',
    async token => {
      const app = apps().create()
      expect(await outcomeOf(app.sdk.join({ config: { token } }))).toMatchObject({ code: 2004 })
      // And the next one may do better.
      await app.join()
    },
  )
})

describe('outside of a room', () => {
  test('[HMS2] every call fails with 6000 and getters give null, before the join and after leaving', async () => {
    const app = apps().create()
    const check = async (calls: Record<string, () => Promise<unknown>>) => {
      for (const [name, call] of Object.entries(calls)) {
        const outcome = await outcomeOf(call())
        expect(outcome, name).toBeInstanceOf(HMSException)
        expect(outcome, name).toMatchObject({ code: 6000, isTerminal: false })
      }
      const { sdk } = app
      const got = [sdk.getRoom(), sdk.getLocalPeer(), sdk.getRemotePeers(), sdk.getPeers()]
      expect([...(await Promise.all(got)), sdk.hearthRoom]).toEqual([null, null, null, null, null])
    }
    await check(callsOf(app))
    await app.join()
    const storeCalls = storeCallsOf(app)
    await app.sdk.leave()
    await check({ ...callsOf(app), ...storeCalls })
  })

  test('[HMS2] so do calls in a room whose page has left it', async () => {
    const app = await apps().joined()
    const calls = storeCallsOf(app)
    await app.sdk.hearthRoom?.leave()
    for (const call of Object.values(calls)) expect(await outcomeOf(call())).toMatchObject({ code: 6000 })
    await app.sdk.leave()
    await app.join()
  })
})

describe('results', () => {
  test('[HMS7] listener and promise tell the same, with the arguments in both cases', async () => {
    const app = await apps().joined('Ana')
    const { results, listener: hmsActionResultListener } = resultRecorder()
    await app.store().setSessionMetadataForKey({ key: 'a', data: { b: 1 }, hmsActionResultListener })
    const failed = await outcomeOf(
      app.store().setSessionMetadataForKey({ key: 'a', data: Number.NaN, hmsActionResultListener }),
    )
    expect(failed).toBeInstanceOf(HMSException)
    const methodType = 'setSessionMetadataForKey'
    expect(results).toEqual([
      { outcome: 'success', methodType, arguments: { key: 'a', data: { b: 1 } } },
      { outcome: 'exception', methodType, arguments: { key: 'a', data: Number.NaN }, hmsException: failed },
    ])
  })

  test('[HMS7] what a listener was told is no unhandled rejection', async () => {
    const unhandled: unknown[] = []
    const listen = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', listen)
    const turn = () => new Promise<void>(done => void setImmediate(done))
    const app = apps().create()
    void app.sdk.changeName({ name: 'x', hmsActionResultListener: resultRecorder().listener })
    void app.sdk.join({ config: { room: '' } })
    await turn()
    expect(unhandled).toEqual([])
    process.off('unhandledRejection', listen)
  })

  test('[HMS7] a listener that throws is told of, changes no result, and stops no other', async () => {
    const app = apps().create()
    const throwing = (where: string) => () => {
      throw new Error(where)
    }
    const listener: HMSUpdateListener = { onJoin: throwing('onJoin'), onHMSError: throwing('onHMSError') }
    const other = { onJoin: vi.fn() }
    app.sdk.addUpdateListener({ listener })
    app.sdk.addUpdateListener({ listener: other })
    await app.join()
    expect(other.onJoin).toHaveBeenCalledOnce()
    const hmsActionResultListener = { onSuccess: throwing('onSuccess'), onException: throwing('onException') }
    await app.store().setSessionMetadataForKey({ key: 'a', data: 1, hmsActionResultListener })
    const failed = await outcomeOf(app.store().setSessionMetadataForKey({ key: '', data: 1, hmsActionResultListener }))
    expect(failed).toMatchObject({ code: 10_004 })
    await app
      .store()
      .addKeyChangeListener({ keys: ['a'], hmsKeyChangeListener: { onKeyChanged: throwing('onKeyChanged') } })
    expect(await app.store().getSessionMetadataForKey({ key: 'a' })).toBe(1)
    const errors = app.told.flatMap(([name, update]) => (name === 'onHMSError' ? [(update as never)['error']] : []))
    expect(errors.map(({ description }) => description)).toEqual([
      'onJoin',
      'onSuccess',
      'onException',
      'A listener of observe threw.',
    ])
  })

  test('[HMS8] an exception says what failed, why, and with which numbers', async () => {
    const app = await apps().joined()
    const failed = await outcomeOf(app.store().setSessionMetadataForKey({ key: 'a', data: 'x'.repeat(1023) }))
    expect(failed).toMatchObject({
      code: 10_001,
      name: 'ValueTooLarge',
      message: 'The value is too large',
      action: 'setSessionMetadataForKey',
      isTerminal: false,
      params: { key: 'a', bytes: 1025, maxBytes: 1024 },
      cause: expect.any(SessionError),
    })
    expect((failed as HMSException).description).toContain('1024')
  })
})
