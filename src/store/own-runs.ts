import type { Container } from './entry-index.js'
import type { Position } from './position.js'

/** Runs that are remembered of a list. */
const maxRuns = 4096

/** The least and the greatest number that ever stood there. */
export type Extent = { readonly least: number; readonly greatest: number }

/**
 * The offsets of a run, which is a position without its last number; or the numbers below a position, that of the
 * runs that begin there. Undefined if there never were any.
 */
export type ExtentOf = (run: Position) => Extent | undefined

/**
 * The offsets that one writer has used in each of its runs, by list, gone elements included: somebody who still saw
 * one of those may have put something beside it, which would tear a new run apart that took its place.
 */
export class OwnRuns {
  readonly #writer: number
  readonly #extents = new WeakMap<Container, Map<string, Extent>>()

  constructor(writer: number) {
    this.#writer = writer
  }

  /** This position was given to an element of the list that these containers make up. */
  note(containers: readonly Container[] | null, position: Position): void {
    if (position.at(-2) !== this.#writer) return
    for (const container of containers ?? []) {
      const extents = this.#extents.get(container) ?? new Map<string, Extent>()
      widen(extents, position.slice(0, -1), position.at(-1))
      widen(extents, position.slice(0, -3), position.at(-3))
      this.#extents.set(container, extents)
    }
  }

  in(containers: readonly Container[]): ExtentOf {
    const known = containers.flatMap(container => this.#extents.get(container) ?? [])
    return run => {
      const extents = known.flatMap(extents => extents.get(run.join()) ?? [])
      if (extents.length === 0) return undefined
      return {
        least: Math.min(...extents.map(({ least }) => least)),
        greatest: Math.max(...extents.map(({ greatest }) => greatest)),
      }
    }
  }
}

function widen(extents: Map<string, Extent>, below: Position, number = 0): void {
  const { least = number, greatest = number } = extents.get(below.join()) ?? {}
  // The latest last: of so many runs the oldest are left and forgotten.
  extents.delete(below.join())
  extents.set(below.join(), { least: Math.min(least, number), greatest: Math.max(greatest, number) })
  const [oldest] = extents.keys()
  if (extents.size > maxRuns && oldest !== undefined) extents.delete(oldest)
}
