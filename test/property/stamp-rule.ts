import type { WallClock } from '../support/replicas.js'
import type { Write } from './oracle.js'

const dayMs = 24 * 60 * 60 * 1000

/** DATA7: what the next stamp of a writer may be. What it draws for transactions that come to nothing is not seen. */
export class StampRule {
  readonly #wallClock: WallClock
  #last = 0
  #latestMs = 0
  #drawn = 0

  constructor(wallClock: WallClock) {
    this.#wallClock = wallClock
  }

  adopt(writes: readonly Write[]): void {
    for (const { stamp } of writes) if (stamp <= this.#wallClock.nowMs + dayMs) this.#last = Math.max(this.#last, stamp)
  }

  /** About what the next stamp will be: what was drawn and not seen may count. */
  get next(): number {
    return Math.max(this.#last + 1, this.#latestMs, this.#wallClock.nowMs)
  }

  draw(): void {
    this.#latestMs = Math.max(this.#latestMs, this.#wallClock.nowMs)
    this.#drawn++
  }

  checkGiven(writes: readonly Write[]): void {
    const least = Math.max(this.#last + 1, this.#wallClock.nowMs)
    const most = Math.max(this.#last, this.#latestMs) + this.#drawn
    for (const { id, stamp } of writes)
      if (!Number.isInteger(stamp) || stamp < least || stamp > most)
        throw new Error(`DATA7: ${id} has the stamp ${stamp}, not one from ${least} to ${most}`)
    if (writes.length === 0) return
    this.#last = Math.max(...writes.map(({ stamp }) => stamp))
    this.#drawn = 0
  }
}
