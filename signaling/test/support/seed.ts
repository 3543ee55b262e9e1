import { onTestFailed } from 'vitest'

/** The seed of a random test: `HEARTH_SEED`, or a fresh one. Tells how to repeat the run if the test fails. */
export const seedFor = (file: string): number => {
  const seed = Number(process.env['HEARTH_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  onTestFailed(() => {
    process.stderr.write(`\nseed ${seed}; again: HEARTH_SEED=${seed} npx vitest run --project unit ${file}\n`)
  })
  return seed
}
