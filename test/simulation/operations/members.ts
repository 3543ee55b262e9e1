import { edit, type OperationGroup } from '../operation.js'

/** `m1` is only written by its handle, each member added once. */
export const members: OperationGroup = {
  name: 'members',
  share: 0.4,
  operations: [
    edit({
      name: 'members.add',
      weight: 3,
      draw: dice => ({ member: dice.chance(0.5) ? dice.token() : { id: dice.token() } }),
      edit: (store, { member }) => store.members('m1').add(member),
    }),
    edit({
      name: 'members.remove',
      weight: 2,
      draw: dice => ({ index: dice.number(20) }),
      edit: (store, { index }) => {
        const members = store.members('m1')
        const member = members.values[index % Math.max(1, members.values.length)]
        if (member !== undefined) members.remove(member)
      },
    }),
  ],
}
