import fc from 'fast-check'
import { expect } from 'vitest'

const { HEARTH_SEED, HEARTH_PATH, HEARTH_RUNS } = process.env
const scale = Number(HEARTH_RUNS ?? 1)

/** How long a test of random runs may take: as long as it was asked to. */
export const patienceMs = 120_000 * Math.max(1, scale)

/**
 * Runs a property on random inputs: `runs` times HEARTH_RUNS (default 1) of them, from HEARTH_SEED if given. A
 * failure is made small, and names the seed and the command that repeats it.
 */
export function check<T>(input: fc.Arbitrary<T>, runs: number, run: (input: T) => unknown): void {
  const seed = HEARTH_SEED === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(HEARTH_SEED)
  const details = fc.check(
    fc.property(input, value => void run(value)),
    {
      seed,
      numRuns: Math.max(1, Math.round(runs * scale)),
      ...(HEARTH_PATH === undefined ? {} : { path: HEARTH_PATH }),
      // To make a failure smaller takes time, and less than all of it is good enough.
      interruptAfterTimeLimit: 0.75 * patienceMs,
      markInterruptAsFailure: true,
    },
  )
  if (!details.failed) return
  const { errorInstance: cause, counterexample, counterexamplePath } = details
  const said = cause instanceof Error ? cause.message : 'not done in time'
  throw new Error(`${said}\n\n${repeat(seed, counterexamplePath)}\nWith: ${JSON.stringify(counterexample)}`, { cause })
}

function repeat(seed: number, path: string | null): string {
  const pattern = (expect.getState().currentTestName ?? '').replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
  const variables = `HEARTH_SEED=${seed} ${path === null ? '' : `HEARTH_PATH=${path} `}`
  return `Repeat it: ${variables}npx vitest run --project property -t ${JSON.stringify(pattern)}`
}
