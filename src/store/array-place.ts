import { longestIncreasing } from './array-match.js'
import type { Element } from './fold.js'
import type { ExtentOf } from './own-runs.js'
import { comparePositions, isExtreme, maxSegments, positionBetween, type Position } from './position.js'

/**
 * A new position for each item that has none (a new one) or must have another (a moved one), null for those
 * that stay where they are: as many as possible do. Neighbours between which no short path is left are moved, and
 * so are those beside which a hostile peer left none.
 */
export function placeItems(
  elements: readonly (Element | null)[],
  writer: number,
  extentOf: ExtentOf,
): (Position | null)[] {
  const held = elements.map(element => (element && !isExtreme(element.position) ? element.position : null))
  const staying = longestIncreasing(held, comparePositions)
  const placed: (Position | null)[] = []
  let left: Position | null = null
  for (const [index, position] of held.entries()) {
    if (position && staying.has(index)) {
      placed.push(null)
      left = position
      continue
    }
    let next: Position
    do {
      const right = held.find((other, at) => at > index && other !== null && staying.has(at)) ?? null
      next = positionBetween(left, right, writer, extentOf)
      if (next.length <= maxSegments * 3) break
      staying.delete(held.indexOf(right))
    } while (staying.size > 0)
    placed.push(next)
    left = next
  }
  return placed
}
