import type { Checker } from '../checker.js'

/** Typing that is too much is taken back, and told so. */
const ofTyping = new Set(['value-too-large', 'too-many-keys', 'store-full'])

export const errors: Checker = {
  name: '[GATE5] [GATE9] nobody blames an honest peer for anything',
  check: ({ world }) =>
    world.actors.flatMap(({ name, errors }) =>
      errors
        .filter(({ code }) => !ofTyping.has(code))
        .map(({ code, details }) => `${name} was told of ${code} ${JSON.stringify(details)}`),
    ),
}
