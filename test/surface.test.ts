import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compile } from './support/compiler.js'

test('[DOC3] what the public types allow compiles, and what they forbid does not', { timeout: 60_000 }, () => {
  expect(compile(join(import.meta.dirname, 'surface'))).toBe('')
})
