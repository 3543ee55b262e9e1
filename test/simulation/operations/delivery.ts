import { act, type OperationGroup } from '../operation.js'

/** Who asks whether what it wrote has arrived. */
export const delivery: OperationGroup = {
  name: 'delivery',
  share: 0.5,
  operations: [
    act({
      name: 'delivery.ask',
      weight: 3,
      draw: dice => ({ to: dice.pick(['all', 'all', 'any'] as const) }),
      act: (world, { to }, actor) => world.awaitDelivery(actor, to),
    }),
  ],
}
