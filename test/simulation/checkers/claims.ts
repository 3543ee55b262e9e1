import type { Checker } from '../checker.js'
import { sameJson, type Json } from '../json.js'

export const claimed: Checker = {
  name: '[CAS1] compareAndSet writes, and gives true, if and only if its author sees what it expects',
  check: ({ world }) =>
    world.records.flatMap(({ operation, args, before, after, result, error, step }) => {
      if (operation !== 'claim.take' || error !== null) return []
      const { expected, value } = args as { expected: Json; value: Json }
      const isExpected = sameJson(before.values['s1'] ?? null, expected)
      const isDone = sameJson(after.values['s1'] ?? null, value)
      return result === isExpected && isDone === isExpected ? [] : [`step ${step} gave ${String(result)}`]
    }),
}
