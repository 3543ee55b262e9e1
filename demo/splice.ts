/** Changes of a text, as places in it: enough arithmetic to keep a caret where it belongs. */

export type Splice = { readonly at: number; readonly removed: number; readonly inserted: string }

/**
 * The smallest splice that makes `after` of `before`; null if they are equal. Of several as small, as between equal
 * letters, the one that ends at the caret, which is where somebody typed.
 */
export const spliceBetween = (before: string, after: string, caret: number): Splice | null => {
  if (before === after) return null
  const smallest = spliceWithTail(before, after, after.length)
  const atCaret = spliceWithTail(before, after, after.length - caret)
  return atCaret.inserted.length > smallest.inserted.length ? smallest : atCaret
}

/** The splice that leaves as much as it can at the end, up to `longestTail`, and then at the beginning. */
const spliceWithTail = (before: string, after: string, longestTail: number): Splice => {
  const shorter = Math.min(before.length, after.length)
  let tail = 0
  while (tail < Math.min(shorter, longestTail) && before.at(-1 - tail) === after.at(-1 - tail)) tail++
  let at = 0
  while (at < shorter - tail && before[at] === after[at]) at++
  // A letter may be made of two units, and half a letter is none.
  if (isLead(before[at - 1]) || isLead(after[at - 1])) at--
  if (isTrail(before[before.length - tail]) || isTrail(after[after.length - tail])) tail--
  return { at, removed: before.length - tail - at, inserted: after.slice(at, after.length - tail) }
}

/** Where a place of a text is after a splice. What is inserted right there comes after it, or before it. */
export const placeAfter = (
  place: number,
  { at, removed, inserted }: Splice,
  insertion: 'comes after' | 'comes before',
): number => {
  if (place < at || (place === at && insertion === 'comes after')) return place
  if (place >= at + removed) return place - removed + inserted.length
  return insertion === 'comes after' ? at : at + inserted.length
}

/** A splice as it is to be made after another one that did not know of it. */
export const spliceAfter = (splice: Splice, other: Splice, insertion: 'comes after' | 'comes before'): Splice => {
  const at = placeAfter(splice.at, other, insertion)
  const end = placeAfter(splice.at + splice.removed, other, 'comes after')
  return { at, removed: Math.max(0, end - at), inserted: splice.inserted }
}

const isLead = (unit: string | undefined): boolean => unit !== undefined && /[\uD800-\uDBFF]/.test(unit)

const isTrail = (unit: string | undefined): boolean => unit !== undefined && /[\uDC00-\uDFFF]/.test(unit)
