import { edit, type OperationGroup } from '../operation.js'
import type { Dice } from '../dice.js'

const key = (dice: Dice) => dice.pick(['r1', 'r2', 'r3'])

/** Keys that hold one scalar. */
export const registers: OperationGroup = {
  name: 'registers',
  share: 0.7,
  operations: [
    edit({
      name: 'register.set',
      weight: 4,
      draw: dice => ({ key: key(dice), value: dice.chance(0.9) ? dice.token() : dice.pick([true, 0, 'same']) }),
      edit: (store, { key, value }) => store.set(key, value),
    }),
    edit({
      name: 'register.delete',
      weight: 1,
      draw: dice => ({ key: key(dice) }),
      edit: (store, { key }) => store.delete(key),
    }),
    edit({
      // A text as long as what may be over a limit together with another.
      name: 'register.long',
      weight: 1,
      draw: dice => ({ key: key(dice), value: dice.token() + '-'.repeat(20 + dice.number(50)) }),
      edit: (store, { key, value }) => store.set(key, value),
    }),
    edit({
      name: 'register.swap',
      weight: 1,
      draw: dice => ({ keys: [key(dice), key(dice)] as const }),
      edit: (store, { keys: [a, b] }) =>
        store.transact(() => {
          const [of, to] = [store.get(a), store.get(b)]
          store.set(a, to)
          store.set(b, of)
        }),
    }),
  ],
}
