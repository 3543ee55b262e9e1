import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const read = (path: string) => readFileSync(join(import.meta.dirname, '../..', path), 'utf8')

test('[DOC6] the table of docs/recipes.md has the keys of SessionKeys, and no other', () => {
  const [, type = ''] = read('src/hms/session-keys.ts').split('export type SessionKeys')
  const keys = [...type.matchAll(/^ {2}(\w+):/gm)].map(([, key]) => key)
  const rows = [...read('docs/recipes.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, key]) => key)
  expect(keys).toHaveLength(7)
  expect(rows).toEqual(keys)
})
