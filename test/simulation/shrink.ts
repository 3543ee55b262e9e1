import type { Program, Step } from './program.js'

/** Makes a program smaller for as long as `fails` says that it still fails, with at most so many attempts. */
export const shrink = async (
  program: Program,
  fails: (program: Program) => Promise<boolean>,
  attempts: number,
): Promise<Program> => {
  let smallest = program
  let left = attempts
  const take = async (candidate: Program): Promise<boolean> => {
    if (left-- <= 0 || !(await fails(candidate))) return false
    smallest = candidate
    return true
  }

  /** Leaves out runs of steps, long ones first. */
  const dropSteps = async () => {
    for (let length = Math.ceil(smallest.steps.length / 2); length >= 1 && left > 0; length = Math.floor(length / 2))
      for (let from = 0; from < smallest.steps.length && left > 0;) {
        const steps = smallest.steps.toSpliced(from, length)
        if (!(await take({ ...smallest, steps }))) from += length
      }
  }
  const dropPeers = async () => {
    for (let count = 1; count < smallest.skewsMs.length && left > 0; count++)
      if (await take({ ...smallest, skewsMs: smallest.skewsMs.slice(0, count) })) return
  }
  const calm = async () => {
    if (smallest.skewsMs.some(Boolean)) await take({ ...smallest, skewsMs: smallest.skewsMs.map(() => 0) })
    for (const [index, step] of smallest.steps.entries())
      for (const simpler of simplerThan(step)) {
        if (left <= 0) return
        const steps = smallest.steps.with(index, simpler)
        if (await take({ ...smallest, steps })) break
      }
  }

  for (let before = -1; before !== sizeOf(smallest) && left > 0;) {
    before = sizeOf(smallest)
    await dropSteps()
    await dropPeers()
    await calm()
  }
  return smallest
}

const simplerThan = (step: Step): Step[] =>
  [
    ...(step.deliver > 0
      ? [
          { ...step, deliver: 0 },
          { ...step, deliver: Math.floor(step.deliver / 2) },
        ]
      : []),
    ...(step.who > 0
      ? [
          { ...step, who: 0 },
          { ...step, who: step.who - 1 },
        ]
      : []),
  ].filter(({ deliver, who }) => deliver !== step.deliver || who !== step.who)

const sizeOf = ({ steps, skewsMs }: Program): number =>
  steps.reduce((sum, { who, deliver }) => sum + 100 + who + deliver, skewsMs.length * 10)
