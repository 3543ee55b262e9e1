import type { CopyLife } from './persistence.js'

/** What another holder has of the room. */
export type StoredChain = {
  readonly holder: string
  readonly life: unknown
  /** null where they were not asked for, and so not read. */
  readonly parts: readonly unknown[] | null
}

/**
 * Where the chains of one room are stored, as one holder sees it: the little that kinds of storage differ in. All
 * may reject. What is called first is done first, and each call whole or not at all, also if the page is killed.
 */
export type Shelf = {
  /** This holder, an id that nobody else has or will have. */
  readonly holder: string
  /** Shows this holder to the others. */
  enter(): Promise<void>
  /** The chains of all others at one moment, with the parts of those whose life is wanted. */
  others(isWanted: (life: unknown) => boolean): Promise<readonly StoredChain[]>
  /**
   * Who else holds the room, from a moment after the call. Holders enter before they write: so a chain that was
   * listed before the call, and whose holder is not named, is nobody's.
   */
  holders(): Promise<ReadonlySet<string>>
  /** Adds to the own chain. `index` grows, from 1. */
  add(index: number, part: Uint8Array): Promise<void>
  /** Makes this part the whole of the own chain, and removes others of which it holds all. */
  replace(index: number, part: Uint8Array, outdated: readonly string[]): Promise<void>
  /** False if somebody had removed the own chain. */
  touch(life: CopyLife): Promise<boolean>
  /** Removes the own chain, but for this holder itself. */
  empty(): Promise<void>
  /** Removes chains, with all that belongs to them. */
  remove(holders: readonly string[]): Promise<void>
  /** From here on this holder does not hold the room. */
  release(): Promise<void>
  close(): void
}
