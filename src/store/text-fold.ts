import type { Container, Entry } from './entry-index.js'
import { hashOf } from './first-version.js'

/**
 * A text as its live entries have it. They say who types where; what was typed is in a document of its own
 * (src/store/text-document.ts), and of that is visible what these clients typed (SPEC TEXT3).
 */
export type TextBody = {
  readonly is: 'text'
  readonly containers: readonly Container[]
  /** Each names a client of the document that its writer types under. */
  readonly typists: readonly Entry[]
  /** Strings that became a text when somebody typed into them: each was typed by a client that follows from it. */
  readonly seeds: readonly Entry[]
  readonly clients: ReadonlySet<number>
}

/**
 * A string of a key that somebody has typed into: it is the container of those who type there. So its text lives as
 * long as its entry does, whoever else makes a text of it at the same time (SPEC TEXT8).
 */
export const isTyped = ({ value, container }: Entry): boolean =>
  value.is === 'scalar' && container !== null && [...container.entries].some(entry => clientOf(entry) !== null)

/** The client under which the writer of this entry types, null if it says none. */
export const clientOf = ({ field, value }: Entry): number | null =>
  field.on === 'own' && value.is === 'scalar' && Number.isSafeInteger(value.scalar) ? Number(value.scalar) : null

/** Containers that may hold what is typed at this place: not those of a string that is only equal to a typed one. */
export const textContainers = (naming: readonly Entry[]): Container[] =>
  naming.flatMap(entry =>
    entry.container && (entry.value.is === 'container' || isTyped(entry)) ? entry.container : [],
  )

export function foldText(
  naming: readonly Entry[],
  containers: readonly Container[],
  entries: readonly Entry[],
): TextBody {
  const typists = entries.filter(entry => clientOf(entry) !== null)
  const seeds = naming.filter(isTyped)
  const clients = new Set([...typists.flatMap(entry => clientOf(entry) ?? []), ...seeds.map(seedOf)])
  return { is: 'text', containers, typists, seeds, clients }
}

/**
 * The client that types a string which becomes a text: it follows from the entry, so that all who make a text of it
 * at once type the same. Not from the string alone: one that was deleted and set again would be typed by a client
 * that is dead. With the stamp, as a transaction that failed leaves its clocks to the next one.
 */
export const seedOf = ({ writer, clock, stamp }: Entry): number =>
  1 + (hashOf(`${writer}:${clock}:${stamp}`) % (2 ** 31 - 1))
