import { createRandom } from '../support/random.js'

/** Where the characters begin of which there are enough. */
export const firstCharacter = 0x4e00

/** Random choices that a seed repeats. */
export type Dice = {
  /** A whole number from 0, less than `below`. */
  number(below: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
  /** One of these, each as often as its weight says. */
  weighted<T extends { readonly weight: number }>(items: readonly T[]): T
  /** A text that nothing else in the program holds, so that it can be followed through everything. */
  token(): string
  /** A character that is nowhere else in the program. */
  character(): string
}

export const createDice = (seed: number): Dice => {
  const random = createRandom(seed)
  let tokens = 0
  let characters = 0
  const number = (below: number) => Math.floor(random() * below)
  const pick = <T>(items: readonly T[]): T => {
    const item = items[number(items.length)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }
  return {
    number,
    pick,
    chance: probability => random() < probability,
    weighted: items => {
      let left = random() * items.reduce((sum, { weight }) => sum + weight, 0)
      return items.find(({ weight }) => (left -= weight) < 0) ?? pick(items)
    },
    token: () => `t${++tokens}`,
    character: () => String.fromCodePoint(firstCharacter + characters++),
  }
}
