import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** Every file below a folder whose name ends in one of these. */
function filesBelow(folder: string, endings: readonly string[]): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && endings.some(ending => entry.name.endsWith(ending)))
    .map(entry => join(entry.parentPath, entry.name))
    .filter(path => !path.includes('node_modules') && !path.includes('/dist/'))
}

const testFiles = [...filesBelow('test', ['.ts']), ...filesBelow('signaling/test', ['.ts'])]
const spec = readFileSync(join(root, 'SPEC.md'), 'utf8')
const rules = [...spec.matchAll(/^- \*\*([A-Z]+\d+)\*\*/gm)].map(match => match[1] ?? '')
const citations = testFiles.flatMap(path =>
  [...readFileSync(path, 'utf8').matchAll(/\[([A-Z]+\d+)\]/g)].map(match => match[1] ?? ''),
)

test('[SPEC1] every rule of SPEC.md is cited by a test', () => {
  const cited = new Set(citations)
  expect(rules.filter(rule => !cited.has(rule))).toEqual([])
})

test('[SPEC2] every rule that a test cites is in SPEC.md, once', () => {
  const known = new Set(rules)
  expect(known.size).toBe(rules.length)
  expect([...new Set(citations)].filter(rule => !known.has(rule))).toEqual([])
})

test('[SPEC2] rules that the sources mention are in SPEC.md', () => {
  const known = new Set(rules)
  const areas = new Set(rules.map(rule => rule.replace(/\d+$/, '')))
  const sources = ['src', 'signaling/src', 'demo'].flatMap(folder => filesBelow(folder, ['.ts']))
  const mentioned = sources.flatMap(path =>
    [...readFileSync(path, 'utf8').matchAll(/SPEC ([A-Z]+)(\d*)/g)].map(([, area = '', number = '']) => ({
      area,
      rule: area + number,
      number,
      path,
    })),
  )
  const wrong = mentioned.filter(({ area, rule, number }) => (number ? !known.has(rule) : !areas.has(area)))
  expect(wrong.map(({ rule, path }) => `${rule} in ${path.slice(root.length + 1)}`)).toEqual([])
})
