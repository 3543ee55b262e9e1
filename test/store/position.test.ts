import fc from 'fast-check'
import { expect, test } from 'vitest'
import { comparePositions, maxNumber, positionBetween, type Position } from '../../src/store/position.js'

test('[MERGE7] a position between two neighbours lies between them, whoever inserts wherever', () => {
  const insertion = fc.record({ at: fc.nat(), writer: fc.integer({ min: 1, max: 3 }) })
  fc.assert(
    fc.property(fc.array(insertion, { maxLength: 60 }), insertions => {
      const positions: Position[] = []
      for (const { at, writer } of insertions) {
        const index = at % (positions.length + 1)
        const left = positions[index - 1] ?? null
        const right = positions[index] ?? null
        const between = positionBetween(left, right, writer)
        if (left) expect(comparePositions(left, between)).toBeLessThan(0)
        if (right) expect(comparePositions(between, right)).toBeLessThan(0)
        positions.splice(index, 0, between)
      }
    }),
  )
})

test('[MERGE7] a parent stands between its left and its right children', () => {
  const parent: Position = [0, 1, 0]
  expect(comparePositions([...parent, -1, 2, 0], parent)).toBeLessThan(0)
  expect(comparePositions(parent, [...parent, 1, 2, 0])).toBeLessThan(0)
})

test('[MERGE7] positions at the greatest number are still passed, one level down', () => {
  const last: Position = [maxNumber, 2, 0]
  const next = positionBetween(last, null, 1)
  expect(comparePositions(last, next)).toBeLessThan(0)
  expect(next.every(number => Math.abs(number) <= maxNumber)).toBe(true)
  const first: Position = [-maxNumber, 2, 0]
  expect(comparePositions(positionBetween(null, first, 1), first)).toBeLessThan(0)
})
