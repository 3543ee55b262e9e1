import type { Checker } from '../checker.js'
import { atomicity } from './atomicity.js'
import { convergence, promptness } from './convergence.js'
import { resets, steps } from './counters.js'
import { delivered } from './delivery.js'
import { errors } from './errors.js'
import { events } from './events.js'
import { addsWin, distinctMembers } from './members.js'
import { noLoss } from './no-loss.js'
import { sessions } from './sessions.js'

/** What must hold at the end of every run; the last ones go on with the room. */
export const checkers: readonly Checker[] = [
  convergence,
  promptness,
  sessions,
  errors,
  atomicity,
  events,
  noLoss,
  steps,
  resets,
  addsWin,
  distinctMembers,
  delivered,
]
