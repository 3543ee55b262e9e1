import { expect, test } from 'vitest'
import {
  HMSException,
  selectIsConnectedToRoom,
  selectSessionMetadata,
  selectSessionStore,
} from '../../src/hms/index.js'
import { outcomeOf } from './apps.js'
import { webAppsOfFile, type SessionStore, type WebApp } from './web-apps.js'

const apps = webAppsOfFile()

/** A key that the types of the app do not have. */
const stray = (key: string) => key as 'other'

/** What the app has under all keys. */
const all = ({ store }: WebApp) => store.getState(selectSessionStore())

test('[HMS20] what is observed is in the state, with what was there before and each change after', async () => {
  const [ana, bo] = [await apps().joined('Ana'), await apps().joined('Bo')]
  await ana.actions.sessionStore.set('spotlight', 'ana')
  await apps().network.settle()
  expect(all(bo)).toEqual({})
  await bo.actions.sessionStore.observe(['spotlight', 'pinnedMessages'])
  expect(all(bo)).toEqual({ spotlight: 'ana' })
  await ana.actions.sessionStore.set('pinnedMessages', [{ id: '1', text: 'Hi' }])
  await ana.actions.sessionStore.set('chatState', { enabled: false })
  await ana.actions.sessionStore.set('spotlight')
  await apps().network.settle()
  expect(all(bo)).toEqual({ pinnedMessages: [{ id: '1', text: 'Hi' }] })
})

test('[HMS20] what this peer sets is in its state, observed or not, when the call resolves', async () => {
  const [ana, bo] = [await apps().joined('Ana'), await apps().joined('Bo')]
  await ana.actions.sessionStore.set('spotlight', 'ana')
  expect(ana.store.getState(selectSessionStore('spotlight'))).toBe('ana')
  await bo.actions.sessionStore.set('spotlight', 'bo')
  await apps().network.settle()
  // Nobody here asked for it.
  expect(ana.store.getState(selectSessionStore('spotlight'))).toBe('ana')
  await ana.actions.sessionStore.set('spotlight', null)
  expect(all(ana)).toEqual({})
})

test('[HMS20] after unobserve the last value stays and no longer changes, and observing again brings the present one', async () => {
  const [ana, bo] = [await apps().joined('Ana'), await apps().joined('Bo')]
  await bo.actions.sessionStore.observe(['spotlight', 'chatState'])
  await ana.actions.sessionStore.set('spotlight', 'ana')
  await apps().network.settle()
  await bo.actions.sessionStore.unobserve('spotlight')
  await bo.actions.sessionStore.unobserve(['spotlight', 'pinnedMessages'])
  await ana.actions.sessionStore.set('spotlight', 'bo')
  await ana.actions.sessionStore.set('chatState', { enabled: true })
  await apps().network.settle()
  expect(all(bo)).toEqual({ spotlight: 'ana', chatState: { enabled: true } })
  await bo.actions.sessionStore.observe('spotlight')
  expect(all(bo).spotlight).toBe('bo')
})

test('[HMS20] components that observe at the same moment lose no key, and each change is told once', async () => {
  const [ana, bo] = [await apps().joined('Ana'), await apps().joined('Bo')]
  const { sessionStore } = bo.actions
  const told: (string | undefined)[] = []
  bo.store.subscribe((spotlight: string | undefined) => void told.push(spotlight), selectSessionStore('spotlight'))
  await Promise.all([
    sessionStore.observe('spotlight'),
    sessionStore.observe(['spotlight', 'pinnedMessages']),
    sessionStore.observe(['pinnedMessages', 'chatState', 'spotlight']),
  ])
  await sessionStore.observe('spotlight')
  await ana.actions.sessionStore.set('spotlight', 'ana')
  await ana.actions.sessionStore.set('pinnedMessages', [])
  await ana.actions.sessionStore.set('chatState', { enabled: true })
  await apps().network.settle()
  expect(all(bo)).toEqual({ spotlight: 'ana', pinnedMessages: [], chatState: { enabled: true } })
  expect(told).toEqual(['ana'])
  await sessionStore.unobserve('spotlight')
  await ana.actions.sessionStore.set('spotlight', 'bo')
  await apps().network.settle()
  expect(told).toEqual(['ana'])
})

test('[HMS20] where one key is none, all of that call is left unobserved, and what was observed before goes on', async () => {
  const ana = await apps().joined('Ana')
  await ana.actions.sessionStore.observe('spotlight')
  const outcomes = await Promise.all([
    outcomeOf(ana.actions.sessionStore.observe(['spotlight', 'chatState', stray('')])),
    outcomeOf(ana.actions.sessionStore.observe([stray(''), 'chatState'])),
  ])
  expect(outcomes).toEqual([expect.any(HMSException), expect.any(HMSException)])
  expect(outcomes).toMatchObject([{ code: 10_004 }, { code: 10_004 }])
  const bo = await apps().joined('Bo')
  await bo.actions.sessionStore.set('spotlight', 'bo')
  await bo.actions.sessionStore.set('chatState', { enabled: true })
  await apps().network.settle()
  expect(all(ana)).toEqual({ spotlight: 'bo' })
})

test('[HMS20] leaving empties the state, and the next room is observed anew', async () => {
  const ana = await apps().joined('Ana')
  await ana.actions.sessionStore.observe('spotlight')
  await ana.actions.sessionStore.set('spotlight', 'ana')
  await ana.actions.leave()
  expect(ana.store.getState()).toMatchObject({ sessionStore: {}, peers: [], room: { isConnected: false } })
  const bo = await apps().joined('Bo')
  await bo.actions.sessionStore.set('spotlight', 'bo')
  await ana.actions.join({ room: 'standup' })
  await apps().network.settle()
  expect(all(ana)).toEqual({})
  await ana.actions.sessionStore.observe('spotlight')
  expect(all(ana)).toEqual({ spotlight: 'bo' })
})

test('[HMS20] what is set shortly before leaving does not come into the state after it', async () => {
  const ana = apps().create()
  for (let turns = 0; turns < 12; turns++) {
    await ana.actions.join({ room: 'standup' })
    const setting = outcomeOf(ana.actions.sessionStore.set('spotlight', 'ana'))
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    await Promise.all([ana.actions.leave(), setting])
    expect(all(ana), `after ${turns} turns`).toEqual({})
  }
})

test('[HMS20] who was away for too long finds the state empty, and nothing observed', async () => {
  const { network } = apps()
  const rooms: Parameters<typeof network.sleep>[0][] = []
  const ana = apps().create({
    joinRoom: async joining => {
      const room = await network.join(joining)
      rooms.push(room)
      return room
    },
  })
  const bo = await apps().joined('Bo')
  await ana.actions.join({ room: 'standup' })
  await ana.actions.sessionStore.observe('spotlight')
  await ana.actions.sessionStore.set('spotlight', 'ana')
  const told: string[] = []
  ana.hms.getNotifications().onNotification(({ type }) => void told.push(type), ['ERROR', 'REMOVED_FROM_ROOM'])
  await network.settle()
  await network.partition([], rooms)
  await network.advance(10 * 60_000)
  await network.heal()
  await network.settle()
  expect(told).toEqual(['ERROR', 'REMOVED_FROM_ROOM'])
  expect(ana.store.getState(selectIsConnectedToRoom)).toBe(false)
  expect(all(ana)).toEqual({})
  await ana.actions.join({ room: 'standup' })
  await bo.actions.sessionStore.set('spotlight', 'bo')
  await network.settle()
  expect(all(ana)).toEqual({})
})

test('[HMS21] values are the frozen ones of the room, the same for as long as nothing changes', async () => {
  const [ana, bo] = [await apps().joined('Ana'), await apps().joined('Bo')]
  await bo.actions.sessionStore.observe(['pinnedMessages', 'chatState'])
  await ana.actions.sessionStore.set('pinnedMessages', [{ id: '1', text: 'Hi' }])
  await apps().network.settle()
  const before = all(bo)
  expect(Object.isFrozen(before) && Object.isFrozen(before.pinnedMessages?.[0])).toBe(true)
  await ana.actions.sessionStore.set('chatState', { enabled: true })
  await ana.actions.sessionStore.set('pinnedMessages', [{ id: '1', text: 'Hi' }])
  await apps().network.settle()
  const after = all(bo)
  expect(after).not.toBe(before)
  expect(after.pinnedMessages).toBe(before.pinnedMessages)
})

test('[HMS21] values keep their type; with mergeJsonStrings text comes back as text', async () => {
  const ana = await apps().joined('Ana', { mergeJsonStrings: ['spotlight'] })
  const text = '{"peers":["ana"]}'
  await ana.actions.sessionStore.observe(['spotlight', 'other'])
  for (const value of [0, false, '', '1', [], { a: [null] }]) {
    await ana.actions.sessionStore.set('other', value)
    expect(all(ana).other).toEqual(value)
  }
  await ana.actions.sessionStore.set('spotlight', text)
  expect(all(ana).spotlight).toBe(text)
})

test('[HMS21] the empty text is a key that is not set, and names of Object.prototype are keys like others', async () => {
  const ana = await apps().joined('Ana')
  const plain = apps().create().hms.getStore()
  await ana.actions.sessionStore.set('spotlight', 'ana')
  for (const key of ['', 'toString', '__proto__', 'constructor'].map(stray)) {
    expect(ana.store.getState(selectSessionStore(key))).toBeUndefined()
    expect(plain.getState(selectSessionStore(key))).toBeUndefined()
  }
  await ana.actions.sessionStore.set(stray('__proto__'), { a: 1 })
  expect(ana.store.getState(selectSessionStore(stray('__proto__')))).toEqual({ a: 1 })
  expect(all(ana)).toEqual(Object.assign(JSON.parse('{"__proto__":{"a":1}}'), { spotlight: 'ana' }))
})

test('[HMS24] session metadata is the key default, in the state whoever sets it', async () => {
  const [ana, bo] = [await apps().joined('Ana'), await apps().joined('Bo')]
  const told: unknown[] = []
  bo.store.subscribe(metadata => void told.push(metadata), selectSessionMetadata)
  await ana.actions.setSessionMetadata('first')
  expect(ana.store.getState(selectSessionMetadata)).toBe('first')
  expect(all(ana)).toEqual({ default: 'first' } satisfies Partial<SessionStore>)
  await apps().network.settle()
  await bo.actions.populateSessionMetadata()
  expect([bo.store.getState(selectSessionMetadata), all(bo)]).toEqual(['first', {}])
  await ana.actions.setSessionMetadata({ seats: [1] })
  await ana.actions.setSessionMetadata(null)
  await apps().network.settle()
  expect([bo.store.getState(selectSessionMetadata), all(ana)]).toEqual([undefined, {}])
  expect(told.at(-1)).toBeUndefined()
  expect(told[0]).toBe('first')
  const cy = await apps().joined('Cy')
  await cy.actions.setSessionMetadata('late')
  await apps().network.settle()
  expect((await apps().joined('Di')).store.getState(selectSessionMetadata)).toBe('late')
})
