import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { meanings, original } from '../src/hms/exception.js'
import { compile } from './support/compiler.js'

const root = join(import.meta.dirname, '..')

/** The TypeScript samples of a page. */
const samplesOf = (page: string): string[] =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(match => match[1] ?? '')

const guides = readdirSync(join(root, 'docs')).filter(name => name.endsWith('.md'))
const pages = ['README.md', ...guides.map(name => `docs/${name}`)]

test('[DOC1] the samples of README.md and docs/ compile against the public surface', { timeout: 60_000 }, () => {
  for (const page of pages) expect(samplesOf(page).length, page).toBeGreaterThan(1)
  const samples = pages.flatMap(samplesOf)
  const folder = join(root, 'node_modules', '.cache', 'hearth-samples')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [index, sample] of samples.entries()) writeFileSync(join(folder, `sample-${index}.ts`), sample)
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      // The entry points as a user imports them, from source, so that the samples need no build.
      paths: {
        'hearth-store': [join(root, 'src/index.ts')],
        'hearth-store/hms': [join(root, 'src/hms/index.ts')],
        'hearth-store/testing': [join(root, 'src/testing/index.ts')],
        'hearth-store/*': [join(root, 'src/transport/*.ts')],
      },
      noUnusedLocals: false,
    },
    include: [`${folder}/*.ts`],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  expect(compile(folder)).toBe('')
})

test('[DOC2] the quickstart has at most ten lines', () => {
  const [quickstart = ''] = samplesOf('README.md')
  expect(quickstart.trim().split('\n').length).toBeLessThanOrEqual(10)
})

/** The rows of the tables under a heading of a page, each as its cells; without the heads. */
const rowsOf = (page: string, heading: string): string[][] => {
  const [, after = ''] = readFileSync(join(root, page), 'utf8').split(`${heading}\n`)
  const [section = ''] = after.split(/^## /m)
  const tables = section.match(/(?:^\|.*\|\n)+/gm) ?? []
  return tables.flatMap(table =>
    table
      .trim()
      .split('\n')
      .slice(2)
      .map(row =>
        row
          .split('|')
          .slice(1, -1)
          .map(cell => cell.trim()),
      ),
  )
}

test.for([
  ['docs/resilience.md', '# What happens when things go wrong'],
  ['docs/moving.md', '## What behaves better'],
] as const)('[DOC4] each row of the table of %s cites rules, and they are in SPEC.md', ([page, heading]) => {
  const rows = rowsOf(page, heading)
  expect(rows.length).toBeGreaterThan(15)
  const spec = readFileSync(join(root, 'SPEC.md'), 'utf8')
  for (const row of rows) {
    const cited = row.at(-1)?.split(', ') ?? []
    expect(
      cited.filter(rule => !spec.includes(`- **${rule}** `)),
      row.join(' | '),
    ).toEqual([])
  }
})

test('[DOC5] docs/moving.md has all codes of exceptions, with their names, and no other', () => {
  const own = (code: number) => Object.entries(meanings).flatMap(([name, [of]]) => (of === code ? [`\`${name}\``] : []))
  const expected = [...Object.values(original), ...Object.values(meanings)].map(([code, name]) =>
    [code, `\`${name}\``, ...own(code).sort()].join(' '),
  )
  const rows = rowsOf('docs/moving.md', '## Errors').map(([code, name, codes]) =>
    [code, name, ...(codes ?? '').split(', ').filter(Boolean).sort()].join(' '),
  )
  expect(rows.sort()).toEqual([...new Set(expected)].sort())
})
