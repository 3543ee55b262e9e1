/** One step of a Yjs delta; also, as inserts alone, a text with its formats and embeds. */
export type DeltaStep = {
  readonly insert?: string | object
  readonly delete?: number
  readonly retain?: number
  readonly attributes?: Readonly<Record<string, unknown>>
}

const lengthOf = ({ insert }: DeltaStep): number => (typeof insert === 'string' ? insert.length : 1)

/** What takes a change of a text back, and touches nothing else of it, so that carets stay where they are. */
export function inverseOf(delta: readonly DeltaStep[], before: readonly DeltaStep[]): DeltaStep[] {
  const inverse: DeltaStep[] = []
  let at = 0
  for (const step of delta) {
    if (step.insert !== undefined) inverse.push({ delete: lengthOf(step) })
    const length = step.retain ?? step.delete ?? 0
    if (step.delete !== undefined) inverse.push(...slice(before, at, at + length))
    else if (step.retain !== undefined && !step.attributes) inverse.push({ retain: length })
    else if (step.retain !== undefined)
      for (const part of slice(before, at, at + length)) {
        const attributes = Object.keys(step.attributes ?? {}).map(name => [name, part.attributes?.[name] ?? null])
        inverse.push({ retain: lengthOf(part), attributes: Object.fromEntries(attributes) })
      }
    at += length
  }
  return inverse
}

function slice(text: readonly DeltaStep[], from: number, to: number): DeltaStep[] {
  const parts: DeltaStep[] = []
  let at = 0
  for (const part of text) {
    const end = at + lengthOf(part)
    if (end > from && at < to)
      parts.push(
        typeof part.insert === 'string'
          ? { ...part, insert: wellFormed(part.insert.slice(Math.max(from - at, 0), to - at)) }
          : part,
      )
    at = end
  }
  return parts
}

/** With halves of characters as Yjs has them too where it has cut one in two: they have no UTF-8 form. */
const wellFormed = (text: string): string => text.replaceAll(/\p{Surrogate}/gu, '\ufffd')

/** What makes one string of another: all between equal beginnings and equal ends, without cutting a character in two. */
export function stringDelta(before: string, after: string): DeltaStep[] {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start++
  if (isHigh(before, start - 1)) start--
  let end = 0
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
  if (isLow(before, before.length - end)) end--
  const gone = before.length - start - end
  const added = after.slice(start, after.length - end)
  return [
    ...(start > 0 ? [{ retain: start }] : []),
    ...(gone > 0 ? [{ delete: gone }] : []),
    ...(added === '' ? [] : [{ insert: added }]),
  ]
}

/** The first half of a character that has two, as a text in UTF-16 may begin with it. */
const isHigh = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xd800
const isLow = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00
