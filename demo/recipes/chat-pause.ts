/** Whether messages may be sent. Like all that peers agree on, it binds the pages that keep to it. */

import type { ChatState, SessionKeys } from '../../src/hms/session-keys.js'
import { fieldsOf, isObject } from './json-shape.js'
import type { RecipeStore } from './recipe-store.js'

const key: keyof SessionKeys = 'chatState'

/** Who changes it, always with a user id: a field that only one of two has would end up in the other's. */
export type ChatAuthor = Required<ChatState['updatedBy']>

/** Null if nobody ever paused or resumed it: then it is open. */
export const chatStateIn = (store: RecipeStore): ChatState | null => {
  const value = store.get(key)
  if (!isObject(value) || typeof value['enabled'] !== 'boolean') return null
  const { peerId, userId, userName } = fieldsOf(value['updatedBy'])
  return {
    enabled: value['enabled'],
    updatedBy: {
      peerId: typeof peerId === 'string' ? peerId : '',
      ...(typeof userId === 'string' ? { userId } : {}),
      userName: typeof userName === 'string' ? userName : '',
    },
    updatedAt: typeof value['updatedAt'] === 'number' ? value['updatedAt'] : 0,
  }
}

export const isPaused = (store: RecipeStore): boolean => chatStateIn(store)?.enabled === false

/** `now` is in milliseconds since 1970. */
export const pauseChat = (store: RecipeStore, updatedBy: ChatAuthor, now = Date.now()): void => {
  if (!isPaused(store)) write(store, { enabled: false, updatedBy, updatedAt: now })
}

export const resumeChat = (store: RecipeStore, updatedBy: ChatAuthor, now = Date.now()): void => {
  if (isPaused(store)) write(store, { enabled: true, updatedBy, updatedAt: now })
}

const write = (store: RecipeStore, state: ChatState) =>
  // Setting it over the old one would write only what differs, and two who pause at once could be mixed: the time of
  // one, the name of the other. Written anew it is whole, and of two the later one shows.
  store.transact(() => {
    store.delete(key)
    store.set(key, state)
  })
