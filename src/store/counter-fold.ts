import { byAge, type Container, type Entry } from './entry-index.js'
import type { Tally } from './entry.js'
import type { Place } from './fold.js'

/** A counter as its live entries have it (SPEC COUNTER). */
export type CounterBody = {
  readonly is: 'counter'
  readonly containers: readonly Container[]
  /** What `set` made it, before all that was counted since. */
  readonly base: Place | undefined
  /** By writer, in ascending order: sums of large numbers depend on it. */
  readonly tallies: ReadonlyMap<number, Entry>
  /** For each writer, the greatest of what resets have seen of its tally. */
  readonly baselines: ReadonlyMap<number, Entry>
  /** All live baselines, the lesser ones of concurrent resets too. */
  readonly resets: readonly Entry[]
}

export function foldCounter(
  containers: readonly Container[],
  entries: readonly Entry[],
  base: Place | undefined,
): CounterBody {
  const tallies = new Map<number, Entry>()
  const baselines = new Map<number, Entry>()
  const resets: Entry[] = []
  for (const entry of [...entries].sort((a, b) => a.writer - b.writer || a.clock - b.clock)) {
    if (entry.value.is !== 'tally') continue
    if (entry.field.on === 'own') tallies.set(entry.writer, entry)
    if (entry.field.on !== 'baseline') continue
    resets.push(entry)
    const known = baselines.get(entry.field.writer)
    if (!known || byCount(known, entry) < 0) baselines.set(entry.field.writer, entry)
  }
  return { is: 'counter', containers, base, tallies, baselines, resets }
}

export function counterValue(body: CounterBody): number {
  let value = baseOf(body)
  for (const writer of body.tallies.keys()) value += countedSince(body, writer)
  // So that what is read back from its JSON is the same.
  return value === 0 ? 0 : value
}

/** What a writer has counted since the last reset that saw it. */
function countedSince({ tallies, baselines }: CounterBody, writer: number): number {
  const tally = tallyOf(tallies.get(writer))
  const baseline = tallyOf(baselines.get(writer))
  return tally.count > baseline.count ? tally.total - baseline.total : 0
}

function baseOf({ base }: CounterBody): number {
  const value = base?.winner.value
  return Number.isSafeInteger(value) ? (value as number) : 0
}

export const tallyOf = (entry: Entry | undefined): Tally =>
  entry?.value.is === 'tally' ? entry.value : { count: 0, total: 0 }

const byCount = (a: Entry, b: Entry): number => tallyOf(a).count - tallyOf(b).count || byAge(a, b)
