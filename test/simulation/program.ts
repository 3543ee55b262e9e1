import type { Limits } from '../../src/store/limits.js'
import { createDice, type Dice } from './dice.js'
import { groups } from './operations/catalogue.js'

export type Step = {
  readonly operation: string
  /** Who does it: the n-th of those who are here, modulo how many that is. */
  readonly who: number
  readonly args: unknown
  /** How many messages are delivered after it. */
  readonly deliver: number
}

/** What a simulated room is put through: plain JSON, so that it can be printed, made smaller and run again. */
export type Program = {
  readonly seed: number
  /** How wrong the clocks of the first peers are. */
  readonly skewsMs: readonly number[]
  readonly limits: Partial<Limits>
  readonly steps: readonly Step[]
}

/** As many steps has a program. */
export const programSteps = 100

const minuteMs = 60_000
const tight: Partial<Limits> = { maxValueBytes: 80, maxKeys: 6, maxTotalBytes: 260, maxTextBytes: 40 }
/** So that what is written in a hundred steps never meets a limit. */
const roomy: Partial<Limits> = { maxValueBytes: 8192 }

export const drawProgram = (seed: number): Program => {
  const dice = createDice(seed)
  // Small rooms go wrong in most of the ways that large ones do, and a room costs by the square of its peers.
  const skewsMs = Array.from(
    { length: dice.pick([2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 5, 6, dice.pick([6, 8])]) },
    () => (dice.chance(0.3) ? (dice.number(21) - 10) * minuteMs : 0),
  )
  const operations = drawGroups(dice).flatMap(group => group.operations)
  // From hardly anything arriving before the end to everybody knowing everything at once.
  const pace = dice.pick([0, 0.5, 2, 5, 20])
  const steps = Array.from({ length: programSteps }, (): Step => {
    const operation = dice.weighted(operations)
    return {
      operation: operation.name,
      who: dice.number(8),
      args: operation.draw(dice),
      deliver: dice.number(2 * pace + 1),
    }
  })
  return { seed, skewsMs, limits: dice.chance(0.25) ? tight : roomy, steps }
}

const drawGroups = (dice: Dice) => {
  const drawn = groups.filter(({ share }) => dice.chance(share))
  const chosen = drawn.filter(({ name }, index) => !drawn.slice(0, index).some(other => other.without?.includes(name)))
  return chosen.some(group => group.operations.some(operation => 'edit' in operation)) ? chosen : groups.slice(0, 1)
}
