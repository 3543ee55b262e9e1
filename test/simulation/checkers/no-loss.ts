import type { Checker } from '../checker.js'
import { missingAt } from '../losses.js'

export const noLoss: Checker = {
  name: '[DATA5] [MERGE10] [MERGE12] what somebody wrote is there, or listed as a conflict, unless one who had seen it took it away, or took away what it stood in',
  check: ({ world, endings }) => {
    const [first] = endings
    if (!first) return []
    // Those who left or crashed may have taken with them what they wrote last.
    const present = new Set(endings.map(({ actor }) => actor))
    const written = world.records.filter(({ actor, error }) => error === null && present.has(actor))
    return missingAt(first.actor.room.store, written, world.records)
  },
}
