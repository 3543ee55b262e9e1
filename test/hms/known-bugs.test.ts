/**
 * What is wrong in the original, platform by platform, and is not here. Each test names the fault that it looks for.
 */
import { describe, expect, test } from 'vitest'
import { HMSSDK, type JsonValue } from '../../src/hms/index.js'
import { appsOfFile, outcomeOf, recorder, resultRecorder, type App } from './apps.js'

const apps = appsOfFile()

const set = (app: App, key: string, data: unknown) => app.store().setSessionMetadataForKey({ key, data })
const listen = (app: App, keys: string[], { listener }: ReturnType<typeof recorder>) =>
  app.store().addKeyChangeListener({ keys, hmsKeyChangeListener: listener })

describe('what is wrong in the original', () => {
  test('[HMS4] listeners added in the same millisecond (Flutter: named by the clock, the second one is never told)', async () => {
    const [ana, bo] = [await apps().joined(), await apps().joined()]
    const all = Array.from({ length: 10 }, recorder)
    // No time passes in this network unless it is told to.
    await Promise.all(all.map((each, index) => listen(ana, [`key ${index % 2}`], each)))
    await set(bo, 'key 0', 'zero')
    await set(bo, 'key 1', 'one')
    await apps().network.settle()
    expect(all.map(({ changes }) => changes.at(-1))).toEqual(
      all.map((_, index) => (index % 2 === 0 ? ['key 0', 'zero'] : ['key 1', 'one'])),
    )
    for (const { changes } of all) expect(changes).toHaveLength(2)
  })

  test('[HMS4] an initial value that comes before the listener is known (Flutter: dropped)', async () => {
    const [ana, bo] = [await apps().joined(), await apps().joined()]
    await set(ana, 'key', 'before')
    await apps().network.settle()
    const onJoin = recorder()
    const late = apps().create()
    late.sdk.addUpdateListener({
      listener: {
        onSessionStoreAvailable: ({ hmsSessionStore }) => {
          void hmsSessionStore.addKeyChangeListener({ keys: ['key', 'unset'], hmsKeyChangeListener: onJoin.listener })
          // A write in the same breath does not overtake the value it replaces.
          void hmsSessionStore.setSessionMetadataForKey({ key: 'key', data: 'after' })
        },
      },
    })
    await late.join()
    await apps().network.settle()
    expect(onJoin.changes).toEqual([
      ['key', 'before'],
      ['unset', null],
      ['key', 'after'],
    ])
    expect(await bo.store().getSessionMetadataForKey({ key: 'key' })).toBe('after')
  })

  test('[HMS4] a value that changes while a listener is being added (any: told twice, or not at all)', async () => {
    const [ana, bo] = [await apps().joined(), await apps().joined()]
    const each = recorder()
    const setting = set(bo, 'key', 1)
    const adding = listen(ana, ['key'], each)
    await setting
    await apps().network.settle()
    await adding
    expect(each.changes).toEqual([
      ['key', null],
      ['key', 1],
    ])
  })

  test('[HMS4] the same keys observed from several components (Web: keys lost; React Native: replayed to the others)', async () => {
    const [ana, bo] = [await apps().joined(), await apps().joined()]
    await set(bo, 'shared', 0)
    await apps().network.settle()
    const [pins, chat, stage] = [recorder(), recorder(), recorder()]
    await Promise.all([
      listen(ana, ['shared', 'pins'], pins),
      listen(ana, ['shared', 'chat'], chat),
      listen(ana, ['shared'], stage),
    ])
    expect([pins, chat, stage].map(({ changes }) => changes.filter(([key]) => key === 'shared'))).toEqual(
      [pins, chat, stage].map(() => [['shared', 0]]),
    )
    await set(bo, 'shared', 1)
    await set(bo, 'pins', 'pinned')
    await set(bo, 'chat', 'paused')
    await apps().network.settle()
    expect(pins.changes.slice(2)).toEqual([
      ['shared', 1],
      ['pins', 'pinned'],
    ])
    expect(chat.changes.slice(2)).toEqual([
      ['shared', 1],
      ['chat', 'paused'],
    ])
    expect(stage.changes.slice(1)).toEqual([['shared', 1]])
  })

  test('[HMS4] the same listener added twice (Flutter: told twice, and removed by half)', async () => {
    const app = await apps().joined()
    const each = recorder()
    await listen(app, ['a'], each)
    await listen(app, ['a', 'b'], each)
    await listen(app, ['b', 'b'], each)
    await set(app, 'a', 1)
    await set(app, 'b', 2)
    expect(each.changes).toEqual([
      ['a', null],
      ['b', null],
      ['a', 1],
      ['b', 2],
    ])
    const hmsKeyChangeListener = each.listener
    expect(await app.store().removeKeyChangeListener({ hmsKeyChangeListener })).toBeNull()
    await set(app, 'a', 3)
    expect(each.changes).toHaveLength(4)
  })

  test('[HMS4] removing: offline, while it is told, and what is not there (Flutter: never answered, Android: crashed)', async () => {
    const app = await apps().joined()
    const each = recorder()
    await listen(app, ['key'], each)
    app.sdk.hearthRoom?.disconnect()
    const hmsKeyChangeListener = each.listener
    expect(await app.store().removeKeyChangeListener({ hmsKeyChangeListener })).toBeNull()
    const unknown = await app.store().removeKeyChangeListener({ hmsKeyChangeListener })
    expect(unknown).toMatchObject({ code: 6004, action: 'removeKeyChangeListener', isTerminal: false })
    const once: JsonValue[] = []
    const removesItself = {
      onKeyChanged: ({ value }: { value: JsonValue }) => {
        once.push(value)
        if (value === 1) void app.store().removeKeyChangeListener({ hmsKeyChangeListener: removesItself })
      },
    }
    await app.store().addKeyChangeListener({ keys: ['key'], hmsKeyChangeListener: removesItself })
    for (const value of [1, 2]) await set(app, 'key', value)
    expect(once).toEqual([null, 1])
    // At its first value it is not even known to have been added.
    const first: JsonValue[] = []
    const atOnce = {
      onKeyChanged: ({ value }: { value: JsonValue }) => {
        first.push(value)
        void app.store().removeKeyChangeListener({ hmsKeyChangeListener: atOnce })
      },
    }
    await app.store().addKeyChangeListener({ keys: ['key', 'other'], hmsKeyChangeListener: atOnce })
    await set(app, 'key', 3)
    expect(first).toEqual([2])
  })

  test('[HMS4] a listener that leaks into the next room (Flutter: the list is never cleared)', async () => {
    const app = await apps().joined()
    const each = recorder()
    await listen(app, ['key'], each)
    await app.sdk.leave()
    await app.join({ room: 'another' })
    await set(app, 'key', 'of another room')
    expect(each.changes).toEqual([['key', null]])
    // And it can listen there, if it wants to.
    await listen(app, ['key'], each)
    expect(each.changes.at(-1)).toEqual(['key', 'of another room'])
  })

  test('[HMS4] N listeners told N times each (React Native: they share one event)', async () => {
    const [ana, bo] = [await apps().joined(), await apps().joined()]
    const all = Array.from({ length: 5 }, recorder)
    for (const each of all) await listen(ana, ['key'], each)
    for (const value of [1, 2]) await set(bo, 'key', value)
    await apps().network.settle()
    await set(ana, 'key', 3)
    await set(ana, 'key', 3)
    await apps().network.settle()
    for (const { changes } of all) expect(new Set(changes.map(([, value]) => value)).size).toBe(changes.length)
    expect(all.map(({ changes }) => changes.at(-1))).toEqual(all.map(() => ['key', 3]))
  })

  test('[HMS12] values that are lost after a reconnect (Web: nothing is sent again, and observing again does nothing)', async () => {
    const [ana, bo] = [await apps().joined(), await apps().joined()]
    const { network } = apps()
    const each = recorder()
    await listen(bo, ['by ana', 'by bo'], each)
    const rooms = [ana, bo].map(({ sdk }) => sdk.hearthRoom).filter(room => room !== null)
    await network.partition(...rooms.map(room => [room]))
    await network.advance(10_000)
    expect(bo.names()).toContain('onReconnecting')
    await set(ana, 'by ana', 'meanwhile')
    await set(bo, 'by bo', 'meanwhile')
    await network.heal()
    await network.settle()
    expect(bo.names().filter(name => name.startsWith('onReconnect'))).toEqual(['onReconnecting', 'onReconnected'])
    expect(each.changes.slice(2)).toEqual([
      ['by bo', 'meanwhile'],
      ['by ana', 'meanwhile'],
    ])
    expect(await ana.store().getSessionMetadataForKey({ key: 'by bo' })).toBe('meanwhile')
    // Each was told once, though all was sent again.
    await set(ana, 'by ana', 'after')
    await network.settle()
    expect(each.changes.slice(4)).toEqual([['by ana', 'after']])
  })

  test('[HMS2] a write before the join that never completes (Android), or is a TypeError (Web)', async () => {
    const sdk = new HMSSDK({ joinRoom: joining => apps().network.join(joining) })
    const { results, listener: hmsActionResultListener } = resultRecorder()
    const outcome = await outcomeOf(sdk.setSessionMetadata({ metadata: 'early', hmsActionResultListener }))
    expect(outcome).toMatchObject({ code: 6000, name: 'NotConnected' })
    expect(results).toMatchObject([{ outcome: 'exception', hmsException: outcome }])
    expect(await outcomeOf(sdk.getSessionMetadata())).toMatchObject({ code: 6000 })
  })

  test('[HMS7] a failure without a word (Flutter: no listener, no error; arguments left out)', async () => {
    const app = await apps().joined()
    expect(await outcomeOf(set(app, '', 1))).toMatchObject({ code: 10_004 })
    const { results, listener: hmsActionResultListener } = resultRecorder()
    await outcomeOf(app.store().setSessionMetadataForKey({ key: '', data: 1, hmsActionResultListener }))
    expect(results).toMatchObject([{ outcome: 'exception', arguments: { key: '', data: 1 } }])
  })

  test('[HMS3] numbers and booleans that come back as text, and true as 1 (Flutter on iOS)', async () => {
    const [ana, bo] = [await apps().joined(), await apps().joined()]
    for (const [key, value] of Object.entries({ number: 1, boolean: true, text: '1' })) await set(ana, key, value)
    await apps().network.settle()
    const read = (key: string) => bo.store().getSessionMetadataForKey({ key })
    expect([await read('number'), await read('boolean'), await read('text')]).toEqual([1, true, '1'])
  })
})
