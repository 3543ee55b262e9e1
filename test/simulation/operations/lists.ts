import type { Store } from '../actor.js'
import type { Dice } from '../dice.js'
import { edit, type OperationGroup } from '../operation.js'

export const bound = 3

/** `l1` is any list, `b1` has a bound. */
const key = (dice: Dice) => dice.pick(['l1', 'l1', 'b1'])
const listOf = (store: Store, key: string) => (key === 'b1' ? store.list(key, { max: bound }) : store.list(key))

export const lists: OperationGroup = {
  name: 'lists',
  share: 0.5,
  operations: [
    edit({
      name: 'list.push',
      weight: 4,
      draw: dice => ({ key: key(dice), items: Array.from({ length: 1 + dice.number(3) }, () => dice.token()) }),
      edit: (store, { key, items }) => listOf(store, key).push(...items),
    }),
    edit({
      name: 'list.insert',
      weight: 4,
      draw: dice => ({ key: key(dice), index: dice.number(20), item: dice.token() }),
      edit: (store, { key, index, item }) => {
        const list = listOf(store, key)
        list.insert(index % (list.items.length + 1), item)
      },
    }),
    edit({
      name: 'list.remove',
      weight: 2,
      draw: dice => ({ key: key(dice), index: dice.number(20) }),
      edit: (store, { key, index }) => {
        const list = listOf(store, key)
        if (list.items.length > 0) list.remove(index % list.items.length)
      },
    }),
    edit({
      name: 'list.move',
      weight: 4,
      draw: dice => ({ key: key(dice), from: dice.number(20), to: dice.number(20) }),
      edit: (store, { key, from, to }) => {
        const list = listOf(store, key)
        const { length } = list.items
        if (length > 0) list.move(from % length, to % length)
      },
    }),
    edit({
      name: 'list.delete',
      weight: 0.5,
      draw: dice => ({ key: key(dice) }),
      edit: (store, { key }) => store.delete(key),
    }),
  ],
}
