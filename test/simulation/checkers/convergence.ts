import type { Checker } from '../checker.js'
import { sorted } from '../json.js'
import { sharedIn } from '../record.js'

export const convergence: Checker = {
  name: '[MERGE14] [SYNC2] [ROOM8] all who are in the room at the end have the same values, usage, conflicts and encoded state, who came last included',
  check: ({ endings }) => {
    const [first, ...others] = endings.map(({ actor, snapshot, state }) => ({
      name: actor.name,
      parts: {
        values: sorted(snapshot.values),
        usage: sorted(sharedIn(snapshot).usage),
        conflicts: sorted(snapshot.conflicts),
        state: state && Buffer.from(state).toString('hex'),
      },
    }))
    if (!first) return ['nobody is left']
    return others.flatMap(({ name, parts }) =>
      (['values', 'usage', 'conflicts', 'state'] as const).flatMap(part =>
        parts[part] === first.parts[part]
          ? []
          : [`${part} of ${first.name} and ${name} differ:\n  ${first.parts[part]}\n  ${parts[part]}`],
      ),
    )
  },
}

export const promptness: Checker = {
  name: '[SYNC1] [SYNC2] [SYNC3] where nothing was lost, all have the same as soon as all is delivered, without a tick of the clock',
  check: ({ latecomers }) => latecomers.map(name => `${name} needed more time`),
}
