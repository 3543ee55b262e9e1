import { isDeepStrictEqual } from 'node:util'
import { automerge } from './rivals/automerge.js'
import { hearth } from './rivals/hearth.js'
import { loads, type Load } from './rivals/loads.js'
import { loro } from './rivals/loro.js'
import { race, type Finish } from './rivals/race.js'
import type { System } from './rivals/replica.js'
import { tinybase } from './rivals/tinybase.js'
import { yjs } from './rivals/yjs.js'
import { peers } from './steps.js'
import { printTable } from './table.js'

const rivals: readonly System[] = [yjs, automerge, loro, tinybase]
const systems = [hearth, ...rivals]
const steps = 1_000
const rounds = 5
/** After how many steps all exchange what they wrote. */
const paces = [1, 10]

/** What each system that has a type for the load made of it, round by round. */
type Finishes = Map<System, Finish[]>

/** In turns, so that a slow minute of the machine meets all; a first round is for warming up. */
async function compete(load: Load, exchangeEvery: number): Promise<Finishes> {
  const finishes: Finishes = new Map()
  for (const system of systems) race(system, load, { steps, exchangeEvery })
  for (let round = 0; round < rounds; round++)
    for (const system of systems) {
      // Loro's objects are freed between tasks only, and what is not freed makes it ever slower.
      await new Promise(resolve => setTimeout(resolve, 0))
      const finish = race(system, load, { steps, exchangeEvery })
      if (finish) finishes.set(system, [...(finishes.get(system) ?? []), finish])
    }
  return finishes
}

/** Steps that are each seen by all before the next must end the same everywhere, or it was not the same load. */
function checkSame(load: Load, finishes: Finishes): void {
  const [[, [first] = []] = [], ...others] = finishes
  for (const [system, [other]] of others)
    if (!isDeepStrictEqual(first?.result, other?.result)) throw new Error(`${load.name}: ${system.name} ends otherwise`)
}

const median = (numbers: readonly number[]): number => {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}

const whole = (number: number): string => Math.round(number).toLocaleString('en')

function rowOf({ name, encoding }: System, finishes: readonly Finish[], ofHearth: readonly Finish[]): string[] {
  const cells = (of: (finish: Finish) => number) => [
    whole(median(finishes.map(of))),
    median(finishes.map((finish, round) => of(finish) / of(ofHearth[round] ?? finish))).toFixed(2),
  ]
  return [
    encoding === undefined ? name : `${name} (${encoding})`,
    ...cells(({ stepsPerSecond }) => stepsPerSecond),
    ...cells(({ encodedBytes }) => encodedBytes),
  ]
}

function print(exchangeEvery: number, finishes: Finishes): void {
  printTable([
    [`all exchange after ${whole(exchangeEvery)}`, 'steps/s', 'of Hearth’s', 'bytes', 'of Hearth’s'],
    ...[...finishes].map(([system, own]) => rowOf(system, own, finishes.get(hearth) ?? own)),
  ])
}

/**
 * What the same steps of five peers cost in the documents of Hearth and of others, network apart. Each step is written
 * by one and taken in by four, so it is the work of five peers; bytes are what a newcomer would be sent at the end.
 */
export async function run(): Promise<void> {
  console.log(`  ${whole(steps)} steps by ${peers} peers, by CPU time; medians of ${rounds} rounds in turn`)
  for (const load of loads) {
    console.log(`\n  ${load.name}`)
    const competitions: { pace: number; finishes: Finishes }[] = []
    for (const pace of paces) competitions.push({ pace, finishes: await compete(load, pace) })
    for (const { pace, finishes } of competitions) {
      if (pace === 1) checkSame(load, finishes)
      print(pace, finishes)
    }
    const without = systems.filter(system => !competitions[0]?.finishes.has(system)).map(({ name }) => name)
    if (without.length > 0) console.log(`  left out, as they have no type for it: ${without.join('; ')}`)
  }
}
