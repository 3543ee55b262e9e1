import type { Room } from '../../src/room.js'
import type { Limits } from '../../src/store/limits.js'
import { createNetwork, type TestNetwork } from '../../src/testing/index.js'
import { createTap, type Sent } from './tap.js'

export type StageOptions = { readonly seed: number; readonly limits: Partial<Limits> }

/** A network as apps test with it, and beside it what only our own tests look at. */
export type Stage = Pick<
  TestNetwork,
  'clock' | 'trace' | 'deliver' | 'settle' | 'advance' | 'heal' | 'partition' | 'crash' | 'faults'
> & {
  /** Every message with an update that a room sent, whatever became of it. */
  readonly sent: readonly Sent[]
  join(name: string, skewMs: () => number): Promise<Room>
  /** The encoded state of a room, null if it is linked to none of these others. */
  stateOf(room: Room, others: readonly Room[]): Promise<Uint8Array | null>
}

const topic = 'stage'

export const createStage = ({ seed, limits }: StageOptions): Stage => {
  const { sent, wrap, stateOf } = createTap()
  const network = createNetwork({ seed, tap: wrap })
  return {
    ...network,
    sent,
    join: (name, skewMs) =>
      // Whoever was away is still here: what becomes of those who are not is for the simulator of lives.
      network.join({ room: topic, name, skewMs, limits, resumeWindowMs: Infinity }),
    stateOf: (room, others) =>
      stateOf(
        room.self.id,
        others.map(({ self }) => self.id),
      ),
  }
}
