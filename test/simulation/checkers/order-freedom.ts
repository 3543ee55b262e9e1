import * as Y from 'yjs'
import type { Checker } from '../checker.js'
import { createDice, type Dice } from '../dice.js'
import type { Run } from '../run.js'
import { createReader, type Reader } from '../reader.js'

export const orderFreedom: Checker = {
  name: '[MERGE14] [GATE3] [GATE4] the updates of a room make the same state in any order, some twice, some merged into one',
  check: run => {
    const updates = updatesOf(run)
    const dice = createDice(run.program.seed)
    const one = readShuffled(updates, dice, 0.3)
    const other = readShuffled(updates, dice, 0)
    const [first] = run.endings
    const faults: string[] = []
    if (one.state() !== other.state()) faults.push('two orders make two states')
    if (first?.state && one.vector() === vectorOf(first.state) && one.state() !== hex(first.state))
      faults.push('read anew, the updates make another state than the one of the room')
    // What somebody took along may be what others wait for.
    const isWhole = run.world.actors.every(({ state }) => state === 'here')
    if (isWhole && one.waiting + other.waiting > 0) faults.push('an update waits for ever')
    return faults
  },
}

/** Each update once, whoever it was sent to. */
const updatesOf = ({ world }: Run): Uint8Array[] => {
  const found = new Map<string, Uint8Array>()
  for (const { message } of world.stage.sent)
    if (message.type === 'update' || message.type === 'sync-step-2') found.set(hex(message.update), message.update)
  return [...found.values()]
}

const readShuffled = (updates: readonly Uint8Array[], dice: Dice, mixed: number): Reader => {
  const order = [...updates]
  const reader = createReader()
  while (order.length > 0) {
    const together = Array.from({ length: dice.chance(mixed) ? 2 + dice.number(3) : 1 }, () =>
      order.splice(dice.number(order.length), 1),
    ).flat()
    const [only] = together
    const update = together.length > 1 ? Y.mergeUpdates(together) : only
    if (!update) continue
    reader.take(update)
    if (dice.chance(mixed)) reader.take(update)
  }
  reader.retry()
  return reader
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const vectorOf = (state: Uint8Array): string =>
  JSON.stringify([...Y.decodeStateVector(Y.encodeStateVectorFromUpdate(state))].sort(([a], [b]) => a - b))
