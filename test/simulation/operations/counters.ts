import type { Dice } from '../dice.js'
import { edit, type OperationGroup } from '../operation.js'

const by = (dice: Dice) => 1 + dice.number(9)

/** `c1` is only ever counted up and down: its value is the sum of all steps. */
export const counters: OperationGroup = {
  name: 'counters',
  share: 0.5,
  operations: [
    edit({
      name: 'counter.increment',
      weight: 4,
      draw: dice => ({ by: by(dice) }),
      edit: (store, { by }) => store.counter('c1').increment(by),
    }),
    edit({
      name: 'counter.decrement',
      weight: 2,
      draw: dice => ({ by: by(dice) }),
      edit: (store, { by }) => store.counter('c1').decrement(by),
    }),
  ],
}
