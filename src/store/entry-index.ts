import type { EntryContent, EntryId } from './entry.js'

/** A live entry, at its place in the index. */
export type Entry = EntryContent & {
  readonly writer: number
  readonly clock: number
  /** The containers it names, null for the root. The index's own objects, in the order written. */
  readonly parents: readonly Container[] | null
  /** The container that this entry brings into being: if its value is one, or a string of a key, which can be typed into. */
  readonly container: Container | null
}

/**
 * What an object or list lives in: named by one entry, `naming`, and alive as long as that entry is live and
 * itself hangs on something alive. Known also while its naming entry is not here, or no longer.
 */
export type Container = {
  readonly id: EntryId
  naming: Entry | null
  /** The entry that named it, also after that one was deleted. */
  named: Entry | null
  /** The live entries that name this container, whether or not they are visible. */
  readonly entries: Set<Entry>
}

export const entryKey = ([writer, clock]: EntryId): string => `${writer}:${clock}`

/** Entries with greater stamps win, and the greater writer among equal ones (SPEC MERGE1). */
export const byAge = (a: Entry, b: Entry): number => a.stamp - b.stamp || a.writer - b.writer || a.clock - b.clock

/**
 * All live entries, by where they belong. Adding and removing cost a constant; whoever reads asks only for the
 * keys in `changed`. Every step can be taken back, which is how a transaction that fails leaves nothing behind.
 */
export class EntryIndex {
  /** The entries of each key, in any log. */
  readonly roots = new Map<string, Set<Entry>>()
  /** What these clients typed in the text of a key: the one thing that is not among the entries. */
  readText: (key: string, clients: ReadonlySet<number>) => string = () => ''
  /** Containers without a naming entry that entries still name: dead, or not here yet. */
  readonly unnamed = new Set<Container>()
  readonly #logs = new Map<number, Map<number, Entry>>()
  readonly #containers = new Map<string, Container>()
  readonly #changed = new Set<string>()
  /** Entries that were added or removed, and whose keys are not looked up yet. */
  readonly #touched = new Set<Entry>()
  /** All that can be reached from the root; null if entries came or went since that was last asked. */
  #alive: Set<Container> | null = null
  #steps: { readonly entry: Entry; readonly was: 'added' | 'removed' }[] | null = null

  /**
   * Keys whose entries, or entries below, were added or removed since this was last cleared. All at once, so that
   * nobody can make one entry after the other cost a walk over all that is above it.
   */
  get changed(): Set<string> {
    for (const above of this.#touched)
      if (above.parents === null) this.#changed.add(rootKey(above))
      // One key each, unless a hostile peer wrote it.
      else for (const { named } of above.parents) if (named) this.#touched.add(named)
    this.#touched.clear()
    return this.#changed
  }

  /** A key is to be folded again though no entry of it came or went: somebody typed in its text. */
  touch(key: string): void {
    this.#changed.add(key)
  }

  /** Makes an entry from its content and adds it. */
  add(content: EntryContent, writer: number, clock: number): Entry {
    const id: EntryId = [writer, clock]
    const parents = content.containers?.map(parent => this.#containerAt(parent)) ?? null
    const container = holdsEntries(content) ? this.#containerAt(id) : null
    const entry: Entry = { ...content, writer, clock, parents, container }
    this.#insert(entry)
    return entry
  }

  at([writer, clock]: EntryId): Entry | undefined {
    return this.#logs.get(writer)?.get(clock)
  }

  /** The live entries of one writer, by clock. */
  logOf(writer: number): ReadonlyMap<number, Entry> {
    return this.#logs.get(writer) ?? new Map<number, Entry>()
  }

  /**
   * Alive: the root can be reached over naming entries that are live. A ring of containers, which no honest peer
   * makes, hangs on nothing and is dead.
   */
  isAlive(container: Container): boolean {
    return container.naming !== null && (this.#alive ??= this.#reach()).has(container)
  }

  #reach(): Set<Container> {
    const reached = new Set<Container>()
    const visit = (entries: Iterable<Entry>) => {
      for (const { container } of entries) if (container) reached.add(container)
    }
    for (const entries of this.roots.values()) visit(entries)
    for (const { entries } of reached) visit(entries)
    return reached
  }

  /** From here on every step is noted, until `keep` or `rollBack`. The result is a point to roll back to. */
  savepoint(): number {
    this.#steps ??= []
    return this.#steps.length
  }

  /** Takes back the steps since a savepoint, newest first. */
  rollBack(savepoint: number): void {
    const steps = this.#steps?.splice(savepoint) ?? []
    const noted = this.#steps
    this.#steps = null
    for (const { entry, was } of steps.reverse())
      if (was === 'added') this.remove(entry)
      else this.#insert(entry)
    this.#steps = noted
  }

  /** Ends the noting of steps; what was done stays. */
  keep(): void {
    const steps = this.#steps ?? []
    this.#steps = null
    for (const { entry } of steps)
      for (const container of [...(entry.parents ?? []), ...(entry.container ? [entry.container] : [])])
        this.#forget(container)
  }

  #insert(entry: Entry): void {
    const { writer, clock, parents, container } = entry
    const log = this.#logs.get(writer) ?? new Map<number, Entry>()
    this.#logs.set(writer, log.set(clock, entry))
    if (container) {
      container.naming = container.named = entry
      this.unnamed.delete(container)
    }
    if (parents === null) {
      const key = rootKey(entry)
      const entries = this.roots.get(key) ?? new Set<Entry>()
      this.roots.set(key, entries.add(entry))
    } else
      for (const parent of parents) {
        parent.entries.add(entry)
        if (!parent.naming) this.unnamed.add(parent)
      }
    this.#note(entry)
    this.#steps?.push({ entry, was: 'added' })
  }

  remove(entry: Entry): void {
    const { writer, clock, parents, container } = entry
    this.#note(entry)
    const log = this.#logs.get(writer)
    if (log?.delete(clock) && log.size === 0) this.#logs.delete(writer)
    if (parents === null) {
      const key = rootKey(entry)
      const entries = this.roots.get(key)
      if (entries?.delete(entry) && entries.size === 0) this.roots.delete(key)
    } else
      for (const parent of parents) {
        parent.entries.delete(entry)
        this.#forget(parent)
      }
    if (container) {
      container.naming = null
      if (container.entries.size > 0) this.unnamed.add(container)
      this.#forget(container)
    }
    this.#steps?.push({ entry, was: 'removed' })
  }

  #containerAt(id: EntryId): Container {
    const known = this.#containers.get(entryKey(id))
    if (known) return known
    const container: Container = { id, naming: null, named: null, entries: new Set() }
    this.#containers.set(entryKey(id), container)
    return container
  }

  /** Drops a container that nothing names and nothing is in, but not while a step back could need it. */
  #forget(container: Container): void {
    if (container.naming || container.entries.size > 0) return
    this.unnamed.delete(container)
    if (!this.#steps) this.#containers.delete(entryKey(container.id))
  }

  #note(entry: Entry): void {
    this.#touched.add(entry)
    this.#alive = null
  }
}

const holdsEntries = ({ containers, value }: EntryContent): boolean =>
  value.is === 'container' || (containers === null && value.is === 'scalar' && typeof value.scalar === 'string')

const rootKey = ({ field }: Entry): string => (field.on === 'field' ? field.name : '')
