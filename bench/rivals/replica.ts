import type { Typed } from '../typists.js'

/** What one peer holds, as a load sees it; null where its system has no type for it. */
export type Replica<Update = unknown> = {
  readonly map: { set(key: string, value: number): void; toJSON(): unknown }
  readonly counter: { increment(by: number): void; toJSON(): unknown } | null
  readonly queue: { readonly length: number; push(item: number): void; shift(): void; toJSON(): unknown } | null
  readonly text: (Typed & { toJSON(): unknown }) | null
  /** What was written here since this was last asked, as it goes to others. */
  takeUpdates(): Update[]
  apply(updates: Update[]): void
  /** The bytes that a newcomer is sent: everything. */
  encodedBytes(): number
  close(): void
}

export type System<Update = unknown> = {
  readonly name: string
  /** What the encoded bytes are, where it needs saying. */
  readonly encoding?: string
  /** A replica for peer `peer` of a room, 0 and up. */
  open(peer: number): Replica<Update>
}
