import { expect, test } from 'vitest'
import { HMSReactiveStore, selectSessionStore } from '../../src/hms/index.js'
import { appsOfFile, outcomeOf } from './apps.js'

const apps = appsOfFile()

/** How each call ended, in the order of the calls. */
const codesOf = async (...calls: readonly Promise<unknown>[]) =>
  (await Promise.all(calls.map(outcomeOf))).map(outcome => (outcome as { code?: number } | undefined)?.code ?? 'done')

test('[HMS2] joining, leaving and joining at once ends in the room, as a page does that mounts twice', async () => {
  const app = apps().create()
  expect(await codesOf(app.join(), app.sdk.leave(), app.join())).toEqual([6000, 'done', 'done'])
  expect(app.sdk.hearthRoom).not.toBe(null)
  expect(app.names().filter(name => name === 'onJoin')).toHaveLength(1)
})

test('[HMS2] leaving cancels a join that waits for the leave before it', async () => {
  const app = await apps().joined()
  const leave = () => app.sdk.leave()
  expect(await codesOf(leave(), app.join(), leave())).toEqual(['done', 6000, 'done'])
  expect(app.sdk.hearthRoom).toBe(null)

  const last = app.join({ room: 'retro' })
  expect(await codesOf(leave(), leave(), app.join({ room: 'second' }), app.join(), last)).toEqual([
    'done',
    'done',
    'done',
    5001,
    6000,
  ])
  expect(await app.sdk.getRoom()).toMatchObject({ name: 'second' })
})

test('[HMS2] of random joins and leaves the last one decides, and each of them ends', async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const app = apps().create()
    let state = seed
    const draw = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below
    const calls: Promise<unknown>[] = []
    for (let step = 0; step < 8; step++) {
      calls.push(outcomeOf(draw(2) ? app.join() : app.sdk.leave()))
      for (let turns = draw(6); turns > 0; turns--) await Promise.resolve()
    }
    const isLastJoin = draw(2) === 1
    const last = isLastJoin ? app.join() : app.sdk.leave()
    await Promise.all([...calls, outcomeOf(last)])
    expect(app.sdk.hearthRoom !== null, `seed ${seed}`).toBe(isLastJoin)
    expect(app.names().filter(name => name === 'onJoin').length, `seed ${seed}`).toBe(
      app.names().filter(name => name === 'onSessionStoreAvailable').length,
    )
    await outcomeOf(app.sdk.leave())
  }
})

test('[HMS1] a listener that is added twice is told once of the store, also if it is there already', async () => {
  const app = await apps().joined()
  const told: string[] = []
  const listener = { onSessionStoreAvailable: () => void told.push('store') }
  app.sdk.addUpdateListener({ listener })
  app.sdk.addUpdateListener({ listener })
  expect(told).toEqual(['store'])
  app.sdk.removeUpdateListener({ listener })
  app.sdk.addUpdateListener({ listener })
  expect(told).toEqual(['store', 'store'])
})

test('[HMS20] who leaves when shown a key has nothing observed, and observes it anew in the next room', async () => {
  const { network } = apps()
  const hms = new HMSReactiveStore({ joinRoom: joining => network.join(joining) })
  const [actions, store] = [hms.getActions(), hms.getStore()]
  const other = await network.join({ room: 'standup' })
  other.store.set('first', 1)
  other.store.set('second', 2)
  await actions.join({ room: 'standup' })
  const stop = store.subscribe(() => {
    stop()
    void actions.leave()
  }, selectSessionStore('first'))
  expect(await outcomeOf(actions.sessionStore.observe(['first', 'second']))).toMatchObject({ code: 6000 })
  await actions.join({ room: 'standup' })
  await actions.sessionStore.observe(['first', 'second'])
  expect(store.getState(selectSessionStore())).toEqual({ first: 1, second: 2 })
  await Promise.all([actions.leave(), other.leave()])
})

test('[HMS23] a listener that listens anew when it is told hears each notification once', async () => {
  const { network } = apps()
  const hms = new HMSReactiveStore({ joinRoom: joining => network.join(joining) })
  await hms.getActions().join({ room: 'standup' })
  const told: string[] = []
  let stop = () => {}
  const listen = () => {
    stop = hms.getNotifications().onNotification(({ type }) => {
      told.push(type)
      if (told.length > 10) throw new Error('without end')
      stop()
      listen()
    })
  }
  listen()
  const other = await network.join({ room: 'standup' })
  await network.settle()
  expect(told).toEqual(['PEER_JOINED'])
  await Promise.all([hms.getActions().leave(), other.leave()])
})
