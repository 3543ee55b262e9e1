import type { Checker } from '../checker.js'
import { isList, isObject, type Json } from '../json.js'
import { bound } from '../operations/lists.js'
import type { WriteRecord } from '../record.js'

const itemsOf = (values: { readonly [key: string]: Json }, key: string): readonly Json[] =>
  isList(values[key]) ? values[key] : []

export const distinctElements: Checker = {
  name: '[MERGE5] [MERGE6] [LIST1] no element is in a list twice, however it was moved, and no id either',
  check: ({ world, endings }) => {
    // What two took out and both brought back is there twice.
    if (world.records.some(({ operation }) => operation.startsWith('history'))) return []
    return endings.flatMap(({ actor: { name }, snapshot: { values } }) =>
      ['l1', 'b1', 'a1', 'a2', 'i1'].flatMap(key => {
        const items = itemsOf(values, key).map(item => JSON.stringify(isObject(item) ? item['id'] : item))
        return new Set(items).size === items.length ? [] : [`${key} of ${name} is ${items.join()}`]
      }),
    )
  },
}

export const boundedLists: Checker = {
  name: '[LIST2] a bounded list shows no more than its bound, whoever pushed at once',
  check: ({ endings }) =>
    endings.flatMap(({ actor: { name }, snapshot: { values } }) => {
      const { length } = itemsOf(values, 'b1')
      return length <= bound ? [] : [`b1 of ${name} has ${length} elements`]
    }),
}

export const wholeRuns: Checker = {
  name: '[MERGE4] [MERGE7] [MERGE8] what one author put side by side stays so, but for what those put between who had seen it',
  check: ({ world, endings }) => {
    const [first] = endings
    if (!first) return []
    return ['l1', 'a1', 'a2'].flatMap(key => {
      const list = itemsOf(first.snapshot.values, key).map(String)
      const { pairs, insertions, moved } = readInsertions(world.records, key)
      return pairs.flatMap(([x, y]) => {
        const [from, to] = [list.indexOf(x), list.indexOf(y)]
        if (from < 0 || to < 0 || moved.has(x) || moved.has(y)) return []
        if (to < from) return [`${x} and ${y} of ${key} changed places: ${list.join()}`]
        const between = list.slice(from + 1, to).filter(item => !moved.has(item))
        const strangers = unjustified(between, insertions, x, y)
        return strangers.length === 0
          ? []
          : [`${strangers.join()} came between ${x} and ${y} of ${key}: ${list.join()}`]
      })
    })
  },
}

/** What an insertion had seen, and whom it stood beside. */
type Insertion = { readonly author: string; readonly seen: ReadonlySet<string>; readonly beside: readonly string[] }

const readInsertions = (records: readonly WriteRecord[], key: string) => {
  const insertions = new Map<string, Insertion>()
  const moved = new Set<string>()
  const pairs: [string, string][] = []
  // Of a run whose author took something out of it, only what came in one piece is promised to stay so.
  const torn = new Set<string>()
  for (const { before, after, actor, error, operation, args } of records) {
    if (error !== null) continue
    const [was, is] = [itemsOf(before.values, key).map(String), itemsOf(after.values, key).map(String)]
    const seen = new Set(was)
    const kept = is.filter(item => seen.has(item))
    const stayed = was.filter(item => is.includes(item))
    // What a transaction moved past what it took out seems to stand where it stood.
    const isHidden = operation.startsWith('transaction') && stayed.length < was.length
    if (isHidden || kept.join() !== stayed.join()) for (const item of kept) moved.add(item)
    // What it moved of what it put in itself seems to be where it was put, in one run with the rest.
    if (operation.startsWith('transaction') && movesIn(args, key)) for (const item of is) moved.add(item)
    for (const [at, item] of is.entries()) {
      if (seen.has(item)) continue
      // Brought back, or copied: it is not known any more which one it is.
      if (insertions.has(item)) moved.add(item)
      const beside = [is[at - 1], is[at + 1]].filter(other => other !== undefined)
      insertions.set(item, { author: actor.name, seen, beside })
    }
    if (was.some(item => !is.includes(item)))
      for (const [item, { author }] of insertions) if (author === actor.name) torn.add(item)
    for (const [at, item] of is.entries()) {
      const next = is[at + 1]
      if (next === undefined || (seen.has(item) && seen.has(next)) || torn.has(item) || torn.has(next)) continue
      const authors = [insertions.get(item)?.author, insertions.get(next)?.author]
      if (authors.every(author => author === actor.name)) pairs.push([item, next])
    }
  }
  return { insertions, moved, pairs }
}

/** Whether a transaction of these parts moves elements of a list. */
const movesIn = (parts: unknown, key: string): boolean =>
  new RegExp(String.raw`"\w+\.(move|reverse)","args":\{"key":"${key}"`).test(JSON.stringify(parts))

/** Those whose authors had seen neither of the two, nor put them beside one that had. */
const unjustified = (
  between: readonly string[],
  insertions: ReadonlyMap<string, Insertion>,
  x: string,
  y: string,
): readonly string[] => {
  const justified = new Set([x, y])
  for (let size = 0; size !== justified.size;) {
    size = justified.size
    for (const item of between) {
      const insertion = insertions.get(item)
      const hasSeen = insertion && [...justified].some(other => insertion.seen.has(other))
      if (!insertion || hasSeen || insertion.beside.some(other => other !== x && other !== y && justified.has(other)))
        justified.add(item)
    }
  }
  return between.filter(item => !justified.has(item))
}
