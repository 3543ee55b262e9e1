/**
 * What this page keeps in the room, and how it reads it. Any peer may write any value, from the console for one,
 * so nothing here trusts a shape: what is not as expected is left out. People are known by the ids that survive a
 * reload (`person-id.ts`), in every key of the page, the spotlight included.
 */

import type { Counter, List, Members, Room, Text } from '../src/index.js'
import type { SessionKeys } from '../src/hms/session-keys.js'
import { isObject, itemsIn } from './recipes/json-shape.js'

/** Somebody in the speaker queue. The id is that of a person who queued, or made up for a name that was typed. */
export type Speaker = { readonly id: string; readonly name: string }

/** The keys of the page: those that its recipes share with other apps (`recipes/`), and some of its own. */
export type Board = SessionKeys & {
  claps: Counter
  /** The ids of those who raise a hand. */
  hands: Members<string>
  queue: List<Speaker>
  notes: Text
}

export type BoardRoom = Room<Board>

export const readClaps = (value: unknown): number => (Number.isSafeInteger(value) ? Number(value) : 0)

export const readQueue = (value: unknown): readonly Speaker[] => itemsIn(value, readSpeaker)

/** The index of an item in the list as the store holds it, with all that the page leaves out; -1 if it has gone. */
export const indexOf = (items: readonly unknown[], id: string): number =>
  items.findIndex(item => isObject(item) && item['id'] === id)

const readSpeaker = (value: unknown): Speaker | null =>
  isObject(value) && typeof value['id'] === 'string' && typeof value['name'] === 'string'
    ? { id: value['id'], name: value['name'] }
    : null
