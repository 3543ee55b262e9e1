import type { AnySessionError } from '../../src/errors.js'
import type { Room } from '../../src/room.js'
import type { ConflictEvent } from '../../src/store/conflicts.js'
import type { Follower } from './follower.js'

export type Store = Room['store']

/** One who takes part: a room, and everything that was told there. */
export type Actor = {
  /** `a`, `b`, … in the order of joining. */
  readonly name: string
  readonly room: Room
  /** How far its wall clock is ahead. */
  readonly clock: { skewMs: number }
  readonly followers: Follower[]
  readonly errors: AnySessionError[]
  readonly conflictEvents: ConflictEvent[]
  /** In which step. */
  readonly joinedAt: number
  state: 'here' | 'disconnected' | 'left' | 'crashed'
}
