import { createDice, type Dice } from '../dice.js'

/** How long a peer may be cut off here. Under the minute for which signaling keeps the socket of who sleeps. */
export const windowMs = 40_000

/** Something that happens to one person, or to all. Every step makes sense in any state, so that steps can be left out. */
export type LifeStep =
  | { readonly does: 'join' | 'leave' | 'crash' | 'reload' | 'write' | 'disconnect' | 'connect'; readonly who: number }
  | { readonly does: 'sleep'; readonly who: number; readonly monotonic: 'runs' | 'stops' }
  | { readonly does: 'wake'; readonly who: number }
  | { readonly does: 'jump'; readonly who: number; readonly byMs: number }
  | { readonly does: 'partition'; readonly sides: readonly number[] }
  | { readonly does: 'heal' | 'settle' }
  | { readonly does: 'deliver'; readonly count: number }
  | { readonly does: 'pass'; readonly ms: number }

export type LifeProgram = {
  readonly seed: number
  /** By person: whether the own browser keeps a copy. */
  readonly keeps: readonly boolean[]
  readonly steps: readonly LifeStep[]
}

const stepCount = 40

export const drawLifeProgram = (seed: number): LifeProgram => {
  const dice = createDice(seed)
  const people = dice.pick([2, 2, 3, 3, 4])
  const share = dice.pick([0, 0.5, 1, 1])
  const keeps = Array.from({ length: people }, () => dice.chance(share))
  const kinds = [
    { weight: 5, draw: () => ({ does: 'join' as const, who: dice.number(people) }) },
    { weight: 1, draw: () => ({ does: 'leave' as const, who: dice.number(people) }) },
    { weight: 1, draw: () => ({ does: 'crash' as const, who: dice.number(people) }) },
    { weight: 4, draw: () => ({ does: 'reload' as const, who: dice.number(people) }) },
    { weight: 5, draw: () => ({ does: 'write' as const, who: dice.number(people) }) },
    { weight: 2, draw: () => ({ does: 'disconnect' as const, who: dice.number(people) }) },
    { weight: 2, draw: () => ({ does: 'connect' as const, who: dice.number(people) }) },
    { weight: 1, draw: () => ({ does: 'sleep' as const, who: dice.number(people), ...drawMonotonic(dice) }) },
    { weight: 2, draw: () => ({ does: 'wake' as const, who: dice.number(people) }) },
    { weight: 0.5, draw: () => ({ does: 'jump' as const, who: dice.number(people), byMs: drawJump(dice) }) },
    { weight: 1, draw: () => ({ does: 'partition' as const, sides: keeps.map(() => dice.number(2)) }) },
    { weight: 1.5, draw: () => ({ does: 'heal' as const }) },
    { weight: 2, draw: () => ({ does: 'settle' as const }) },
    { weight: 2, draw: () => ({ does: 'deliver' as const, count: dice.number(20) }) },
    { weight: 7, draw: () => ({ does: 'pass' as const, ms: dice.pick([300, 1500, 6000, 25_000, 50_000, 120_000]) }) },
  ]
  return { seed, keeps, steps: Array.from({ length: stepCount }, () => dice.weighted(kinds).draw()) }
}

const drawMonotonic = (dice: Dice) => ({ monotonic: dice.pick(['runs', 'stops'] as const) })

const drawJump = (dice: Dice) => dice.pick([-1, 1]) * dice.pick([1000, 20_000, 3_600_000])
