import { isDeepStrictEqual } from 'node:util'
import { automerge } from './rivals/automerge.js'
import { hearth } from './rivals/hearth.js'
import { loads, type Load } from './rivals/loads.js'
import { loro } from './rivals/loro.js'
import { race, type Finish } from './rivals/race.js'
import type { System } from './rivals/replica.js'
import { tinybase } from './rivals/tinybase.js'
import { yjs } from './rivals/yjs.js'
import { printTable } from './table.js'

const systems: readonly System[] = [hearth, yjs, automerge, loro, tinybase]
const steps = 2_000
const warmUpSteps = 1_000
const rounds = 3
const pacesOfSync = [1, 10]

const median = (numbers: readonly number[]): number => {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}

/** One finish for each round of each system that has what the load needs; in turns, so that a slow minute of the machine meets all. */
function compete(load: Load, syncEvery: number): Map<System, Finish[]> {
  const finishes = new Map<System, Finish[]>()
  for (const system of systems) race(system, load, { steps: warmUpSteps, syncEvery })
  for (let round = 0; round < rounds; round++)
    for (const system of systems) {
      const finish = race(system, load, { steps, syncEvery })
      if (finish) finishes.set(system, [...(finishes.get(system) ?? []), finish])
    }
  return finishes
}

/** Seen one after the other, the same steps must give the same everywhere, or it is not the same load. */
function checkSame(load: Load, finishes: Map<System, Finish[]>): void {
  const [[, [first] = []] = [], ...others] = finishes
  for (const [system, [other]] of others)
    if (!isDeepStrictEqual(first?.result, other?.result)) throw new Error(`${load.name}: ${system.name} ends otherwise`)
}

const whole = (number: number): string => Math.round(number).toLocaleString('en')

function cellsOf(finishes: readonly Finish[], ofHearth: readonly Finish[]): string[] {
  const ratios = (of: (finish: Finish) => number) =>
    median(finishes.map((finish, round) => of(finish) / of(ofHearth[round] ?? finish))).toFixed(2)
  return [
    whole(median(finishes.map(({ stepsPerSecond }) => stepsPerSecond))),
    ratios(({ stepsPerSecond }) => stepsPerSecond),
    whole(median(finishes.map(({ encodedBytes }) => encodedBytes))),
    ratios(({ encodedBytes }) => encodedBytes),
  ]
}

/**
 * What the same steps of five peers cost in the documents of Hearth and of others, network apart: each step is written
 * by one and taken in by four, so a step is five peers' work.
 */
export function run(): void {
  console.log(`  ${whole(steps)} steps by 5 peers; medians of ${rounds} rounds in turn; ratios to Hearth\n`)
  for (const load of loads) {
    const competitions = pacesOfSync.map(syncEvery => compete(load, syncEvery))
    if (competitions[0]) checkSame(load, competitions[0])
    const columns = ['steps/s', 'ratio', 'bytes', 'ratio']
    console.log(`  ${load.name}`)
    printTable([
      ['', ...pacesOfSync.flatMap(syncEvery => [`every ${syncEvery}:`, ...columns.slice(1)])],
      ...systems.map(system => [
        `${system.name}${system.encoding === undefined ? '' : ` (${system.encoding})`}`,
        ...competitions.flatMap(finishes => {
          const own = finishes.get(system)
          return own ? cellsOf(own, finishes.get(hearth) ?? []) : columns.map(() => '-')
        }),
      ]),
    ])
    console.log('')
  }
}
