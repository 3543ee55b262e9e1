/** Messages that nobody is shown any more. What is hidden is no longer pinned: one change, seen at once or not at all. */

import type { SessionKeys } from '../../src/hms/session-keys.js'
import { addId, readIds, removeId } from './id-set.js'
import { unpin } from './pinned-messages.js'
import type { RecipeStore } from './recipe-store.js'

const key: keyof SessionKeys = 'chatMessageBlacklist'

export const hiddenIn = (store: RecipeStore): ReadonlySet<string> => readIds(store.get(key))

export const hide = (store: RecipeStore, messageId: string): void =>
  store.transact(() => {
    addId(store, key, messageId)
    unpin(store, messageId)
  })

export const unhide = (store: RecipeStore, messageId: string): void => removeId(store, key, messageId)
