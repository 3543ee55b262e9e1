import type { LifeProgram } from './program.js'

/** Programs that once ended wrong, as small as they got, each named after what was wrong. */
export const pastLives: readonly { readonly name: string; readonly program: LifeProgram }[] = [
  {
    name: 'who has left and is about to join as somebody new was taken for one that is back and still in',
    program: {
      seed: 302,
      keeps: [true, true, true, true],
      steps: [
        { does: 'pass', ms: 300 },
        { does: 'join', who: 3 },
        { does: 'partition', sides: [1, 0, 1, 1] },
        { does: 'pass', ms: 6000 },
        { does: 'pass', ms: 50_000 },
        { does: 'partition', sides: [1, 1, 1, 0] },
        { does: 'deliver', count: 1 },
      ],
    },
  },
  {
    name: 'who slept while the network came back was taken for one that was there',
    program: {
      seed: 171,
      keeps: [true, true, true],
      steps: [
        { does: 'join', who: 1 },
        { does: 'partition', sides: [1, 1, 0] },
        { does: 'pass', ms: 25_000 },
        { does: 'sleep', who: 1, monotonic: 'stops' },
        { does: 'heal' },
        { does: 'pass', ms: 120_000 },
      ],
    },
  },
]
