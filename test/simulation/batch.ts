import { drawProgram, type Program } from './program.js'
import { shrink } from './shrink.js'
import { tryProgram, type Trial } from './trial.js'

export type Failure = { readonly seed: number; readonly checker: string; readonly said: string }

export type Batch = {
  readonly failures: readonly Failure[]
  readonly counts: ReadonlyMap<string, number>
  readonly seeds: number
}

/** Runs seeds from one to another, until this many have failed. */
export const runBatch = async (from: number, seeds: number, most = 3): Promise<Batch> => {
  const failures: Failure[] = []
  const counts = new Map<string, number>()
  let done = 0
  for (let seed = from; seed < from + seeds; seed++) {
    const trial = await tryProgram(drawProgram(seed))
    done++
    for (const [what, times] of trial.counts) counts.set(what, (counts.get(what) ?? 0) + times)
    failures.push(...trial.faults.map(fault => ({ seed, ...fault })))
    if (new Set(failures.map(failure => failure.seed)).size >= most) break
  }
  return { failures, counts, seeds: done }
}

/** What must have occurred in a batch of this many seeds, for it to prove anything. */
const occurrences = [
  'conflicts seen',
  'conflict events: newer',
  'conflict events: deleted',
  'partitions',
  'heals',
  'over a limit',
  'late joins',
  'leaves',
  'crashes',
  'faults',
  'clock jumps',
  'whenDelivered resolved',
  'thrown: value-too-large',
  'thrown: too-many-keys',
  'thrown: store-full',
  'thrown: type-mismatch',
]

export const missingFrom = (counts: ReadonlyMap<string, number>): string[] =>
  occurrences.filter(what => !counts.has(what))

/** A program that fails as this seed does, made small. */
export const shrinkSeed = (seed: number, { faults }: Trial, attempts: number): Promise<Program> => {
  const failing = new Set(faults.map(({ checker }) => checker))
  const fails = async (program: Program) =>
    (await tryProgram(program)).faults.some(({ checker }) => failing.has(checker))
  return shrink(drawProgram(seed), fails, attempts)
}

export const repeatCommand = (seed: number): string => `npm run simulate -- --seeds 1 --from ${seed}`

/** A failing seed as it is told: what is wrong, the command that repeats it, and a program that is as small as it gets. */
export const explain = async (seed: number, attempts: number): Promise<string> => {
  const program = await shrinkSeed(seed, await tryProgram(drawProgram(seed)), attempts)
  const { faults } = await tryProgram(program)
  const steps = program.steps.map(step => `  ${JSON.stringify(step)}`)
  return [
    `Seed ${seed} fails. Repeat it: ${repeatCommand(seed)}`,
    ...faults.map(({ checker, said }) => `${checker}\n  ${said}`),
    `Smallest program found, with clocks wrong by ${JSON.stringify(program.skewsMs)} and limits ${JSON.stringify(program.limits)}:`,
    ...steps,
  ].join('\n')
}
