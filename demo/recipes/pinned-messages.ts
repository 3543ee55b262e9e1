/** Pinned messages: the newest three, the same ones on every page, each of them once. */

import type { PinnedMessage, SessionKeys } from '../../src/hms/session-keys.js'
import { readIds } from './id-set.js'
import { isObject, itemsIn } from './json-shape.js'
import { overwrite } from './overwrite.js'
import type { RecipeStore } from './recipe-store.js'

const key: keyof SessionKeys = 'pinnedMessages'
const hiddenKey: keyof SessionKeys = 'chatMessageBlacklist'

/** The same for everyone: it is a field of the list. */
export const mostPins = 3

/** What is pinned and not hidden: to hide a message beats to pin it at the same time. */
export const pinnedIn = (store: RecipeStore): readonly PinnedMessage[] => {
  const hidden = readIds(store.get(hiddenKey))
  const pins = itemsIn(store.get(key), readPin)
  return pins.filter(({ id }, at) => !hidden.has(id) && pins.findIndex(pin => pin.id === id) === at)
}

/** A message that is pinned already stays where it is; one that was hidden is not pinned. */
export const pin = (store: RecipeStore, message: PinnedMessage): void => {
  if (pinnedIn(store).some(({ id }) => id === message.id) || readIds(store.get(hiddenKey)).has(message.id)) return
  overwrite(store, key, () => store.list(key, { max: mostPins }).push(message))
}

export const unpin = (store: RecipeStore, id: string): void =>
  store.update(key, pins => (Array.isArray(pins) ? pins.filter(item => !isObject(item) || item['id'] !== id) : pins))

const readPin = (value: unknown): PinnedMessage | null => {
  if (!isObject(value)) return null
  const { id, text, pinnedBy, authorId } = value
  if (typeof id !== 'string' || typeof text !== 'string') return null
  return {
    id,
    text,
    pinnedBy: typeof pinnedBy === 'string' ? pinnedBy : '',
    ...(typeof authorId === 'string' ? { authorId } : {}),
  }
}
