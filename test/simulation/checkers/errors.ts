import type { Checker } from '../checker.js'

export const errors: Checker = {
  name: '[GATE5] [GATE9] nobody blames an honest peer for anything',
  check: ({ world }) =>
    world.actors.flatMap(({ name, errors }) =>
      errors.map(({ code, details }) => `${name} was told of ${code} ${JSON.stringify(details)}`),
    ),
}
