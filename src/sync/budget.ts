/**
 * A budget that refills with time: what one link may cost in bytes. Generous to bursts, as a network hands on
 * in one go what was sent over seconds.
 */
export type Budget = {
  /** Spends, or refuses and spends nothing. */
  take(cost: number): boolean
}

export type BudgetOptions = {
  readonly burst: number
  readonly perSecond: number
  /** Monotonic time in milliseconds. */
  readonly now: () => number
}

export const createBudget = ({ burst, perSecond, now }: BudgetOptions): Budget => {
  let left = burst
  let at = now()
  return {
    take: cost => {
      const time = now()
      left = Math.min(burst, left + ((time - at) * perSecond) / 1000)
      at = time
      if (cost > left) return false
      left -= cost
      return true
    },
  }
}
