import { describe, expect, test } from 'vitest'
import { toHMSException } from '../../src/hms/exception.js'
import { HMSException, type HMSConfig } from '../../src/hms/index.js'
import { appsOfFile, outcomeOf, recorder } from './apps.js'

const apps = appsOfFile()

/** As JavaScript calls it: without the types. */
const call = (target: object, method: string, argument: unknown): Promise<unknown> =>
  outcomeOf((Reflect.get(target, method) as (argument: unknown) => Promise<unknown>).call(target, argument))

const messageMethods = ['sendBroadcastMessage', 'sendGroupMessage', 'sendDirectMessage']
const sdkMethods = ['changeMetadata', 'changeName', 'setSessionMetadata', ...messageMethods]
const storeMethods = [
  'setSessionMetadataForKey',
  'getSessionMetadataForKey',
  'addKeyChangeListener',
  'removeKeyChangeListener',
]

describe('what JavaScript may hand in', () => {
  test('[HMS2] [HMS8] a call without anything is an exception, never a TypeError, in a room and outside', async () => {
    const app = await apps().joined()
    const store = app.store()
    const outcomes = async (argument: unknown) => {
      const codes: Record<string, unknown> = {}
      for (const [target, methods] of [[app.sdk, sdkMethods] as const, [store, storeMethods] as const])
        for (const method of methods) {
          const outcome = await call(target, method, argument)
          codes[method] = outcome instanceof HMSException ? outcome.code : outcome
        }
      return codes
    }
    const inRoom = {
      changeMetadata: 6004,
      changeName: 6004,
      setSessionMetadata: undefined,
      sendBroadcastMessage: 6004,
      sendGroupMessage: 6013,
      sendDirectMessage: 6004,
      setSessionMetadataForKey: 10_004,
      getSessionMetadataForKey: 10_004,
      addKeyChangeListener: 6004,
      removeKeyChangeListener: 6004,
    }
    for (const argument of [undefined, null, 5, {}]) expect(await outcomes(argument)).toEqual(inRoom)

    expect(await call(app.sdk, 'leave', null)).toBe(undefined)
    const outside = Object.fromEntries([...sdkMethods, ...storeMethods].map(method => [method, 6000]))
    for (const argument of [undefined, null])
      expect(await outcomes(argument)).toEqual({ ...outside, removeKeyChangeListener: 6004 })
    for (const argument of [undefined, null, { config: null }])
      expect(await call(app.sdk, 'join', argument)).toMatchObject({ code: 6004 })
  })

  test('[HMS1] what is no update listener is refused with 6004, and harms no join', async () => {
    const { sdk } = apps().create()
    for (const argument of [undefined, null, {}, { listener: null }, { listener: 5 }]) {
      expect(() => sdk.addUpdateListener(argument as never)).toThrow(HMSException)
      sdk.removeUpdateListener(argument as never)
    }
    await sdk.join({ config: { room: 'standup' } })
    expect(sdk.hearthRoom).not.toBe(null)
  })

  test('[HMS10] a direct message to what is no peer goes to nobody, least of all to everybody', async () => {
    const { network } = apps()
    const [ana, bo] = [await apps().joined('Ana'), await apps().joined('Bo')]
    await network.settle()
    const peerId = bo.sdk.hearthRoom?.self.id
    for (const peerTo of [undefined, null, {}, { id: peerId }, { peerId: undefined }, { peerId: [peerId] }, 'x', 5])
      expect(await call(ana.sdk, 'sendDirectMessage', { message: 'a secret', peerTo })).toMatchObject({ code: 6004 })
    for (const hmsRolesTo of [undefined, [null], [{}], [{ name: 5 }], [{ name: '' }, {}]])
      expect(await call(ana.sdk, 'sendGroupMessage', { message: 'a secret', hmsRolesTo })).toMatchObject({ code: 6013 })
    await network.settle()
    expect(bo.names()).not.toContain('onMessage')
  })

  test('[HMS11] metadata that has no JSON text is 6004, and stays as it was', async () => {
    const app = await apps().joined('Ana', { metaData: 'as it was' })
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    for (const metadata of [circular, 1n, undefined, Symbol('no'), () => {}])
      expect(await call(app.sdk, 'changeMetadata', { metadata })).toMatchObject({
        code: 6004,
        action: 'changeMetadata',
      })
    expect(await app.sdk.getLocalPeer()).toMatchObject({ metadata: 'as it was' })
  })

  test('[HMS13] options that cannot be used are 6004 at the join, not at the first value', async () => {
    for (const option of [
      { mergeJsonStrings: 'pins' },
      { mergeJsonStrings: null },
      { mergeJsonStrings: 5 },
      { valueFormat: 'text' },
      { metaData: { team: 'red' } },
      { customerUserId: 17 },
    ]) {
      const app = apps().create()
      expect(await outcomeOf(app.join(option as HMSConfig))).toMatchObject({ code: 6004, action: 'JOIN' })
      expect(app.sdk.hearthRoom).toBe(null)
    }
  })

  test('[HMS7] whatever a listener throws, it changes no result', async () => {
    const app = await apps().joined()
    const ofAnotherVersion = Object.assign(new Error('new'), { name: 'SessionError', code: 'of-the-future' })
    for (const thrown of [ofAnotherVersion, Object.create(null), Symbol('no'), undefined]) {
      const onSuccess = () => {
        throw thrown
      }
      expect(await outcomeOf(app.sdk.setSessionMetadata({ metadata: 1, hmsActionResultListener: { onSuccess } }))).toBe(
        undefined,
      )
      expect(app.told.at(-1)).toMatchObject(['onHMSError', { error: { code: 6002, action: 'LISTENER' } }])
    }
    expect(toHMSException(Object.assign(new Error('x'), { name: 'SessionError', code: 'constructor' }), 'X').code).toBe(
      6002,
    )
  })
})

describe('texts that hold JSON', () => {
  test('[HMS6] a text that a double cannot hold, or that ends too early, stays the text that it is, at once', async () => {
    const app = await apps().joined('Ana', { mergeJsonStrings: true, limits: { maxValueBytes: 60_000 } })
    const heard = recorder()
    await app.store().addKeyChangeListener({ keys: ['k'], hmsKeyChangeListener: heard.listener })
    const texts = ['[1e-400]', '[1.2345678e-320]', '[0.5e-330, 1]', `["${'\\"'.repeat(14_000)}`, '['.repeat(20_000)]
    for (const data of texts) {
      await app.store().setSessionMetadataForKey({ key: 'k', data })
      expect(heard.changes.at(-1)).toEqual(['k', data])
      expect(app.sdk.hearthRoom?.store.get('k')).toBe(data)
    }
    const data = `["${'a'.repeat(8_000_000)}"]`
    expect(await outcomeOf(app.store().setSessionMetadataForKey({ key: 'k', data }))).toMatchObject({ code: 10_001 })
  })
})
