import { expect, test } from 'vitest'
import type { SessionError } from '../../src/errors.js'
import { exchange, openReplica } from '../support/replicas.js'

const errorOf = (run: () => unknown): Pick<SessionError, 'code' | 'details'> | null => {
  try {
    run()
  } catch (error) {
    const { code, details } = error as SessionError
    return { code, details }
  }
  return null
}

test('[LIMIT1] a value of 1,024 bytes of JSON fits, one byte more does not, and UTF-8 counts', () => {
  const { store, updates } = openReplica('ana', 1)
  store.set('x', 'é'.repeat(511))
  expect(errorOf(() => store.set('x', `${'é'.repeat(511)}!`))).toEqual({
    code: 'value-too-large',
    details: { key: 'x', bytes: 1025, maxBytes: 1024 },
  })
  expect(store.get('x')).toBe('é'.repeat(511))
  expect(errorOf(() => store.set('list', Array(513).fill(0)))?.code).toBe('value-too-large')
  expect(errorOf(() => store.update('o', () => ({ a: 'x'.repeat(500), b: { c: 'x'.repeat(520) } })))?.code).toBe(
    'value-too-large',
  )
  expect(store.keys()).toEqual(['x'])
  expect(updates).toHaveLength(1)
})

test('[LIMIT2] the 101st key does not fit, and a deleted key makes room', () => {
  const { store } = openReplica('ana', 1)
  for (let i = 0; i < 100; i++) store.set(`k${i}`, i)
  expect(errorOf(() => store.set('one more', 1))).toEqual({
    code: 'too-many-keys',
    details: { keys: 101, maxKeys: 100 },
  })
  store.set('k5', 'rewritten')
  store.delete('k6')
  store.set('one more', 1)
  expect(store.usage).toMatchObject({ keys: 100, overLimit: false })
})

test('[LIMIT3] keys and values together fit 65,536 bytes and not one more', () => {
  const { store } = openReplica('ana', 1)
  for (let i = 0; i < 63; i++) store.set(`key-${String(i).padStart(3, '0')}`, 'x'.repeat(1015))
  expect(store.usage.bytes).toBe(63 * 1024)
  store.set('last', 'x'.repeat(1018))
  expect(store.usage.bytes).toBe(65_536)
  expect(errorOf(() => store.set('last', 'x'.repeat(1019)))).toEqual({
    code: 'store-full',
    details: { bytes: 65_537, maxBytes: 65_536 },
  })
  expect(store.get('last')).toBe('x'.repeat(1018))
})

test('[LIMIT4] a transaction is judged by its result', () => {
  const { store } = openReplica('ana', 1, { limits: { maxKeys: 2 } })
  store.set('a', 1)
  store.set('b', 1)
  store.transact(() => {
    store.set('c', 'x'.repeat(5000))
    store.set('c', 'x')
    store.delete('a')
  })
  expect(store.keys()).toEqual(['b', 'c'])
  const failure = errorOf(() =>
    store.transact(() => {
      store.set('b', 2)
      store.set('d', 1)
    }),
  )
  expect(failure?.code).toBe('too-many-keys')
  expect(store.getAll()).toEqual({ b: 1, c: 'x' })
})

test('[LIMIT5] two peers who fill the last place at once both keep what they wrote, and all see it is too much', () => {
  const limits = { maxKeys: 2 }
  const [ana, bo, late] = [
    openReplica('ana', 1, { limits }),
    openReplica('bo', 2, { limits }),
    openReplica('late', 3, { limits }),
  ]
  ana.store.set('first', 1)
  exchange(ana, bo)
  ana.store.set('a', 1)
  bo.store.set('b', 1)
  exchange(ana, bo, late)
  for (const { store } of [ana, bo, late]) {
    expect(store.keys()).toEqual(['a', 'b', 'first'])
    expect(store.usage).toMatchObject({ keys: 3, overLimit: true })
  }
})

test('[LIMIT6] while there are too many keys none may be added, also not in exchange for another', () => {
  const limits = { maxKeys: 1 }
  const [ana, bo] = [openReplica('ana', 1, { limits }), openReplica('bo', 2, { limits })]
  ana.store.set('a', 1)
  bo.store.set('b', 1)
  exchange(ana, bo)
  const exchangeKeys = () =>
    ana.store.transact(() => {
      ana.store.delete('a')
      ana.store.set('c', 1)
    })
  expect(errorOf(exchangeKeys)?.code).toBe('too-many-keys')
  ana.store.set('a', 'rewriting is fine')
  ana.store.delete('b')
  expect(ana.store.usage.overLimit).toBe(false)
})

test('[LIMIT6] a value that two peers grew past its limit together takes only writes that shrink it', () => {
  const limits = { maxValueBytes: 30 }
  const [ana, bo] = [openReplica('ana', 1, { limits }), openReplica('bo', 2, { limits })]
  ana.store.set('list', ['start'])
  exchange(ana, bo)
  ana.store.set('list', ['start', 'from ana'])
  bo.store.set('list', ['start', 'from bo..'])
  exchange(ana, bo)
  expect(ana.store.usage.overLimit).toBe(true)
  expect(ana.store.get('list')).toEqual(['start', 'from ana', 'from bo..'])
  expect(errorOf(() => ana.store.set('list', ['start', 'from ana', 'from bo!!']))?.code).toBe('value-too-large')
  ana.store.set('list', ['start', 'from ana', 'from bo.'])
  ana.store.set('other', 'still fits')
  ana.store.set('list', ['start', 'from ana'])
  expect(ana.store.usage.overLimit).toBe(false)
})

test('[LIMIT6] while the total is over its limit only writes that shrink it are taken', () => {
  const limits = { maxTotalBytes: 40 }
  const [ana, bo] = [openReplica('ana', 1, { limits }), openReplica('bo', 2, { limits })]
  ana.store.set('a', 'x'.repeat(30))
  bo.store.set('b', 'x'.repeat(30))
  exchange(ana, bo)
  expect(ana.store.usage).toMatchObject({ bytes: 66, overLimit: true })
  expect(errorOf(() => ana.store.set('c', 1))?.code).toBe('store-full')
  expect(errorOf(() => ana.store.set('a', 'y'.repeat(30)))?.code).toBe('store-full')
  ana.store.set('a', 'y'.repeat(20))
  ana.store.delete('b')
  ana.store.set('c', 1)
  expect(ana.store.usage.overLimit).toBe(false)
})

test('[LIMIT7] an update that would take the document beyond its hard cap is refused', () => {
  const limits = { maxTotalBytes: 1_000, maxKeys: 1_000 }
  const reader = openReplica('reader', 99, { limits })
  const outcomes = new Set<string>()
  for (let writer = 1; writer <= 160; writer++) {
    const honest = openReplica(`peer-${writer}`, writer, { limits })
    honest.store.set(`key-${writer}`, 'x'.repeat(900))
    const [update] = honest.updates
    if (update) outcomes.add(reader.replica.receive(update, () => true).outcome)
  }
  expect(outcomes).toEqual(new Set(['applied', 'refused']))
  expect(reader.store.usage.bytes).toBeLessThan(129_000)
})
