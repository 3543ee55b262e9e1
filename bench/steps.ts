import { createRandom } from '../test/support/random.js'

/** One step of a load. */
export type Step = {
  readonly number: number
  /** Who takes it, 0 and up. */
  readonly author: number
  /** Chances in [0, 1) that say what it is. */
  readonly which: number
  readonly where: number
  /** How often all had exchanged what they wrote before it. */
  readonly exchanges: number
}

export const peers = 5

/** The same steps for the same seed, by authors in any order; all exchange after those that `isExchangedAfter` says. */
export function* stepsOf(
  seed: number,
  count: number,
  isExchangedAfter: (number: number, chance: number) => boolean,
): Generator<Step & { readonly isExchangedAfter: boolean }> {
  const random = createRandom(seed)
  let exchanges = 0
  for (let number = 1; number <= count; number++) {
    const step = { number, author: Math.floor(random() * peers), which: random(), where: random(), exchanges }
    const isExchanged = isExchangedAfter(number, random())
    yield { ...step, isExchangedAfter: isExchanged }
    if (isExchanged) exchanges++
  }
}
