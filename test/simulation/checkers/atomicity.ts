import type { Checker } from '../checker.js'
import { sorted } from '../json.js'
import { sharedIn } from '../record.js'

const expected = new Set(['value-too-large', 'too-many-keys', 'store-full', 'type-mismatch', 'invalid-value'])

export const atomicity: Checker = {
  name: '[MERGE13] [LIMIT4] a write that throws changes nothing, and throws for a reason of the store or its own',
  check: ({ world }) =>
    world.records.flatMap(({ error, before, after, operation, step }) => {
      if (error === null) return []
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
      const isChanged = sorted(sharedIn(before)) !== sorted(sharedIn(after))
      return [
        ...(isChanged ? [`${operation} in step ${step} threw ${code}, and changed something`] : []),
        ...(expected.has(code) || code.startsWith('Failure') ? [] : [`${operation} in step ${step} threw ${code}`]),
      ]
    }),
}
