import type { Checker } from '../checker.js'
import { atomicity } from './atomicity.js'
import { claimed } from './claims.js'
import { toldConflicts } from './conflict-events.js'
import { convergence, promptness } from './convergence.js'
import { resets, steps } from './counters.js'
import { delivered } from './delivery.js'
import { errors } from './errors.js'
import { events } from './events.js'
import { refusals, shrinking, usage } from './limits.js'
import { boundedLists, distinctElements, wholeRuns } from './lists.js'
import { healing } from './lost-updates.js'
import { addsWin, distinctMembers } from './members.js'
import { noLoss } from './no-loss.js'
import { orderFreedom } from './order-freedom.js'
import { repetition } from './repetition.js'
import { sessions } from './sessions.js'
import { silence } from './silence.js'
import { stateSize } from './state-size.js'
import { undone } from './undo.js'

const ofTheEnd = [
  convergence,
  promptness,
  sessions,
  errors,
  atomicity,
  events,
  noLoss,
  toldConflicts,
  claimed,
  usage,
  shrinking,
  refusals,
  steps,
  resets,
  addsWin,
  distinctMembers,
  distinctElements,
  boundedLists,
  wholeRuns,
  delivered,
  orderFreedom,
  repetition,
]

/** These go on with the room, in this order. */
const fromThereOn = [silence, healing, undone, stateSize]

/** What must hold at the end of every run. */
export const checkers: readonly Checker[] = [...ofTheEnd, ...fromThereOn]
