/** What the contract suite of persistence does in a tab, wherever that runs. Only plain data goes in and out. */

import type { Clock } from '../../src/clock.js'
import type { CopyLife, Persistence, RoomCopy } from '../../src/persistence/persistence.js'

/** The lives that a reader takes: all, none, or those of one session. */
export type Usable = { readonly sessionId: string } | 'any' | 'none'

/** A tab that has a room open, and keeps a copy of its replica, which is a set of bytes. */
export type Driver = {
  /** Reads the copy, takes it in, and gives the life and how many parts there were. */
  load(usable: Usable): Promise<{ readonly life: CopyLife; readonly parts: number } | null>
  /** All that this tab knows, sorted. */
  known(): readonly number[]
  write(byte: number): void
  /** Adds a part of so many bytes that it knows already. */
  repeat(byte: number, size: number): void
  touch(life: CopyLife): void
  written(): Promise<void>
  close(): Promise<void>
  discard(): Promise<void>
  clear(): Promise<void>
  /** The kinds of what failed. */
  failures(): readonly string[]
}

export const openDriver = async (
  persistence: Persistence,
  { room, clock }: { room: string; clock: Clock },
): Promise<Driver> => {
  const failures: string[] = []
  const known = new Set<number>()
  const copy: RoomCopy = await persistence.open({
    room,
    clock,
    random: Math.random,
    onFailure: cause => failures.push(cause instanceof Error ? cause.name : String(cause)),
  })
  const snapshot = () => Uint8Array.from(known)
  return {
    load: async usable => {
      const stored = await copy.read(
        ({ sessionId }) => usable === 'any' || (usable !== 'none' && usable.sessionId === sessionId),
      )
      for (const byte of stored?.parts.flatMap(part => [...part]) ?? []) known.add(byte)
      return stored && { life: stored.life, parts: stored.parts.length }
    },
    known: () => [...known].sort((a, b) => a - b),
    write: byte => {
      known.add(byte)
      copy.append(Uint8Array.of(byte), snapshot)
    },
    repeat: (byte, size) => copy.append(new Uint8Array(size).fill(byte), snapshot),
    touch: life => copy.touch(life),
    written: () => copy.written(),
    close: () => copy.close(),
    discard: () => copy.discard(),
    clear: async () => {
      known.clear()
      await copy.clear()
    },
    failures: () => failures,
  }
}
