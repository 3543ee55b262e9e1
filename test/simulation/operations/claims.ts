import { edit, type OperationGroup } from '../operation.js'

/** Compare and set: a seat that one has at a time. */
export const claims: OperationGroup = {
  name: 'claims',
  share: 0.3,
  operations: [
    edit({
      name: 'claim.take',
      weight: 3,
      draw: dice => ({ expected: dice.chance(0.5) ? null : dice.token(), value: dice.token() }),
      edit: (store, { expected, value }) => store.compareAndSet('s1', expected, value),
    }),
    edit({
      name: 'claim.pass',
      weight: 2,
      draw: dice => ({ value: dice.token() }),
      edit: (store, { value }) => store.compareAndSet('s1', store.get('s1'), value),
    }),
    edit({
      name: 'claim.free',
      weight: 1,
      draw: () => ({}),
      edit: store => store.compareAndSet('s1', store.get('s1'), null),
    }),
  ],
}
