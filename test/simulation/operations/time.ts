import { act, type OperationGroup } from '../operation.js'

const minuteMs = 60_000

/** Time passes, and clocks are wrong. */
export const time: OperationGroup = {
  name: 'time',
  share: 0.6,
  operations: [
    act({
      name: 'time.pass',
      weight: 1.5,
      draw: dice => ({ ms: dice.pick([20, 400, 1500, dice.pick([1500, 4500])]) }),
      act: (world, { ms }) => world.advance(ms),
    }),
    act({
      name: 'time.jump',
      weight: 1,
      draw: dice => ({ byMs: dice.pick([-1, 1]) * dice.pick([minuteMs, 10 * minuteMs, 60 * minuteMs]) }),
      act: (world, { byMs }, actor) => {
        actor.clock.skewMs += byMs
        world.count('clock jumps')
      },
    }),
  ],
}
