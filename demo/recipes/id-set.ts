/** A set of ids in a key. Two who add at once are both in, and an id that is added stays if another removes it meanwhile. */

import { codeOf } from './error-code.js'
import { textsIn } from './json-shape.js'
import type { RecipeStore } from './recipe-store.js'

export const readIds = (value: unknown): ReadonlySet<string> => new Set(textsIn(value))

export const addId = (store: RecipeStore, key: string, id: string): void => {
  try {
    store.members(key).add(id)
  } catch (error) {
    if (codeOf(error) !== 'type-mismatch') throw error
    // No set stands there: an array with an id in it twice, as two make it who rewrite an array at once. The ids in it stay.
    const ids = readIds(store.get(key))
    store.transact(() => {
      store.delete(key)
      store.members(key).add(...ids, id)
    })
  }
}

/** From whatever kind of array it is. */
export const removeId = (store: RecipeStore, key: string, id: string): void =>
  store.update(key, ids => (Array.isArray(ids) ? ids.filter(other => other !== id) : ids))
