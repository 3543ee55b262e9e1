import type { RoomEvents } from '../../../src/room-events.js'
import type { Room } from '../../../src/room.js'
import type { MemoryPersistence } from '../../../src/testing/index.js'

/** One stay in the room: from joining until the page leaves, crashes, or its session ends for it. */
export type Stay = {
  readonly room: Room
  readonly ends: RoomEvents['session-ended'][]
  /** How many of these there were when it was last seen with a link or signaling. */
  endsSeen: number
  readonly errors: string[]
  /** On the network's clock, when it was last seen with a link or signaling, */
  connectedAt: number
  /** and when it was first seen with neither; Infinity while it has either. */
  cutOffAt: number
  /** By how much its wall clock was set forward since. */
  jumpedMs: number
  /** Its wall clock was set forward past the window while it was in the room: it may be taken for having slept. */
  isInDoubt: boolean
  asleepSince: number | null
  isDisconnected: boolean
  /** What it held when it was last looked at, and since when. */
  readonly shown: Map<string, number>
}

/** Somebody with a browser of their own. */
export type Person = {
  readonly name: string
  readonly storage: MemoryPersistence | null
  skewMs: number
  stay: Stay | null
  /** What the browser may still have, and until when it may be used. */
  readonly kept: Map<string, number>
  /** Its wall clock was set since something was kept. */
  isClockSet: boolean
}
