import type { LifeProgram } from './program.js'

/** Programs that once ended wrong, each named after what was wrong. */
export const pastLives: readonly { readonly name: string; readonly program: LifeProgram }[] = [
  {
    name: 'nothing happens',
    program: { seed: 1, keeps: [true, false], steps: [] },
  },
]
