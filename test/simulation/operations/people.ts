import { act, type OperationGroup } from '../operation.js'

/** Who comes and goes. */
export const people: OperationGroup = {
  name: 'people',
  share: 0.5,
  operations: [
    act({
      name: 'people.join',
      weight: 0.5,
      draw: dice => ({ skewMs: dice.chance(0.3) ? (dice.number(21) - 10) * 60_000 : 0 }),
      act: async (world, { skewMs }) => void (await world.join(skewMs)),
    }),
    act({ name: 'people.leave', weight: 0.5, draw: () => ({}), act: (world, _, actor) => world.leave(actor) }),
    act({ name: 'people.crash', weight: 0.5, draw: () => ({}), act: (world, _, actor) => world.crash(actor) }),
    act({
      name: 'people.rejoin',
      weight: 0.5,
      draw: () => ({}),
      act: async (world, _, actor) => {
        await world.leave(actor)
        await world.join(actor.clock.skewMs)
      },
    }),
    act({ name: 'people.disconnect', weight: 1, draw: () => ({}), act: (world, _, actor) => world.disconnect(actor) }),
    act({ name: 'people.connect', weight: 1, draw: () => ({}), act: (world, _, actor) => world.connect(actor) }),
    act({ name: 'people.follow', weight: 0.5, draw: () => ({}), act: (world, _, actor) => world.follow(actor) }),
  ],
}
