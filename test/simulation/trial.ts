import type { Checker } from './checker.js'
import { checkers } from './checkers/catalogue.js'
import type { Program } from './program.js'
import { play } from './run.js'

/** What is wrong about one program, by checker; and how often what happened in it. */
export type Trial = {
  readonly faults: readonly { readonly checker: string; readonly said: string }[]
  readonly counts: ReadonlyMap<string, number>
}

/** A program that does not come to its end is wrong by that. */
export const completion = '[ROOM1] every program comes to its end'

/** Runs a program and has it checked, by all or by these. */
export const tryProgram = async (program: Program, chosen: readonly Checker[] = checkers): Promise<Trial> => {
  const faults: Trial['faults'][number][] = []
  let counts: ReadonlyMap<string, number> = new Map()
  let at = completion
  try {
    const run = await play(program)
    counts = run.world.counts
    for (const [position, checker] of chosen.entries()) {
      const { name, every = 1 } = checker
      // Not all of the costly ones at the same seed.
      if ((program.seed + position) % every !== 0) continue
      at = name
      for (const said of await checker.check(run)) faults.push({ checker: name, said })
    }
    at = completion
    await run.world.close()
  } catch (error) {
    faults.push({ checker: at, said: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
  return { faults, counts }
}
