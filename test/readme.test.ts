import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
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

test('[DOC4] each row of the table of docs/resilience.md cites rules, and they are in SPEC.md', () => {
  const rows = readFileSync(join(root, 'docs/resilience.md'), 'utf8').match(/^\| [^|]+ \|.*\|$/gm) ?? []
  const [, ...cases] = rows
  expect(cases.length).toBeGreaterThan(15)
  const spec = readFileSync(join(root, 'SPEC.md'), 'utf8')
  for (const row of cases) {
    const cited = row.split('|').at(-2)?.trim().split(', ') ?? []
    expect(
      cited.filter(rule => !spec.includes(`- **${rule}** `)),
      row,
    ).toEqual([])
  }
})
