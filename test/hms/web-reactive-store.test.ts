import { expect, test } from 'vitest'
import {
  HMSException,
  HMSNotificationTypes,
  HMSReactiveStore,
  selectIsConnectedToRoom,
  selectLocalPeer,
  selectPeerByID,
  selectPeerMetadata,
  selectPeers,
  selectRemotePeers,
  selectSessionStore,
  type HMSNotification,
} from '../../src/hms/index.js'
import { outcomeOf } from './apps.js'
import { webAppsOfFile, type WebApp } from './web-apps.js'

const apps = webAppsOfFile()

const idOf = ({ store }: WebApp) => store.getState(selectLocalPeer)?.id ?? ''
const namesOf = (peers: readonly { readonly name: string }[]) => peers.map(({ name }) => name)

/** What a listener of the app is told, and what it was told before that. */
const recorder = <Slice>() => {
  const calls: (readonly [slice: Slice, previous: Slice | undefined])[] = []
  return { calls, listener: (slice: Slice, previous?: Slice) => void calls.push([slice, previous]) }
}

// --- listening ------------------------------------------------------------------------------------------------------

test('[HMS21] a subscriber is told its slice and the one before, when that changes and never twice', async () => {
  const ana = await apps().joined('Ana')
  const { sessionStore } = ana.actions
  const { calls, listener } = recorder<string | undefined>()
  const stop = ana.store.subscribe(listener, selectSessionStore('spotlight'))
  await sessionStore.observe(['spotlight', 'chatState'])
  await sessionStore.set('spotlight', 'ana')
  await sessionStore.set('spotlight', 'ana')
  await sessionStore.set('chatState', { enabled: true })
  await ana.actions.changeName('Anna')
  await sessionStore.set('spotlight', 'bo')
  stop()
  await sessionStore.set('spotlight', 'cy')
  expect(calls).toEqual([
    ['ana', undefined],
    ['bo', 'ana'],
  ])
})

test('[HMS21] arrays and objects that a selector builds count by what is in them, others by what they are', async () => {
  const ana = await apps().joined('Ana')
  const [names, named, times, whole] = [recorder<string[]>(), recorder<object>(), recorder<Date>(), recorder<unknown>()]
  ana.store.subscribe(names.listener, ({ peers }) => namesOf(peers))
  ana.store.subscribe(named.listener, ({ peers, room }) => ({ room: room.name, local: peers[0]?.name }))
  ana.store.subscribe(times.listener, () => new Date(0))
  ana.store.subscribe(whole.listener)
  await ana.actions.sessionStore.set('spotlight', 'ana')
  expect([names.calls, named.calls]).toEqual([[], []])
  // Their fields tell nothing of what they are.
  expect(times.calls).toHaveLength(1)
  await ana.actions.sessionStore.set('spotlight', 'ana')
  await ana.actions.sessionStore.set('toString' as 'spotlight', null)
  expect(whole.calls).toHaveLength(1)
  await ana.actions.changeName('Anna')
  expect(names.calls).toEqual([[['Anna'], ['Ana']]])
  expect(named.calls).toEqual([
    [
      { room: 'standup', local: 'Anna' },
      { room: 'standup', local: 'Ana' },
    ],
  ])
})

test('[HMS21] with triggerOnSubscribe a subscriber is told at once what there is, and without it is not', async () => {
  const ana = await apps().joined('Ana')
  const [before, after] = [recorder<boolean>(), recorder<boolean>()]
  ana.store.subscribe(before.listener, selectIsConnectedToRoom)
  ana.hms.triggerOnSubscribe()
  ana.store.subscribe(after.listener, selectIsConnectedToRoom)
  expect([before.calls, after.calls]).toEqual([[], [[true, undefined]]])
  await ana.actions.leave()
  expect([before.calls, after.calls]).toEqual([
    [[false, true]],
    [
      [true, undefined],
      [false, true],
    ],
  ])
})

test('[HMS21] a subscriber may write, unsubscribe others and throw: each of them is told right', async () => {
  const ana = await apps().joined('Ana')
  const { sessionStore } = ana.actions
  await sessionStore.observe('spotlight')
  const failures: unknown[] = []
  ana.hms
    .getNotifications()
    .onNotification(({ data }) => void failures.push(data.params['event'] ?? data.cause), 'ERROR')
  const spotlight = selectSessionStore<{ spotlight: string }, 'spotlight'>('spotlight')
  const [first, removed, last] = [recorder<string | undefined>(), recorder<unknown>(), recorder<unknown>()]
  const fault = new Error('a fault of the app')
  let stopRemoved = () => {}
  ana.store.subscribe((slice, previous) => {
    first.listener(slice, previous)
    stopRemoved()
    if (slice === 'ana') void sessionStore.set('spotlight', 'bo')
  }, spotlight)
  stopRemoved = ana.store.subscribe(removed.listener, spotlight)
  ana.store.subscribe(() => {
    throw fault
  }, spotlight)
  ana.store.subscribe(last.listener, spotlight)
  await sessionStore.set('spotlight', 'ana')
  expect(first.calls).toEqual([
    ['ana', undefined],
    ['bo', 'ana'],
  ])
  expect(last.calls.at(-1)?.[0]).toBe('bo')
  expect(new Set(last.calls.map(([slice]) => slice)).size).toBe(last.calls.length)
  expect(removed.calls).toEqual([])
  expect(new Set(failures)).toEqual(new Set([fault]))
})

// --- who is here ----------------------------------------------------------------------------------------------------

test('[HMS22] selectors give who is here, the local peer first, and parse metadata', async () => {
  const ana = await apps().joined('Ana', { role: 'host', metaData: '{"hand":{"raised":true}}', customerUserId: 'u1' })
  const bo = await apps().joined('Bo', { metaData: 'plain words' })
  await apps().network.settle()
  const { store } = bo
  expect(namesOf(store.getState(selectPeers))).toEqual(['Bo', 'Ana'])
  expect(namesOf(store.getState(selectRemotePeers))).toEqual(['Ana'])
  expect(store.getState(selectPeerByID(idOf(ana)))).toEqual({
    id: idOf(ana),
    name: 'Ana',
    isLocal: false,
    roleName: 'host',
    metadata: '{"hand":{"raised":true}}',
    customerUserId: 'u1',
    joinedAt: expect.any(Date),
  })
  expect(store.getState(selectPeerMetadata(idOf(ana)))).toEqual({ hand: { raised: true } })
  for (const id of [idOf(bo), 'nobody', '__proto__']) expect(store.getState(selectPeerMetadata(id))).toEqual({})
  expect(store.getState(selectPeerByID('nobody'))).toBeUndefined()
  await ana.actions.leave()
  await apps().network.settle()
  expect([namesOf(store.getState(selectPeers)), store.getState(selectPeerMetadata(idOf(ana)))]).toEqual([['Bo'], {}])
  await bo.actions.leave()
  expect([store.getState(selectPeers), store.getState(selectRemotePeers), store.getState(selectLocalPeer)]).toEqual([
    [],
    [],
    undefined,
  ])
})

test('[HMS22] metadata that is JSON, but no object, reads as an empty one', async () => {
  const ana = await apps().joined('Ana')
  for (const metadata of ['5', '[1]', 'null', '{', '"\\ud800"', '{"a":"\\ud800"}', '']) {
    await ana.actions.changeMetadata(metadata)
    expect(ana.store.getState(selectLocalPeer)?.metadata).toBe(metadata)
    expect(ana.store.getState(selectPeerMetadata(idOf(ana)))).toEqual({})
  }
})

test('[HMS22] what selectors give of peers is the same for as long as nothing of it changes', async () => {
  const ana = await apps().joined('Ana', { metaData: '{"hand":{"raised":true}}' })
  const bo = await apps().joined('Bo')
  await apps().network.settle()
  const { store } = bo
  const [peers, remote, metadata] = [recorder<unknown>(), recorder<unknown>(), recorder<unknown>()]
  store.subscribe(peers.listener, selectPeers)
  store.subscribe(remote.listener, selectRemotePeers)
  store.subscribe(metadata.listener, selectPeerMetadata(idOf(ana)))
  const read = () => [
    store.getState(selectPeers),
    store.getState(selectRemotePeers),
    store.getState(selectPeerMetadata(idOf(ana))),
  ]
  const before = read()
  await bo.actions.sessionStore.set('spotlight', 'bo')
  expect(read().every((slice, index) => slice === before[index])).toBe(true)
  await bo.actions.changeName('Bob')
  expect([peers, remote, metadata].map(({ calls }) => calls.length)).toEqual([1, 0, 0])
  expect(store.getState(selectPeerMetadata(idOf(ana)))).toBe(before[2])
  await ana.actions.changeMetadata({ hand: { raised: false } })
  await apps().network.settle()
  expect([peers, remote, metadata].map(({ calls }) => calls.length)).toEqual([2, 1, 1])
  expect(store.getState(selectPeerMetadata(idOf(ana)))).toEqual({ hand: { raised: false } })
  await Promise.all([ana.actions.changeName('Anna'), ana.actions.changeMetadata('')])
  await apps().network.settle()
  expect([peers, remote, metadata].map(({ calls }) => calls.length)).toEqual([3, 2, 2])
})

// --- what happens ---------------------------------------------------------------------------------------------------

test('[HMS23] notifications tell what happens, when the state has it, to those who asked for that type', async () => {
  const [ana, bo] = [apps().create(), apps().create()]
  const toldAlone: string[] = []
  const stopAlone = ana.hms.getNotifications().onNotification(({ type }) => void toldAlone.push(type))
  await ana.actions.join({ room: 'standup' })
  stopAlone()
  expect(toldAlone).toEqual([])
  const toldBo: [string, number][] = []
  bo.hms
    .getNotifications()
    .onNotification(({ type }) => void toldBo.push([type, bo.store.getState(selectPeers).length]))
  const told: unknown[] = []
  const stop = ana.hms.getNotifications().onNotification(
    ({ type, message, data: { name, roleName, metadata } }) => {
      const known = ana.store.getState(selectRemotePeers).map(peer => peer.name)
      told.push([type, message, name, roleName, metadata, known])
    },
    ['PEER_JOINED', 'PEER_LEFT', 'NAME_UPDATED', 'METADATA_UPDATED'],
  )
  await bo.actions.join({ room: 'standup', userName: 'Bo', role: 'guest' })
  await apps().network.settle()
  await bo.actions.changeName('Bob')
  await apps().network.settle()
  await bo.actions.changeMetadata({ hand: 1 })
  await apps().network.settle()
  await bo.actions.leave()
  await apps().network.settle()
  stop()
  await bo.actions.join({ room: 'standup', userName: 'Bo' })
  await apps().network.settle()
  expect(told).toEqual([
    ['PEER_JOINED', 'Bo joined', 'Bo', 'guest', undefined, ['Bo']],
    ['NAME_UPDATED', 'Bob has another name', 'Bob', 'guest', undefined, ['Bob']],
    ['METADATA_UPDATED', 'Bob has other metadata', 'Bob', 'guest', '{"hand":1}', ['Bob']],
    ['PEER_LEFT', 'Bob left', 'Bob', 'guest', '{"hand":1}', []],
  ])
  expect(toldBo).toEqual([
    ['PEER_LIST', 2],
    ['NAME_UPDATED', 2],
    ['METADATA_UPDATED', 2],
    ['PEER_LIST', 2],
  ])
})

test('[HMS23] messages arrive as NEW_MESSAGE at those they are for, and not at their sender', async () => {
  const [ana, bo, cy] = [
    await apps().joined('Ana', { role: 'host', customerUserId: 'u1' }),
    await apps().joined('Bo', { role: 'guest' }),
    await apps().joined('Cy', { role: 'guest' }),
  ]
  await apps().network.settle()
  const told: unknown[] = []
  for (const [name, app] of Object.entries({ ana, bo, cy }))
    app.hms.getNotifications().onNotification(({ data }) => {
      told.push([name, data.senderName, data.type, data.message, data.recipientPeer, data.recipientRoles])
    }, HMSNotificationTypes.NEW_MESSAGE)
  await ana.actions.sendBroadcastMessage('to all')
  await apps().network.settle()
  await ana.actions.sendGroupMessage('to guests', ['guest'], 'note')
  await apps().network.settle()
  await bo.actions.sendDirectMessage('to Ana', idOf(ana))
  await apps().network.settle()
  // Others get it in whatever order.
  expect(told.sort()).toEqual([
    ['ana', 'Bo', 'chat', 'to Ana', idOf(ana), undefined],
    ['bo', 'Ana', 'chat', 'to all', undefined, undefined],
    ['bo', 'Ana', 'note', 'to guests', undefined, ['guest']],
    ['cy', 'Ana', 'chat', 'to all', undefined, undefined],
    ['cy', 'Ana', 'note', 'to guests', undefined, ['guest']],
  ])
})

test('[HMS23] a listener that throws is told by ERROR, the others are told all the same', async () => {
  const ana = await apps().joined('Ana')
  const told: HMSNotification[] = []
  const fault = new Error('a fault of the app')
  ana.hms.getNotifications().onNotification(() => {
    throw fault
  }, 'NAME_UPDATED')
  ana.hms.getNotifications().onNotification(notification => void told.push(notification))
  await ana.actions.changeName('Anna')
  expect(told.map(({ type, severity }) => [type, severity])).toEqual([
    ['ERROR', 'error'],
    ['NAME_UPDATED', 'info'],
  ])
  expect(told[0]?.data).toMatchObject({ cause: fault })
})

// --- what fails -----------------------------------------------------------------------------------------------------

const calls: Record<string, (app: WebApp) => Promise<unknown>> = {
  set: ({ actions }) => actions.sessionStore.set('spotlight', 'ana'),
  observe: ({ actions }) => actions.sessionStore.observe('spotlight'),
  unobserve: ({ actions }) => actions.sessionStore.unobserve(['spotlight']),
  setSessionMetadata: ({ actions }) => actions.setSessionMetadata('metadata'),
  populateSessionMetadata: ({ actions }) => actions.populateSessionMetadata(),
  sendBroadcastMessage: ({ actions }) => actions.sendBroadcastMessage('Hi'),
  sendGroupMessage: ({ actions }) => actions.sendGroupMessage('Hi', ['host']),
  sendDirectMessage: ({ actions }) => actions.sendDirectMessage('Hi', 'bo'),
  changeMetadata: ({ actions }) => actions.changeMetadata({}),
  changeName: ({ actions }) => actions.changeName('Anna'),
  leave: ({ actions }) => actions.leave(),
}

test.each(Object.entries(calls))('[HMS24] %s outside of a room rejects with 6000', async (_, call) => {
  const ana = apps().create()
  const before = await outcomeOf(call(ana))
  await ana.actions.join({ room: 'standup' })
  await ana.actions.leave()
  for (const outcome of [before, await outcomeOf(call(ana))]) {
    expect(outcome).toBeInstanceOf(HMSException)
    expect(outcome).toMatchObject({ code: 6000 })
  }
})

test('[HMS24] what cannot be done rejects with an exception that says why, and changes nothing', async () => {
  const ana = await apps().joined('Ana')
  const { sessionStore, ...actions } = ana.actions
  await sessionStore.observe('other')
  const before = ana.store.getState()
  const cycle: { self?: object } = {}
  cycle.self = cycle
  const outcomes = await Promise.all(
    [
      sessionStore.set('other', 'x'.repeat(1023)),
      sessionStore.set('' as never, 1 as never),
      sessionStore.set('other', () => 1),
      sessionStore.observe(5 as never),
      actions.setSessionMetadata('x'.repeat(1023)),
      actions.sendBroadcastMessage(''),
      actions.sendBroadcastMessage(undefined as never),
      actions.sendGroupMessage('Hi', []),
      actions.sendGroupMessage('Hi', undefined as never),
      actions.sendDirectMessage('Hi', 'nobody'),
      actions.sendDirectMessage('Hi', idOf(ana)),
      actions.changeMetadata(cycle),
      actions.changeName(5 as never),
      actions.join({ room: 'standup' }),
    ].map(outcomeOf),
  )
  for (const outcome of outcomes) expect(outcome).toBeInstanceOf(HMSException)
  expect(outcomes.map(outcome => (outcome as HMSException).code)).toEqual([
    10_001, 10_004, 6004, 10_004, 10_001, 6013, 6004, 6013, 6013, 6008, 6013, 6004, 6004, 5001,
  ])
  expect(ana.store.getState()).toBe(before)
})

test('[HMS24] a join that fails rejects, is told by ERROR, and leaves the state empty', async () => {
  const ana = new HMSReactiveStore({ joinRoom: () => Promise.reject(new Error('no way in')) })
  const told: unknown[] = []
  ana.getNotifications().onNotification(({ data }) => void told.push(data.description), 'ERROR')
  const outcome = await outcomeOf(ana.getActions().join({ room: 'standup' }))
  expect(outcome).toBeInstanceOf(HMSException)
  expect(outcome).toMatchObject({ code: 6002, isTerminal: true, description: 'no way in' })
  expect([told, ana.getStore().getState(selectIsConnectedToRoom)]).toEqual([['no way in'], false])
})
