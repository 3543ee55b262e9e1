import { edit, type OperationGroup } from '../operation.js'

/** `t1` is typed into; each character is there once, so that it can be followed. */
export const texts: OperationGroup = {
  name: 'texts',
  share: 0.35,
  operations: [
    edit({
      name: 'text.type',
      weight: 5,
      draw: dice => ({
        at: dice.number(100),
        text: Array.from({ length: 1 + dice.number(4) }, () => dice.character()).join(''),
      }),
      edit: (store, { at, text }) => {
        const typed = store.text('t1')
        typed.insert(at % (typed.length + 1), text)
      },
    }),
    edit({
      name: 'text.cut',
      weight: 2,
      draw: dice => ({ at: dice.number(100), length: 1 + dice.number(3) }),
      edit: (store, { at, length }) => {
        const typed = store.text('t1')
        const from = at % (typed.length + 1)
        typed.delete(from, Math.min(length, typed.length - from))
      },
    }),
    edit({
      name: 'text.delete',
      weight: 0.4,
      draw: () => ({}),
      edit: store => store.delete('t1'),
    }),
  ],
}
