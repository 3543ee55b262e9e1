import type { WallClock } from '../support/replicas.js'
import type { Write } from './oracle.js'

const dayMs = 24 * 60 * 60 * 1000

/** DATA7: what the next stamp of a writer may be. How far it runs ahead is for the writer to choose. */
export class StampRule {
  readonly #wallClock: WallClock
  #last = 0

  constructor(wallClock: WallClock) {
    this.#wallClock = wallClock
  }

  adopt(writes: readonly Write[]): void {
    for (const { stamp } of writes) if (stamp <= this.#wallClock.nowMs + dayMs) this.#last = Math.max(this.#last, stamp)
  }

  checkGiven(writes: readonly Write[]): void {
    for (const { id, stamp } of writes)
      if (!Number.isInteger(stamp) || stamp <= this.#last || stamp < this.#wallClock.nowMs)
        throw new Error(`DATA7: ${id} has the stamp ${stamp} after ${this.#last} at ${this.#wallClock.nowMs}`)
    this.#last = Math.max(this.#last, ...writes.map(({ stamp }) => stamp))
  }
}
