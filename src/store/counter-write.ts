import { counterValue, tallyOf, type CounterBody } from './counter-fold.js'
import type { Draft } from './draft.js'

/** Makes a counter a number that it is not. */
export function setCounter(draft: Draft, counter: CounterBody, value: number): void {
  const isDisputed = (counter.base?.rivals.length ?? 0) > 0
  if (counterValue(counter) !== value || isDisputed) restartCounter(draft, counter, value)
}

/**
 * A counter starts from a number, and what is counted meanwhile elsewhere counts on (SPEC COUNTER3). Also from the one
 * that it shows: of a reset at the same time, one that saw less, nothing may be left to count.
 */
export function restartCounter(draft: Draft, counter: CounterBody, value: number): void {
  const { containers, base, tallies, baselines, resets } = counter
  // Also where it is that number already: a reset at the same time takes away the entry that it knows.
  for (const entry of base?.entries ?? []) draft.remove(entry)
  if (value !== 0) draft.append(containers, { on: 'field', name: '' }, { is: 'scalar', scalar: value })
  for (const [writer, entry] of tallies) {
    const tally = tallyOf(entry)
    const baseline = tallyOf(baselines.get(writer))
    // Another reset may have seen more than is here yet.
    if (tally.count <= baseline.count) continue
    for (const reset of resets) if (reset.field.on === 'baseline' && reset.field.writer === writer) draft.remove(reset)
    draft.append(containers, { on: 'baseline', writer }, { is: 'tally', ...tally })
  }
}

/** This writer's next tally. Its count stays ahead of every reset, or it would not be seen. */
export function nextTally({ tallies, baselines }: CounterBody, writer: number, by: number) {
  const { count, total } = tallyOf(tallies.get(writer))
  const next = Math.max(count, tallyOf(baselines.get(writer)).count) + 1
  return { count: Math.min(next, Number.MAX_SAFE_INTEGER), total: total + by }
}

export function writeTally(draft: Draft, counter: CounterBody, tally: { count: number; total: number }): void {
  const own = counter.tallies.get(draft.writer)
  if (own) draft.remove(own)
  draft.append(counter.containers, { on: 'own' }, { is: 'tally', ...tally })
}
