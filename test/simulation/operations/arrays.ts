import type { Dice } from '../dice.js'
import { isList, isObject, type Json } from '../json.js'
import { edit, type OperationGroup } from '../operation.js'

const key = (dice: Dice) => dice.pick(['a1', 'a2'])
const items = (dice: Dice): string[] => Array.from({ length: 1 + dice.number(3) }, () => dice.token())

const at = (index: number, items: readonly Json[]) => index % (items.length + 1)

type Change = (items: readonly Json[]) => readonly Json[]

const rewrite = (store: Parameters<Parameters<typeof edit>[0]['edit']>[0], key: string, change: Change) =>
  store.update(key, value => [...change(isList(value) ? value : [])])

/** Keys that hold arrays, read, changed and set. Items are tokens, or objects with an `id`. */
export const arrays: OperationGroup = {
  name: 'arrays',
  share: 0.6,
  operations: [
    edit({
      name: 'array.push',
      weight: 3,
      draw: dice => ({ key: key(dice), items: items(dice) }),
      edit: (store, { key, items }) => rewrite(store, key, before => [...before, ...items]),
    }),
    edit({
      name: 'array.insert',
      weight: 3,
      draw: dice => ({ key: key(dice), index: dice.number(20), items: items(dice) }),
      edit: (store, { key, index, items }) =>
        rewrite(store, key, before => before.toSpliced(at(index, before), 0, ...items)),
    }),
    edit({
      name: 'array.remove',
      weight: 2,
      draw: dice => ({ key: key(dice), index: dice.number(20), count: 1 + dice.number(2) }),
      edit: (store, { key, index, count }) => rewrite(store, key, before => before.toSpliced(at(index, before), count)),
    }),
    edit({
      name: 'array.move',
      weight: 2,
      draw: dice => ({ key: key(dice), from: dice.number(20), to: dice.number(20) }),
      edit: (store, { key, from, to }) =>
        rewrite(store, key, before => {
          const moved = before.slice(at(from, before), at(from, before) + 1)
          const rest = before.toSpliced(at(from, before), 1)
          return rest.toSpliced(at(to, rest), 0, ...moved)
        }),
    }),
    edit({
      name: 'array.reverse',
      weight: 1,
      draw: dice => ({ key: key(dice) }),
      edit: (store, { key }) => rewrite(store, key, before => before.toReversed()),
    }),
    edit({
      name: 'array.item',
      weight: 3,
      draw: dice => ({ id: dice.pick(['p', 'q', 7]), name: dice.pick(['x', 'y']), value: dice.token() }),
      edit: (store, { id, name, value }) =>
        rewrite(store, 'i1', before =>
          before.some(item => isObject(item) && item['id'] === id)
            ? before.map(item => (isObject(item) && item['id'] === id ? { ...item, [name]: value } : item))
            : [...before, { id, [name]: value }],
        ),
    }),
    edit({
      name: 'array.item-remove',
      weight: 1,
      draw: dice => ({ id: dice.pick(['p', 'q', 7]) }),
      edit: (store, { id }) =>
        rewrite(store, 'i1', before => before.filter(item => !(isObject(item) && item['id'] === id))),
    }),
    edit({
      name: 'array.delete',
      weight: 1,
      draw: dice => ({ key: dice.pick(['a1', 'a2', 'i1']) }),
      edit: (store, { key }) => store.delete(key),
    }),
  ],
}
