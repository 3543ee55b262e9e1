import type { Checker } from '../checker.js'
import { play } from '../run.js'

export const repetition: Checker = {
  name: '[MERGE14] the same seed gives the same trace twice',
  every: 10,
  check: async ({ program, world, traceLength }) => {
    const [once, again] = [world.stage.trace, (await play(program)).world.stage.trace].map(trace =>
      trace.slice(0, traceLength).map(event => JSON.stringify(event)),
    )
    const differs = once?.findIndex((event, at) => event !== again?.[at]) ?? 0
    if (differs < 0 && once?.length === again?.length) return []
    return [`at ${differs} comes ${again?.[differs]}, not ${once?.[differs]}`]
  },
}
