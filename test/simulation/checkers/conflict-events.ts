import type { Checker } from '../checker.js'

export const toldConflicts: Checker = {
  name: '[MERGE10] [CAS2] each peer was told of each conflict that arose while it was there',
  check: ({ world, endings }) =>
    endings.flatMap(({ actor, snapshot: { conflicts } }) => {
      const told = new Set(actor.conflictEvents.map(({ key, value }) => `${key} ${JSON.stringify(value)}`))
      const written = new Set(
        world.records.filter(({ step }) => step > actor.joinedAt).map(({ args }) => JSON.stringify(args)),
      )
      return Object.entries(conflicts).flatMap(([key, found]) =>
        found.flatMap(({ value }) => {
          const text = JSON.stringify(value)
          const isFollowed = typeof value === 'string' && [...written].some(args => args.includes(text))
          return !isFollowed || told.has(`${key} ${text}`) ? [] : [`${actor.name} was not told of ${text} in ${key}`]
        }),
      )
    }),
}
