import type { Checker } from '../checker.js'
import { createDice } from '../dice.js'
import { sorted } from '../json.js'
import { undoableEdits } from '../operations/catalogue.js'

const writes = 4

export const undone: Checker = {
  name: '[HISTORY1] [HISTORY5] who writes alone, undoes it all and redoes it all, has what was there before, and what was there then',
  check: async ({ world, program }) => {
    const [author] = world.present
    if (!author) return []
    const dice = createDice(program.seed + 1)
    const { store } = author.room
    const values = () => sorted(store.getAll())
    author.room.disconnect()
    const before = values()
    for (let count = 0; count < writes; count++) {
      const operation = dice.weighted(undoableEdits)
      const args = operation.draw(dice)
      world.write(author, operation.name, args, () => operation.edit(store, args, author))
    }
    const after = values()
    let undone = 0
    let back = after
    let again = after
    try {
      while (undone < writes && values() !== before && store.history.undo()) undone++
      back = values()
      for (let count = 0; count < undone; count++) store.history.redo()
      again = values()
    } catch (error) {
      // Where others have filled up the room together, there is no place for what was there before.
      if (!store.usage.overLimit && !isFull(error)) throw error
      back = before
      again = after
    }
    author.room.connect()
    await world.settle()
    if (undone > 0) world.count('undone and redone')
    return [
      ...(back === before ? [] : [`undone, there is ${back}, not ${before}`]),
      ...(again === after ? [] : [`redone, there is ${again}, not ${after}`]),
    ]
  },
}

const isFull = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  ['store-full', 'too-many-keys', 'value-too-large'].includes(String(error.code))
