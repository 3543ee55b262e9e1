import type { WallClock } from '../support/replicas.js'
import type { Write } from './oracle.js'

const dayMs = 24 * 60 * 60 * 1000

/** DATA7: what the next stamp of a writer is. */
export class StampRule {
  readonly #wallClock: WallClock
  #last = 0

  constructor(wallClock: WallClock) {
    this.#wallClock = wallClock
  }

  adopt(writes: readonly Write[]): void {
    for (const { stamp } of writes) if (stamp <= this.#wallClock.nowMs + dayMs) this.#last = Math.max(this.#last, stamp)
  }

  get next(): number {
    return Math.max(this.#last + 1, this.#wallClock.nowMs)
  }

  checkGiven(writes: readonly Write[]): void {
    for (const { id, stamp } of writes)
      if (stamp !== this.next) throw new Error(`DATA7: ${id} has the stamp ${stamp}, not ${this.next}`)
    this.#last = Math.max(this.#last, ...writes.map(({ stamp }) => stamp))
  }
}
