import type { Container, Entry } from './entry-index.js'
import type { EntryValue, Field } from './entry.js'
import type { OwnRuns } from './own-runs.js'

/** Where a transaction puts what it writes. Both act at once, on the index; the document follows on commit. */
export type Draft = {
  readonly writer: number
  /** What this writer has used for its elements so far. */
  readonly runs: OwnRuns
  append(containers: readonly Container[] | null, field: Field, value: EntryValue): Entry
  remove(entry: Entry): void
}

/** A place to write: a field of the root (null) or of united containers. */
export type Spot = { readonly containers: readonly Container[] | null; readonly field: Field }
