import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { brokenFrames, closeReasons, drops, refusals } from '../src/rejections.js'
import { flagOf, settingNames, settingOf, variableOf } from '../src/settings-table.js'

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')

/** The rows of the table below a heading, as they are written. */
const rowsBelow = (heading: string): string[] => {
  const section = readme.split(/^(?=## )/m).find(part => part.startsWith(`## ${heading}\n`)) ?? ''
  const rows = section.split('\n').filter(line => line.startsWith('| `') || /^\| (HTTP )?\d/.test(line))
  return rows.map(row => row.replaceAll(/ +/g, ' '))
}

test('[SIG45] the README tells each way of being turned away as it is in the code, and no other', () => {
  const closes = Object.entries({ ...closeReasons, ...brokenFrames, ...drops }).map(([name, end]) => {
    const reason = 'reason' in end ? `\`${end.reason}\`` : ''
    return `| ${end.code} | ${reason} | \`${name}\` | ${end.meaning} |`
  })
  const answers = Object.entries(refusals).map(
    ([name, end]) => `| HTTP ${end.status} | | \`${name}\` | ${end.meaning} |`,
  )
  const told = rowsBelow('Limits and close codes').filter(row => /^\| (HTTP )?\d/.test(row))
  expect(told.sort()).toEqual([...closes, ...answers].map(row => row.replaceAll(/ +/g, ' ')).sort())
})

test('[SIG45] no two reasons that we close with share a code', () => {
  const codes = Object.values(closeReasons).map(({ code }) => code)
  expect(new Set(codes).size).toBe(codes.length)
})

test('[SIG30] the README tells each setting as it is in the table, and no other', () => {
  const rows = settingNames.map(name => {
    const { kind, fallback, help } = settingOf(name)
    const shown = fallback === undefined ? '' : kind.show(fallback)
    return `| \`${name}\` | \`--${flagOf(name)}\` | \`${variableOf(name)}\` | ${shown} | ${help} |`.replaceAll(
      / +/g,
      ' ',
    )
  })
  expect(rowsBelow('Settings')).toEqual(rows)
})
