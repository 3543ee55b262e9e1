import type { Checker } from '../checker.js'
import type { WriteRecord } from '../record.js'
import { talliesIn } from '../operations/tallied.js'

export const steps: Checker = {
  name: '[COUNTER1] [COUNTER2] a counter is the sum of all accepted steps, whoever made them at the same time as others',
  check: ({ world, endings }) => {
    const [first] = endings
    const steps = world.records.filter(
      ({ before, after }) => valueIn(before.values, 'c1') !== valueIn(after.values, 'c1'),
    )
    // An undone first step takes away the counter itself, with what others count in it meanwhile, and only that which
    // others have made at the same time is left; and who is gone may not have told of its last steps.
    const makers = new Set(steps.filter(({ before }) => !('c1' in before.values)).map(({ actor }) => actor))
    const isUnsure = steps.some(
      ({ actor, operation, after }) =>
        !('c1' in after.values) ||
        (operation.startsWith('history.') && makers.has(actor)) ||
        !world.present.includes(actor),
    )
    if (!first || isUnsure) return []
    const sum = steps.reduce(
      (sum, { before, after }) => sum + valueIn(after.values, 'c1') - valueIn(before.values, 'c1'),
      0,
    )
    const value = valueIn(first.snapshot.values, 'c1')
    return value === sum ? [] : [`c1 is ${value}, not ${sum}`]
  },
}

const valueIn = (values: { readonly [key: string]: unknown }, key: string): number => Number(values[key] ?? 0)

/** A write of the `tallied` operations: the n-th of its author. */
type Tallied = { readonly record: WriteRecord; readonly author: string; readonly nth: number }

/** Those writes of which the room has word at the end. */
export const talliedWrites = (
  records: readonly WriteRecord[],
  values: { readonly [key: string]: unknown },
): Tallied[] => {
  const counts = new Map<string, number>()
  const told = talliesIn(values)
  return records.flatMap(record => {
    if (!record.operation.startsWith('tallied.') || record.error !== null) return []
    const author = record.actor.name
    const nth = (counts.get(author) ?? 0) + 1
    counts.set(author, nth)
    return nth <= (told.get(author) ?? 0) ? [{ record, author, nth }] : []
  })
}

/** Whether the author of one had seen the other. */
export const hadSeen = (one: Tallied, other: Tallied): boolean =>
  (talliesIn(one.record.before.values).get(other.author) ?? 0) >= other.nth

/** To set what it is already is no write, unless that settles a conflict. */
const isRestart = ({ operation, args, before: { values, conflicts } }: WriteRecord): boolean =>
  'c2' in values &&
  (operation === 'tallied.reset' ||
    (operation === 'tallied.set' && ((args as { to: number }).to !== values['c2'] || 'c2' in conflicts)))

export const resets: Checker = {
  name: '[COUNTER3] what was counted at the same time as a reset counts on, and two resets at once give 0',
  check: ({ world, endings }) => {
    const [first] = endings
    if (!first) return []
    const { values } = first.snapshot
    const writes = talliedWrites(world.records, values)
    const resets = writes.filter(({ record }) => isRestart(record))
    const counted = writes.filter(
      write => write.record.operation === 'tallied.increment' && !resets.some(reset => hadSeen(reset, write)),
    )
    const sum = counted.reduce((sum, { record }) => sum + (record.args as { by: number }).by, 0)
    const last = resets.filter(reset => !resets.some(other => other !== reset && hadSeen(other, reset)))
    const bases = last.map(({ record: { args } }) => (args as { to?: number }).to ?? 0)
    // A number that was set at the same time as a reset wins.
    const set = bases.filter(base => base !== 0)
    const possible = set.length > 0 ? set : [0]
    const value = valueIn(values, 'c2')
    return possible.some(base => base + sum === value)
      ? []
      : [`c2 is ${value}, not ${sum} on top of ${possible.join(' or ')}`]
  },
}
