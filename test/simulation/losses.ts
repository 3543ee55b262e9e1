import type { Store } from './actor.js'
import { snapshotOf, type WriteRecord } from './record.js'
import { sameJson } from './json.js'
import { containersIn, rivalsIn, tokensIn, type Tokens } from './tokens.js'

/** What a write brought and took, going by what its author read before and after: no more is known of stores here. */
export type Effect = {
  readonly added: Tokens
  readonly removed: Tokens
  /** What is where it was, and may have been taken away and written anew in between. */
  readonly anew: ReadonlySet<string>
  /** Paths of the objects and lists that it took away, with all that is in them, seen or not. */
  readonly emptied: ReadonlySet<string>
}

const effects = new WeakMap<WriteRecord, Effect>()

export const effectOf = (record: WriteRecord): Effect => {
  const known = effects.get(record)
  if (known) return known
  const effect = computeEffect(record)
  effects.set(record, effect)
  return effect
}

const computeEffect = ({ before, after, error, operation, args }: WriteRecord): Effect => {
  const nothing = new Map<string, ReadonlySet<string>>()
  if (error !== null) return { added: nothing, removed: nothing, anew: new Set(), emptied: new Set() }
  const [was, is] = [tokensIn(before), tokensIn(after)]
  const [stood, stands] = [containersIn(before), containersIn(after)]
  const isChanged = (path: string) => {
    const [key = ''] = path.split('/')
    return !sameJson(before.values[key], after.values[key])
  }
  // To settle a conflict is to write, also what had won.
  const isSettled = (path: string) => !sameJson(before.conflicts[path] ?? [], after.conflicts[path] ?? [])
  // Within one transaction something may go and come again: another thing, in the same place.
  const isMixed = operation.startsWith('transaction') || operation.startsWith('history')
  return {
    added: new Map([...is].filter(([id, paths]) => !was.has(id) || [...paths].some(isSettled))),
    removed: without(was, is),
    anew: new Set([...is.keys()].filter(id => isMixed && was.has(id) && isNamed(args, id))),
    emptied: new Set([...stood].filter(path => !stands.has(path) || (isMixed && isChanged(path)))),
  }
}

/** Whether these arguments of an operation name the key of `key token`. */
const isNamed = (args: unknown, id: string): boolean => JSON.stringify(args).includes(`"${id.split(' ')[0]}"`)

const without = (tokens: Tokens, others: Tokens): Tokens => new Map([...tokens].filter(([id]) => !others.has(id)))

/** Keys of which not everything stays that nobody takes away: those with a bound, and those of any kind. */
const isFollowed = (id: string): boolean => !/^[bw]/.test(id)

/**
 * Whether somebody has a reason for something not to be there any more: it was taken away by one who saw it, or with
 * what it stood in, or it stands inside a value that lost a conflict.
 */
export const isExcused = (id: string, paths: ReadonlySet<string>, records: readonly WriteRecord[]): boolean =>
  !isFollowed(id) ||
  records.some(record => {
    const { removed, emptied } = effectOf(record)
    return removed.has(id) || isBelow(paths, emptied)
  })

/** What these writes brought or took that a store does not show. */
export const missingAt = (
  store: Store,
  written: readonly WriteRecord[],
  records: readonly WriteRecord[],
): readonly string[] => {
  const snapshot = snapshotOf(store)
  const there = tokensIn(snapshot)
  const rivals = rivalsIn(snapshot)
  const isBuried = (paths: ReadonlySet<string>) => isBelow(paths, rivals)
  const timesAdded = (id: string) =>
    records.map(effectOf).filter(({ added, anew }) => added.has(id) || anew.has(id)).length
  return written.flatMap(record => {
    const { added, removed } = effectOf(record)
    const lost = [...added].filter(
      ([id, paths]) => !there.has(id) && !isBuried(paths) && !isExcused(id, paths, records),
    )
    // What was brought back, by one who had not seen that it was gone, may be there.
    const kept = [...removed.keys()].filter(id => there.has(id) && isFollowed(id) && timesAdded(id) === 1)
    return [
      ...lost.map(([id]) => `${id}, written in step ${record.step}, is missing`),
      ...kept.map(id => `${id}, taken away in step ${record.step}, is still there`),
    ]
  })
}

const isBelow = (paths: ReadonlySet<string>, above: ReadonlySet<string>): boolean =>
  [...paths].some(path => [...above].some(container => path.startsWith(`${container}/`)))
