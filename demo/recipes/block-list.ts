/**
 * Who is blocked from the chat, by user ids: ids that survive a reload, as a peer id does not. It is what everybody
 * agrees not to show, not a lock: who is blocked can come back under another id.
 */

import type { SessionKeys } from '../../src/hms/session-keys.js'
import { addId, readIds, removeId } from './id-set.js'
import type { RecipeStore } from './recipe-store.js'

const key: keyof SessionKeys = 'chatPeerBlacklist'

export const blockedIn = (store: RecipeStore): ReadonlySet<string> => readIds(store.get(key))

export const block = (store: RecipeStore, userId: string): void => addId(store, key, userId)

export const unblock = (store: RecipeStore, userId: string): void => removeId(store, key, userId)
