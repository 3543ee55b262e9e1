import fc from 'fast-check'
import { expect } from 'vitest'

/** How long a test of random runs may take: as long as it was asked to. */
export const patienceMs = 120_000 * Math.max(1, Number(process.env['HEARTH_RUNS'] ?? 1))

/**
 * Runs a property on random inputs: as many as `runs` times HEARTH_RUNS (default 1), from HEARTH_SEED if given.
 * A failure names the seed and the command that repeats it.
 */
export function check<T>(input: fc.Arbitrary<T>, runs: number, run: (input: T) => unknown): void {
  const { HEARTH_SEED, HEARTH_PATH, HEARTH_RUNS } = process.env
  const seed = HEARTH_SEED === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(HEARTH_SEED)
  const numRuns = Math.max(1, Math.round(runs * Number(HEARTH_RUNS ?? 1)))
  const property = fc.property(input, value => void run(value))
  // Shrinking takes time, too much of which nobody waits for.
  const patience = {
    interruptAfterTimeLimit: 90_000 * Math.max(1, Number(HEARTH_RUNS ?? 1)),
    markInterruptAsFailure: true,
  }
  const details = fc.check(property, {
    ...patience,
    seed,
    numRuns,
    ...(HEARTH_PATH === undefined ? {} : { path: HEARTH_PATH }),
  })
  if (!details.failed) return
  const name = expect.getState().currentTestName ?? ''
  const again = `HEARTH_SEED=${details.seed} HEARTH_PATH=${details.counterexamplePath ?? ''} npx vitest run --project property -t ${JSON.stringify(name)}`
  const cause = details.errorInstance
  const said = cause instanceof Error ? cause.message : String(cause)
  throw new Error(`${said}\n\nRepeat it: ${again}\nWith: ${JSON.stringify(details.counterexample)}`, { cause })
}
