import type { Container } from './entry-index.js'
import type { Position } from './position.js'

/** Runs that are remembered of a list. */
const maxRuns = 4096
/** Keys of which the runs in their lists are remembered. */
const maxKeys = 1024

/** The least and the greatest number that ever stood there. */
export type Extent = { readonly least: number; readonly greatest: number }

/**
 * The offsets of a run, which is a position without its last number; or the numbers below a position, that of the
 * runs that begin there. Undefined if there never were any.
 */
export type ExtentOf = (run: Position) => Extent | undefined

/**
 * The offsets that one writer has used in each of its runs, by list, gone elements included: somebody who still saw
 * one of those may have put something beside it, which would tear a new run apart that took its place. Of all lists
 * that a key has held together: somebody may bring back one that was deleted, while this writer begins another.
 */
export class OwnRuns {
  readonly #writer: number
  readonly #inKeys = new Map<string, Map<string, Extent>>()
  readonly #inLists = new WeakMap<Container, Map<string, Extent>>()

  constructor(writer: number) {
    this.#writer = writer
  }

  /** This position was given to an element of the list that these containers make up. */
  note(containers: readonly Container[] | null, position: Position): void {
    if (position.at(-2) !== this.#writer) return
    for (const container of containers ?? []) {
      const extents = this.#extentsIn(container) ?? new Map<string, Extent>()
      widen(extents, position.slice(0, -1), position.at(-1))
      widen(extents, position.slice(0, -3), position.at(-3))
      const key = keyOf(container)
      if (key === null) this.#inLists.set(container, extents)
      else keepLatest(this.#inKeys, key, extents, maxKeys)
    }
  }

  #extentsIn(container: Container): Map<string, Extent> | undefined {
    const key = keyOf(container)
    return key === null ? this.#inLists.get(container) : this.#inKeys.get(key)
  }

  in(containers: readonly Container[]): ExtentOf {
    const known = containers.flatMap(container => this.#extentsIn(container) ?? [])
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
  const extent = { least: Math.min(least, number), greatest: Math.max(greatest, number) }
  keepLatest(extents, below.join(), extent, maxRuns)
}

/** The latest last: of so many the oldest are left and forgotten. */
function keepLatest<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > most && oldest !== undefined) map.delete(oldest)
}

/** The key that holds a list, null if that is inside of another value. */
const keyOf = ({ naming }: Container): string | null =>
  naming?.parents === null && naming.field.on === 'field' ? naming.field.name : null
