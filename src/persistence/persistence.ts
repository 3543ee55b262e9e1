/**
 * The seam between a room and where a copy of it outlives a reload (SPEC PERSIST). A copy holds opaque parts, which
 * together are what a replica held, and says how its peer lived when it last wrote. It never judges: what comes out
 * of it goes through the same gate as what comes from the network.
 *
 * Tabs of one origin share the copy of a room without speaking to each other. So each *holder* (a tab, for as long
 * as it has the room open) writes a *chain* of its own: a snapshot, then what was added to it. A chain needs no other
 * one, nobody writes in another's, and a copy is what all its chains hold together. Whoever goes on from a chain
 * whose holder is gone replaces it by its own first snapshot.
 */

import type { Clock } from '../clock.js'

/** How the peer lived that a copy is of: what decides whether it may be used. */
export type CopyLife = {
  readonly sessionId: string
  /** Wall-clock time when it was last alive, in milliseconds since 1970. */
  readonly aliveAt: number
  /** Wall-clock time when it was last connected (not cut off). */
  readonly connectedAt: number
}

export type StoredCopy = {
  /** Of several chains: the least session id, as with sessions that meet, and the latest times. */
  readonly life: CopyLife
  /** In no order that means anything across chains: one may build on another that follows. */
  readonly parts: readonly Uint8Array[]
}

export type OpenCopyOptions = {
  readonly room: string
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** Told what went wrong, each kind of cause once per open copy. Nothing below throws or rejects because of it. */
  onFailure(cause: unknown): void
}

export type Persistence = {
  /** For people: it stands in errors. */
  readonly name: string
  /** Holds the copy of a room. Never rejects: where nothing can be stored, the copy keeps nothing and says so. */
  open(options: OpenCopyOptions): Promise<RoomCopy>
}

/** The copy of one room, as one holder sees it. After `close` or `discard` every call does nothing. */
export type RoomCopy = {
  /**
   * What other holders, now or before, have left. Call it once, before the first `append`: the first snapshot takes
   * the place of what was read here. A chain whose life is not usable, or is none, is not read, and is deleted if
   * nobody holds it. null if nothing usable is there, or nothing could be read within 2 seconds.
   */
  read(isUsable: (life: CopyLife) => boolean): Promise<StoredCopy | null>
  /**
   * Adds a part to this holder's chain, or replaces the chain by one `snapshot()`: the first time, when its parts
   * number or weigh much, and after something could not be written. `snapshot` may be called later, once.
   */
  append(part: Uint8Array, snapshot: () => Uint8Array): void
  /**
   * Stores how the peer lives; a chain without that is not usable. Call it first, then every few seconds: it shows
   * that the room is held, where there are no locks, and writes again what could not be written before.
   */
  touch(life: CopyLife): void
  /** Resolves when nothing that was given is still on its way, written or not. */
  written(): Promise<void>
  /** Keeps the copy and no longer holds the room. What was given is written first, if that takes at most 2 seconds. */
  close(): Promise<void>
  /** Deletes the copy, all chains of it, if no other holder has the room; if one does, the same as `close`. */
  discard(): Promise<void>
  /**
   * Deletes what this holder has, because its session is over, and what nobody holds; goes on holding the room.
   * What other holders have is of their session, and their own to judge. `append` begins a new chain.
   */
  clear(): Promise<void>
}

/** How a peer lived, from whatever was stored as that; null if it is no such thing. */
export const readLife = (value: unknown): CopyLife | null => {
  if (typeof value !== 'object' || value === null) return null
  const { sessionId, aliveAt, connectedAt } = value as Partial<Record<keyof CopyLife, unknown>>
  return typeof sessionId === 'string' && sessionId !== '' && isTime(aliveAt) && isTime(connectedAt)
    ? { sessionId, aliveAt, connectedAt }
    : null
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
