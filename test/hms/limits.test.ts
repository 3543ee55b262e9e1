import { describe, expect, test } from 'vitest'
import { HMSException } from '../../src/hms/index.js'
import { appsOfFile, outcomeOf, recorder, resultRecorder, type App } from './apps.js'

const apps = appsOfFile()

const set = (app: App, key: string, data: unknown) => app.store().setSessionMetadataForKey({ key, data })

/** Expects a write to be refused with this, by its promise and its listener, and to have changed nothing anywhere. */
const expectRefusal = async (app: App, key: string, data: unknown, refusal: object) => {
  const other = await apps().joined('Bo')
  const before = app.sdk.hearthRoom?.store.getAll()
  const { changes, listener } = recorder()
  await app.store().addKeyChangeListener({ keys: [key], hmsKeyChangeListener: listener })
  const { results, listener: hmsActionResultListener } = resultRecorder()
  const outcome = await outcomeOf(app.store().setSessionMetadataForKey({ key, data, hmsActionResultListener }))
  expect(outcome).toBeInstanceOf(HMSException)
  expect(outcome).toMatchObject({ ...refusal, action: 'setSessionMetadataForKey', isTerminal: false })
  const methodType = 'setSessionMetadataForKey'
  expect(results).toEqual([{ outcome: 'exception', methodType, arguments: { key, data }, hmsException: outcome }])
  await apps().network.settle()
  expect(changes).toHaveLength(1)
  expect(app.sdk.hearthRoom?.store.getAll()).toEqual(before)
  expect(other.sdk.hearthRoom?.store.getAll()).toEqual(before)
}

describe('limits', () => {
  // The quotes of a text count, as JSON is what is counted.
  test('[HMS8] a value of 1 KB is taken, one more byte is 10001', async () => {
    const app = await apps().joined('Ana')
    await set(app, 'fits', 'x'.repeat(1022))
    await set(app, 'ünï', 'ü'.repeat(511))
    const params = { key: 'big', bytes: 1025, maxBytes: 1024 }
    await expectRefusal(app, 'big', 'x'.repeat(1023), { code: 10_001, name: 'ValueTooLarge', params })
  })

  test('[HMS8] the 100th key is taken, the 101st is 10002', async () => {
    const app = await apps().joined('Ana')
    for (let index = 0; index < 100; index++) await set(app, `key ${index}`, index)
    await expectRefusal(app, 'one more', 1, { code: 10_002, name: 'TooManyKeys', params: { keys: 101, maxKeys: 100 } })
    // A key that goes makes room.
    await set(app, 'key 0', null)
    await set(app, 'one more', 1)
  })

  test('[HMS8] 64 KB of keys and values are taken, one more byte is 10003, be it in a value or in a key', async () => {
    const app = await apps().joined('Ana')
    const bytes = 64 * 1024
    // 64 keys of 2 bytes with values of 1,022: a KB each.
    for (let index = 10; index < 74; index++) await set(app, `${index}`, 'x'.repeat(1020))
    expect(app.sdk.hearthRoom?.store.usage.bytes).toBe(bytes)
    const params = { bytes: bytes + 1, maxBytes: bytes }
    await expectRefusal(app, '10', 'x'.repeat(1021), { code: 10_003, name: 'StoreFull', params })
    await set(app, '10', 'x'.repeat(1017))
    // 3 bytes are free: a key of one and a value of two, or of two and two.
    await expectRefusal(app, 'ab', 10, { code: 10_003, params })
    await set(app, 'a', 10)
    expect(app.sdk.hearthRoom?.store.usage.bytes).toBe(bytes)
  })

  test('[HMS8] rooms that were given other limits keep to them', async () => {
    const app = await apps().joined('Ana', { limits: { maxValueBytes: 4096 } })
    await set(app, 'big', 'x'.repeat(4094))
    expect(await outcomeOf(set(app, 'big', 'x'.repeat(4095)))).toMatchObject({ code: 10_001 })
  })
})
