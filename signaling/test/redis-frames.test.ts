import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeEntry, encodeMessage, parseFrame } from '../src/redis-frames.js'
import { presenceOf } from './support/backplane-contract.js'
import { seedFor } from './support/seed.js'

const file = 'signaling/test/redis-frames.test.ts'

test('[SIG63] a message is read as it was written, whatever is in it', () => {
  const text = fc.string({ unit: 'binary' })
  const peer = fc.string({ unit: 'binary', minLength: 1, maxLength: 32 })
  const message = fc.oneof(fc.record({ frame: text }), fc.record({ frame: text, to: peer }))
  fc.assert(
    fc.property(message, said => {
      expect(parseFrame(encodeMessage('node', said))).toEqual({ is: 'message', from: 'node', message: said })
    }),
    { seed: seedFor(file), numRuns: 2000 },
  )
})

test('[SIG63] a table is read as a script writes it, and of its entries those that can be used', () => {
  const good = encodeEntry(presenceOf(['ana', '\n"'], 2), 7)
  const table = [
    1,
    'a',
    'a',
    good,
    'b',
    '{}',
    'c',
    encodeEntry(presenceOf([]), 0),
    8,
    good,
    'd',
    '{"version":1e99}',
    'e',
  ]
  expect(parseFrame(`t${JSON.stringify(table)}`)).toEqual({
    is: 'table',
    from: 'a',
    isYoung: true,
    entries: new Map([
      ['a', { ...presenceOf(['ana', '\n"'], 2), version: 7 }],
      ['c', { ...presenceOf([]), version: 0 }],
    ]),
  })
})

test('[SIG63] whatever else is heard is nothing, and never throws', () => {
  const odd = fc.oneof(
    fc.string(),
    fc.json(),
    fc.jsonValue().map(value => JSON.stringify([0, 'node', 'node', value])),
  )
  fc.assert(
    fc.property(fc.constantFrom('t', 'm', ''), odd, (kind, text) => {
      const frame = parseFrame(kind + text)
      if (frame?.is === 'table') expect(frame.entries.size).toBe(0)
      else expect(frame).toBeNull()
    }),
    { seed: seedFor(file), numRuns: 5000 },
  )
  for (const text of [
    'm{"from":"a"}',
    `m{"from":"a"}\n${'x'.repeat(1024 * 1024 + 1)}`,
    `m{"from":"${'a'.repeat(65)}"}\nx`,
  ])
    expect(parseFrame(text)).toBeNull()
})
