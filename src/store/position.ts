import type { ExtentOf } from './own-runs.js'

/**
 * Where an element stands in its list: a path of segments `[number, writer, offset]`, flat. A dense order that
 * keeps the runs of two authors apart, in the manner of Fugue (Weidner and Kleppmann, "The Art of the Fugue",
 * 2023): a segment's number places it left (below 0) or right (above 0) of its parent, the writer keeps apart
 * what was inserted at one place at once, and the offset lets one author's run go on in either direction
 * without a longer path. Where a number is free between two neighbours it is taken, so pushes at either end and
 * repeated insertion at one place, by however many authors, cost a path of bounded length and O(log n) digits.
 */
export type Position = readonly number[]

/** Paths longer than this many segments are not made; the neighbours are moved instead (array-write.ts). */
export const maxSegments = 24

/** No number or offset on the way passes this; whoever sets one there on purpose only makes the next paths longer. */
export const maxNumber = 2 ** 40

/** Whether a position below the first level is at the end of what numbers there are. Honest ones never come near. */
export const isExtreme = (position: Position): boolean =>
  position.some((number, index) => index > 2 && index % 3 !== 1 && Math.abs(number) >= maxNumber)

/** Less than 0 if `a` comes before `b`. A parent stands between its left and its right children. */
export function comparePositions(a: Position, b: Position): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return (a[shared] ?? 0) - (b[shared] ?? 0)
}

/**
 * The position of element `index` of an array written at once where none was: it follows from the content alone.
 * The hash stands where others have a writer, and is greater than any (SPEC DATA1).
 */
export const firstPosition = (contentHash: number, index: number): Position => [
  0,
  maxWriter + 1 + (contentHash % (maxNumber - maxWriter)),
  index,
]

const maxWriter = 2 ** 31 - 1

type Segment = readonly [number: number, writer: number, offset: number]

const isAtOnce = ([, run]: Segment): boolean => run > maxWriter

const segmentAt = (position: Position, level: number): Segment | undefined => {
  const [number, writer, offset] = position.slice(level * 3, level * 3 + 3)
  return number === undefined || writer === undefined || offset === undefined ? undefined : [number, writer, offset]
}

/**
 * A position between two neighbours (null: the end of the list on that side), for a new element of `writer`.
 * Requires `left < right`. None is given twice, as far as `extentOf` knows what there was.
 */
export function positionBetween(
  left: Position | null,
  right: Position | null,
  writer: number,
  extentOf: ExtentOf = () => undefined,
): Position {
  let level = 0
  const prefix: number[] = []
  const shared = Math.min(left?.length ?? 0, right?.length ?? 0) / 3
  for (; level < shared; level++) {
    const a = left && segmentAt(left, level)
    const b = right && segmentAt(right, level)
    if (!a || !b || comparePositions(a, b) !== 0) break
    prefix.push(...a)
  }
  const before = left && segmentAt(left, level)
  const after = right && segmentAt(right, level)
  const leftEnds = left !== null && left.length === (level + 1) * 3
  const rightEnds = right !== null && right.length === (level + 1) * 3

  // A neighbour of one's own: the run goes on. Within a run nothing does, for who goes on from where is not known.
  const isInRun = !!before && !!after && before[0] === after[0] && before[1] === after[1]
  const onward = before && !(leftEnds && isInRun) ? goOn(left, writer, 1, extentOf) : null
  if (onward) return onward
  const backward = after && !(rightEnds && isInRun) ? goOn(right, writer, -1, extentOf) : null
  if (backward) return backward

  /**
   * A run begins, with a number that no run of this writer had there, from `number` on in the direction of `step` and
   * before `end`: at 0, so that it can go on in both directions. Where none is left an old run goes on.
   */
  const begin = (parent: Position, number: number, step: 1 | -1, end = step * Infinity): Position => {
    const used = extentOf([...parent, number, writer])
    if (!used) return [...parent, number, writer, 0]
    const { least, greatest } = extentOf(parent) ?? { least: number, greatest: number }
    const next = step > 0 ? greatest + 1 : least - 1
    const isFree = (end - next) * step > 0 && Math.abs(next) < maxNumber && (parent.length === 0 || next !== 0)
    return isFree ? [...parent, next, writer, 0] : [...parent, number, writer, used.greatest + 1]
  }

  // Beside an array written at once: below its end, or what two authors add to their first versions would mix.
  if (before && leftEnds && !isInRun && isAtOnce(before)) return begin(left, 1, 1)
  if (after && rightEnds && !isInRun && isAtOnce(after)) return begin(right, -1, -1)

  // A free number on this level. The parent itself stands at 0 when one of the two is it.
  const isRoot = level === 0
  const low = before ? before[0] : isRoot ? null : left && after && after[0] > 0 ? 0 : null
  const high = after ? after[0] : isRoot ? null : right && before && before[0] < 0 ? 0 : null
  if (high === null && low === null) return begin(prefix, 0, 1)
  if (high === null && low !== null && low < maxNumber) return begin(prefix, low + 1, 1)
  if (low === null && high !== null && high > -maxNumber) return begin(prefix, high - 1, -1)
  if (high !== null && low !== null && high - low > 1) {
    const free = before ? low + 1 : high - 1
    // Below a parent 0 is where the parent stands, or stood: children are left or right of it.
    if (isRoot || free !== 0) return before ? begin(prefix, free, 1, high) : begin(prefix, free, -1, low)
    if (high > 1) return begin(prefix, 1, 1, high)
  }

  // None is free: below one of the two. Within a run that is the one that was made from the other, the later one,
  // or what others put between the earlier one and what came then would tear the new run apart.
  const isBelowRight = !before || (isInRun && after[2] > 0)
  const [host, side, sign] = isBelowRight ? ([after, right, -1] as const) : ([before, left, 1] as const)
  if (!host || !side) throw new RangeError('positionBetween: the neighbours are not in order')
  const child = segmentAt(side, level + 1)
  return begin([...prefix, ...host], (child && child[0] * sign > 0 ? child[0] : 0) + sign, sign)
}

/**
 * The next position of a writer's run from one end of it, null if that is none or another's. Only away from where
 * the run began, at 0, so that of two neighbours in a run one can tell which was made from the other.
 */
function goOn(end: Position | null, writer: number, step: 1 | -1, extentOf: ExtentOf): Position | null {
  const [run, offset = 0] = end?.slice(-2) ?? []
  if (!end || run !== writer || offset * step < 0 || Math.abs(offset) >= maxNumber) return null
  const { least, greatest } = extentOf(end.slice(0, -1)) ?? { least: offset, greatest: offset }
  return [...end.slice(0, -1), step > 0 ? Math.max(offset, greatest) + 1 : Math.min(offset, least) - 1]
}
