import type { Program } from './program.js'

/** Programs that once ended wrong, as small as they got, each named after what was wrong. */
export const pastFailures: readonly { readonly name: string; readonly program: Program }[] = [
  {
    name: '[MERGE7] a push took the places of removed elements, and was torn apart by what stood between those',
    program: {
      seed: 201,
      skewsMs: [0, 0, 0],
      limits: { maxValueBytes: 8192 },
      steps: [
        { operation: 'array.insert', who: 2, args: { key: 'a2', index: 0, items: ['t6', 't7', 't8'] }, deliver: 0 },
        { operation: 'network.settle', who: 0, args: {}, deliver: 0 },
        { operation: 'array.remove', who: 2, args: { key: 'a2', index: 1, count: 2 }, deliver: 0 },
        { operation: 'array.insert', who: 1, args: { key: 'a2', index: 2, items: ['t28', 't29'] }, deliver: 0 },
        { operation: 'array.push', who: 2, args: { key: 'a2', items: ['t36', 't37'] }, deliver: 0 },
      ],
    },
  },
]
