import type { Actor, Store } from '../actor.js'
import type { Dice } from '../dice.js'
import { edit, type Operation, type OperationGroup } from '../operation.js'

/**
 * Writes to a counter and to members, each of which also counts itself in a key of its author alone, `by-a` and so
 * on, in one transaction. So each store tells which of these writes it has, and what a reset or a remove had seen is
 * known without asking how stores work.
 */
const tallied = <Args>(
  name: string,
  weight: number,
  draw: (dice: Dice) => Args,
  write: (store: Store, args: Args) => void,
): Operation =>
  edit({
    name,
    weight,
    draw,
    edit: (store, args, actor) =>
      store.transact(() => {
        write(store, args)
        store.set(tallyKey(actor), Number(store.get(tallyKey(actor)) ?? 0) + 1)
      }),
  })

const prefix = 'by-'
export const tallyKey = ({ name }: Actor): string => prefix + name
/** How many such writes of each actor these values have in them. */
export const talliesIn = (values: { readonly [key: string]: unknown }): ReadonlyMap<string, number> =>
  new Map(
    Object.entries(values).flatMap(([key, value]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), Number(value)]] : [],
    ),
  )

const by = (dice: Dice) => ({ by: dice.number(19) - 9 })
const member = (dice: Dice) => ({ member: dice.pick(['u', 'v', 'w', 'x']) })

export const talliedWrites: OperationGroup = {
  name: 'tallied',
  share: 0.4,
  // To undo one would take back its count as well.
  without: ['history'],
  operations: [
    tallied('tallied.increment', 4, by, (store, { by }) => store.counter('c2').increment(by)),
    tallied(
      'tallied.reset',
      1,
      () => ({}),
      store => store.counter('c2').reset(),
    ),
    // Where no counter is, it would make a mere number.
    tallied(
      'tallied.set',
      1,
      dice => ({ to: dice.number(100) - 50 }),
      (store, { to }) => {
        if (store.has('c2')) store.set('c2', to)
      },
    ),
    tallied('tallied.add', 3, member, (store, { member }) => store.members('m2').add(member)),
    tallied('tallied.remove', 2, member, (store, { member }) => store.members('m2').remove(member)),
  ],
}
