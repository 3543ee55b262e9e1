import { expect, test } from 'vitest'
import { LifeWorld } from './life-world.js'
import { pastLives } from './past-lives.js'
import { drawLifeProgram, type LifeProgram } from './program.js'

const from = Number(process.env['LIVES_FROM'] ?? 1)
const seeds = Number(process.env['LIVES_SEEDS'] ?? 2000)
/** Told for each failing seed; of more only the first are. */
const maxTold = 3

const run = async (program: LifeProgram) => {
  const world = new LifeWorld(program)
  try {
    await world.play(program)
    await world.close()
  } catch (error) {
    world.faults.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  return world
}

/** Leaves out steps for as long as it still fails. */
const shrink = async (program: LifeProgram): Promise<LifeProgram> => {
  let smallest = program
  for (let at = smallest.steps.length - 1; at >= 0; at--) {
    const candidate = { ...smallest, steps: smallest.steps.toSpliced(at, 1) }
    if ((await run(candidate)).faults.length > 0) smallest = candidate
  }
  return smallest
}

test(`[SESSION2] [SESSION10] [SESSION11] [SESSION15] [SESSION16] sessions end and go on as they must, whoever leaves, crashes, sleeps, reloads or comes back (LIVES_FROM=${from} LIVES_SEEDS=${seeds} npx vitest run --project simulation test/simulation/lives)`, async () => {
  const failures: string[] = []
  const counts = new Map<string, number>()
  for (let seed = from; seed < from + seeds && failures.length < maxTold; seed++) {
    const world = await run(drawLifeProgram(seed))
    for (const [what, count] of world.counts) counts.set(what, (counts.get(what) ?? 0) + count)
    if (world.faults.length === 0) continue
    const { keeps, steps } = await shrink(drawLifeProgram(seed))
    failures.push(
      `LIVES_FROM=${seed} LIVES_SEEDS=1: ${world.faults.join('; ')}\n${JSON.stringify({ seed, keeps, steps })}`,
    )
  }
  expect(failures.join('\n')).toBe('')
  // What is to be tested has to happen.
  if (seeds < 500) return
  for (const what of ['stale comebacks', 'comebacks in time', 'reloads with a copy', 'sleeps', 'partitions', 'crashes'])
    expect(counts.get(what) ?? 0, what).toBeGreaterThan(seeds / 10)
})

test.each(pastLives)('[SESSION10] once failed: $name', async ({ program }) => {
  expect((await run(program)).faults).toEqual([])
})
