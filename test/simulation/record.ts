import type { Conflict } from '../../src/store/conflicts.js'
import type { Usage } from '../../src/store/limit-check.js'
import type { Actor, Store } from './actor.js'
import type { Json } from './json.js'

/** All that can be read of a store. */
export type Snapshot = {
  readonly values: { readonly [key: string]: Json }
  readonly conflicts: { readonly [key: string]: readonly Conflict[] }
  readonly usage: Usage
}

export const snapshotOf = (store: Store): Snapshot => {
  const values = store.getAll() as { readonly [key: string]: Json }
  const inConflict = Object.keys(values).flatMap(key => {
    const conflicts = store.conflicts(key)
    return conflicts.length > 0 ? [[key, conflicts] as const] : []
  })
  return { values, conflicts: Object.fromEntries(inConflict), usage: store.usage }
}

/**
 * What all replicas must have alike. Not what the history of texts costs: what somebody typed and took back in the
 * same tick is in nobody else's.
 */
export const sharedIn = ({ values, conflicts, usage: { keys, bytes, overLimit } }: Snapshot) => ({
  values,
  conflicts,
  usage: { keys, bytes, overLimit },
})

/** A write as its author saw it. */
export type WriteRecord = {
  readonly step: number
  readonly operation: string
  readonly args: unknown
  readonly actor: Actor
  readonly before: Snapshot
  readonly after: Snapshot
  /** What the store threw, null if it took the write. */
  readonly error: unknown
  /** What it gave. */
  readonly result: unknown
}
