/** Random choices that a seed repeats. */
export type Dice = {
  /** A whole number from 0, less than `limit`. */
  readonly below: (limit: number) => number
  /** Once in so many times. */
  readonly onceIn: (times: number) => boolean
  readonly pick: <T>(items: readonly [T, ...T[]]) => T
  readonly bytes: (length: number) => Buffer
}

export const createDice = (seed: number): Dice => {
  const random = createRandom(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  return {
    below,
    onceIn: times => below(times) === 0,
    pick: items => items[below(items.length)] ?? items[0],
    bytes: length => Buffer.from(Array.from({ length }, () => below(256))),
  }
}

/** Small, and the same everywhere (mulberry32). */
const createRandom = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
