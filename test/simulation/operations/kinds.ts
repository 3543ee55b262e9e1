import { edit, type OperationGroup } from '../operation.js'

const key = 'w1'

/** One key that everybody uses as whatever comes to mind. */
export const kinds: OperationGroup = {
  name: 'kinds',
  share: 0.3,
  operations: [
    edit({
      name: 'kind.set',
      weight: 3,
      draw: dice => {
        const token = dice.token()
        return { value: dice.pick([token, 7, [token], [1, 2], { x: token }, [{ id: 'p', x: token }]]) }
      },
      edit: (store, { value }) => store.set(key, value),
    }),
    edit({ name: 'kind.delete', weight: 1, draw: () => ({}), edit: store => store.delete(key) }),
    edit({
      name: 'kind.count',
      weight: 2,
      draw: dice => ({ by: dice.number(9) }),
      edit: (store, { by }) => store.counter(key).increment(by),
    }),
    edit({
      name: 'kind.push',
      weight: 2,
      draw: dice => ({ item: dice.token() }),
      edit: (store, { item }) => store.list(key).push(item),
    }),
    edit({
      name: 'kind.add',
      weight: 2,
      draw: dice => ({ member: dice.pick([1, 'p', dice.token()]) }),
      edit: (store, { member }) => store.members(key).add(member),
    }),
  ],
}
