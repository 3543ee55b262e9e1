import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../../src/hms/index.js'
import { appsOfFile, outcomeOf, recorder, type App } from './apps.js'

const apps = appsOfFile()

const set = (app: App, key: string, data: unknown) => app.store().setSessionMetadataForKey({ key, data })
const get = (app: App, key: string) => app.store().getSessionMetadataForKey({ key })

describe('values', () => {
  test.each<[JsonValue]>([
    ['text'],
    [''],
    ['1'],
    [0],
    [-1.5],
    [true],
    [false],
    [[1, 'a', null]],
    [{ a: { b: [] } }],
    [[]],
  ])('[HMS3] keep their JSON type: %j', async value => {
    const [ana, bo] = [await apps().joined(), await apps().joined()]
    const { changes, listener } = recorder()
    await bo.store().addKeyChangeListener({ keys: ['key'], hmsKeyChangeListener: listener })
    await set(ana, 'key', value)
    expect(await get(ana, 'key')).toEqual(value)
    await apps().network.settle()
    expect(await get(bo, 'key')).toEqual(value)
    expect(changes).toEqual([
      ['key', null],
      ['key', value],
    ])
  })

  test.each([[null], [undefined]])('[HMS3] %s removes the key, and listeners are told null', async nothing => {
    const app = await apps().joined()
    const { changes, listener } = recorder()
    await set(app, 'key', 1)
    await app.store().addKeyChangeListener({ keys: ['key'], hmsKeyChangeListener: listener })
    await set(app, 'key', nothing)
    expect(changes.at(-1)).toEqual(['key', null])
    expect(await get(app, 'key')).toBeNull()
    expect(app.sdk.hearthRoom?.store.usage.keys).toBe(0)
  })

  test('[HMS3] what is handed out is a copy: ported code that changes it in place changes nothing else', async () => {
    const app = await apps().joined()
    await set(app, 'list', ['a'])
    const seen: string[][] = []
    const listener = { onKeyChanged: ({ value }: { value: JsonValue }) => void (value as string[]).push('mine') }
    const other = { onKeyChanged: ({ value }: { value: JsonValue }) => void seen.push(value as string[]) }
    await app.store().addKeyChangeListener({ keys: ['list'], hmsKeyChangeListener: listener })
    await app.store().addKeyChangeListener({ keys: ['list'], hmsKeyChangeListener: other })
    const list = (await get(app, 'list')) as string[]
    list.push('b')
    expect(await get(app, 'list')).toEqual(['a'])
    await set(app, 'list', list)
    expect(seen).toEqual([['a'], ['a', 'b']])
    expect(app.names()).not.toContain('onHMSError')
  })

  test('[HMS3] a value is there when the call returns, and told before it resolves', async () => {
    const app = await apps().joined()
    const { changes, listener } = recorder()
    await app.store().addKeyChangeListener({ keys: ['key'], hmsKeyChangeListener: listener })
    const setting = set(app, 'key', 1)
    expect(changes.at(-1)).toEqual(['key', 1])
    await setting
  })
})

describe('values as strings', () => {
  test.each([
    ['text', 'text'],
    ['', ''],
    [1, '1'],
    [0, '0'],
    [true, 'true'],
    [[1, { b: 2, a: 1 }], '[1,{"a":1,"b":2}]'],
    [{}, '{}'],
    [null, null],
  ])("[HMS5] valueFormat 'string': %j is read as %j", async (value, text) => {
    const app = await apps().joined('', { valueFormat: 'string' })
    const { changes, listener } = recorder()
    await set(app, 'key', 'something else')
    await app.store().addKeyChangeListener({ keys: ['key'], hmsKeyChangeListener: listener })
    await set(app, 'key', value)
    expect(await get(app, 'key')).toBe(text)
    expect(changes.at(-1)).toEqual(['key', text])
  })
})

describe('JSON in strings', () => {
  test('[HMS6] two peers that each rewrite a JSON list with one more element both stick, and both read JSON text', async () => {
    const config = { mergeJsonStrings: true }
    const [ana, bo] = [await apps().joined('Ana', config), await apps().joined('Bo', config)]
    const { changes, listener } = recorder()
    await ana.store().addKeyChangeListener({ keys: ['blocked'], hmsKeyChangeListener: listener })
    await set(ana, 'blocked', JSON.stringify(['first']))
    await apps().network.settle()
    const append = async (app: App, element: string) => {
      const list = JSON.parse((await get(app, 'blocked')) as string) as string[]
      await set(app, 'blocked', JSON.stringify([...list, element]))
    }
    await append(ana, 'by ana')
    await append(bo, 'by bo')
    await apps().network.settle()
    const [here, there] = [await get(ana, 'blocked'), await get(bo, 'blocked')]
    expect(here).toBe(there)
    expect((JSON.parse(here as string) as string[]).sort()).toEqual(['by ana', 'by bo', 'first'])
    expect(changes.at(-1)).toEqual(['blocked', here])
    // And who speaks Hearth beside them reads a list.
    expect(ana.sdk.hearthRoom?.store.get('blocked')).toHaveLength(3)
  })

  test('[HMS6] two fields of one JSON object, written at once, both stick', async () => {
    const config = { mergeJsonStrings: true, valueFormat: 'string' } as const
    const [ana, bo] = [await apps().joined('Ana', config), await apps().joined('Bo', config)]
    await set(ana, 'state', '{"enabled": true}')
    await apps().network.settle()
    await set(ana, 'state', '{"enabled":true,"a":1}')
    await set(bo, 'state', '{"enabled":true,"b":2}')
    await apps().network.settle()
    expect([await get(ana, 'state'), await get(bo, 'state')]).toEqual(Array(2).fill('{"a":1,"b":2,"enabled":true}'))
  })

  test('[HMS6] only the keys that are named, where keys are named', async () => {
    const app = await apps().joined('', { mergeJsonStrings: ['blocked'] })
    await set(app, 'blocked', '[1]')
    await set(app, 'other', '[1]')
    await set(app, 'object', { a: [1] })
    expect([await get(app, 'blocked'), await get(app, 'other'), await get(app, 'object')]).toEqual([
      '[1]',
      '[1]',
      { a: [1] },
    ])
    expect(app.sdk.hearthRoom?.store.getAll()).toEqual({ blocked: [1], other: '[1]', object: { a: [1] } })
  })

  test.each([
    'plain',
    '1',
    '"text"',
    'null',
    'true',
    '[1',
    '{not json}',
    '[12345678901234567890]',
    '{"id":1e400}',
    '[0.12345678901234567]',
    '["\\ud800"]',
    '['.repeat(200) + ']'.repeat(200),
  ])('[HMS6] a text that is no object or array, or would not come back as it is, stays a text: %j', async text => {
    const app = await apps().joined('', { mergeJsonStrings: true })
    await set(app, 'key', text)
    expect(await get(app, 'key')).toBe(text)
    expect(app.sdk.hearthRoom?.store.get('key')).toBe(text)
  })

  test.each(['[]', '{}', ' [1, 2] ', '{"a":"12345678901234567890"}', '[1.5e3,-2]', '["a \\" 1234567890123456789"]'])(
    '[HMS6] what a text holds is kept: %j',
    async text => {
      const app = await apps().joined('', { mergeJsonStrings: true })
      await set(app, 'key', text)
      expect(app.sdk.hearthRoom?.store.get('key')).toEqual(JSON.parse(text))
      expect(JSON.parse((await get(app, 'key')) as string)).toEqual(JSON.parse(text))
    },
  )
})

describe('arguments', () => {
  test.each([[''], ['x'.repeat(129)], [7], [undefined], ['\ud800']])(
    '[HMS8] a key that is none is 10004 in every call: %j',
    async key => {
      const app = await apps().joined()
      const wrong = key as string
      const hmsKeyChangeListener = recorder().listener
      const calls = [
        set(app, wrong, 1),
        get(app, wrong),
        app.store().addKeyChangeListener({ keys: ['fine', wrong], hmsKeyChangeListener }),
      ]
      for (const call of calls) expect(await outcomeOf(call)).toMatchObject({ code: 10_004 })
      // Nothing was registered for the key that is fine, either.
      expect(await app.store().removeKeyChangeListener({ hmsKeyChangeListener })).toMatchObject({ code: 6004 })
    },
  )

  test('[HMS8] no array of keys, or no listener, is 6004', async () => {
    const app = await apps().joined()
    const add = (keys: unknown, listener: unknown) =>
      app.store().addKeyChangeListener({ keys: keys as string[], hmsKeyChangeListener: listener as never })
    for (const [keys, listener] of [
      ['key', recorder().listener],
      [null, recorder().listener],
      [['key'], {}],
      [['key'], null],
    ])
      expect(await add(keys, listener)).toMatchObject({ code: 6004, action: 'addKeyChangeListener' })
  })

  test.each([[Number.NaN], [() => {}], [new Map()], [{ a: 1n }], [[undefined]]])(
    '[HMS8] a value that is no JSON is 6004, and nothing changes',
    async data => {
      const app = await apps().joined()
      await set(app, 'key', 'before')
      expect(await outcomeOf(set(app, 'key', data))).toMatchObject({ code: 6004 })
      expect(await get(app, 'key')).toBe('before')
    },
  )
})
