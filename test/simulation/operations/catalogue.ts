import type { Operation, OperationGroup } from '../operation.js'
import { arrays } from './arrays.js'
import { claims } from './claims.js'
import { counters } from './counters.js'
import { delivery } from './delivery.js'
import { history } from './history.js'
import { kinds } from './kinds.js'
import { lists } from './lists.js'
import { members } from './members.js'
import { faults, partitions } from './network.js'
import { objects } from './objects.js'
import { people } from './people.js'
import { registers } from './registers.js'
import { talliedWrites } from './tallied.js'
import { texts } from './texts.js'
import { time } from './time.js'
import { transactionsOf } from './transactions.js'

const writes = [registers, objects, arrays, counters, lists, members, claims, kinds, texts]

/** Everything that a program can do. */
export const groups: readonly OperationGroup[] = [
  ...writes,
  // Not yet with texts: what is typed in a transaction that fails is not taken back as it should be.
  transactionsOf([registers, objects, arrays, counters, lists, members]),
  talliedWrites,
  history,
  partitions,
  faults,
  people,
  time,
  delivery,
]

/** Writes that can be undone, which typing cannot. */
export const undoableEdits = [registers, objects, arrays, counters, lists, members]
  .flatMap(group => group.operations)
  .filter(operation => 'edit' in operation)

const operations = new Map(groups.flatMap(group => group.operations.map(operation => [operation.name, operation])))

export const operationNamed = (name: string): Operation => {
  const operation = operations.get(name)
  if (!operation) throw new Error(`no such operation: ${name}`)
  return operation
}
