import type { Dice } from '../dice.js'
import { act, type OperationGroup } from '../operation.js'

const chance = (dice: Dice) => dice.pick([0, 0, 0.05, 0.3])

/** Partitions, and what befalls messages on their way. */
export const partitions: OperationGroup = {
  name: 'partitions',
  share: 0.5,
  operations: [
    act({
      name: 'network.partition',
      weight: 2,
      draw: dice => ({ sides: Array.from({ length: 8 }, () => dice.number(dice.pick([2, 2, 3]))) }),
      act: (world, { sides }) => world.partition(sides),
    }),
    act({ name: 'network.heal', weight: 2, draw: () => ({}), act: world => world.heal() }),
    act({ name: 'network.settle', weight: 0.5, draw: () => ({}), act: world => world.settle() }),
  ],
}

export const faults: OperationGroup = {
  name: 'faults',
  share: 0.4,
  operations: [
    act({
      name: 'network.faults',
      weight: 2,
      draw: dice => ({
        drop: chance(dice),
        duplicate: chance(dice),
        reorder: chance(dice),
        delayMs: dice.pick([0, 0, 50, 700]),
      }),
      act: (world, faults) => world.faults(faults),
    }),
    act({ name: 'network.calm', weight: 1, draw: () => ({}), act: world => world.faults({}) }),
  ],
}
