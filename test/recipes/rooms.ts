/** Rooms of one network, for the tests of the recipes. */

import type { Room } from '../../src/index.js'
import type { SessionKeys } from '../../src/hms/session-keys.js'
import { createNetwork, type TestNetwork } from '../../src/testing/index.js'

export type RecipeRoom = Room<SessionKeys>

export type Rooms = {
  readonly network: TestNetwork
  readonly ana: RecipeRoom
  readonly bo: RecipeRoom
  readonly cleo: RecipeRoom
  readonly join: (name: string) => Promise<RecipeRoom>
}

/** Three who have met, and have written nothing. */
export const threeRooms = async (): Promise<Rooms> => {
  const network = createNetwork({ seed: 42 })
  const join = async (name: string) => {
    const room = await network.join<SessionKeys>({ room: 'recipes', name })
    await network.settle()
    return room
  }
  return { network, ana: await join('Ana'), bo: await join('Bo'), cleo: await join('Cleo'), join }
}

/** Values that a key can hold and no recipe writes. */
export const oddValues: readonly unknown[] = [
  5,
  true,
  'text',
  '',
  [],
  {},
  [null, 7, 'text', { id: 1 }, { id: 'odd' }, ['nested']],
  ['same', 'same'],
  { options: 'none', votes: [1], cells: [], players: 'nobody', updatedBy: 'nobody', enabled: 'no' },
  {
    options: [1, 'only'],
    votes: { x: 1, __proto__: null },
    cells: { 4: 'Z', 12: 'X' },
    players: { X: 3 },
    enabled: false,
  },
]

/** Puts it into the key, whatever the type of that is. */
export const putOdd = ({ store }: RecipeRoom, key: keyof SessionKeys, value: unknown): void =>
  store.set(key, value as never)
