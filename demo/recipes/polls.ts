/** A poll: everybody has one vote, in a field of its own, and can change it. Several polls: a key for each. */

import type { Poll, SessionKeys } from '../../src/hms/session-keys.js'
import { fieldsOf, isObject, textsIn } from './json-shape.js'
import type { RecipeStore } from './recipe-store.js'

const usual: keyof SessionKeys = 'poll'

export type OpenPoll = {
  readonly q: string
  readonly options: readonly string[]
  /** A map, as anybody may vote under any name, also under that of a method. */
  readonly votes: ReadonlyMap<string, string>
}

/** Null if there is none. */
export const pollIn = (store: RecipeStore, key: string = usual): OpenPoll | null => {
  const value = store.get(key)
  if (!isObject(value) || !Array.isArray(value['options'])) return null
  return {
    q: typeof value['q'] === 'string' ? value['q'] : '',
    // Two polls begun at once are one, with the options of both: the same one may stand there twice.
    options: [...new Set(textsIn(value['options']))],
    votes: new Map(Object.entries(fieldsOf(value['votes'])).filter(isVote)),
  }
}

/** Replaces what was there. It is a new object, so a vote that is cast in the old one at this moment goes with that. */
export const beginPoll = (store: RecipeStore, poll: Omit<Poll, 'votes'>, key: string = usual): void =>
  store.transact(() => {
    store.delete(key)
    store.set(key, { q: poll.q, options: poll.options, votes: {} })
  })

/** Writes nothing if there is no such option. */
export const vote = (store: RecipeStore, voterId: string, option: string, key: string = usual): void => {
  if (!pollIn(store, key)?.options.includes(option)) return
  store.update(key, poll => ({ ...fieldsOf(poll), votes: { ...fieldsOf(fieldsOf(poll)['votes']), [voterId]: option } }))
}

export type Tally = { readonly option: string; readonly voterIds: readonly string[] }

/** A vote for an option that is not there (any more) counts for nothing. */
export const tallyOf = ({ options, votes }: OpenPoll): readonly Tally[] =>
  options.map(option => ({
    option,
    voterIds: [...votes].flatMap(([voterId, chosen]) => (chosen === option ? [voterId] : [])),
  }))

const isVote = (vote: [string, unknown]): vote is [string, string] => typeof vote[1] === 'string'
