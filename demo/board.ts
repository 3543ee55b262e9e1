/**
 * What this page keeps in the room, and how it reads it. Any peer may write any value, from the console for one,
 * so nothing here trusts a shape: what is not as expected is left out.
 */

import type { Counter, List, Members, Room, Text } from '../src/index.js'

export type Pin = { readonly id: string; readonly text: string; readonly by: string }

/** Somebody in the speaker queue. The id is that of a person who queued, or made up for a name that was typed. */
export type Speaker = { readonly id: string; readonly name: string }

export type Poll = {
  readonly q: string
  readonly options: readonly string[]
  /** The option of each person that voted, by their id (`person-id.ts`). */
  readonly votes: Readonly<Record<string, string>>
}

/** The keys of the page. */
export type Board = {
  /** The id of the person in the centre. */
  spotlight: string
  pinned: List<Pin>
  poll: Poll
  claps: Counter
  /** The ids of those who raise a hand. */
  hands: Members<string>
  queue: List<Speaker>
  notes: Text
}

export type BoardRoom = Room<Board>
export type BoardStore = BoardRoom['store']

export const readSpotlight = (value: unknown): string | null => (typeof value === 'string' ? value : null)

export const readClaps = (value: unknown): number => (Number.isSafeInteger(value) ? Number(value) : 0)

export const readHands = (value: unknown): ReadonlySet<string> =>
  new Set(Array.isArray(value) ? value.filter(id => typeof id === 'string') : [])

export const readPins = (value: unknown): readonly Pin[] => readItems(value, readPin)

export const readQueue = (value: unknown): readonly Speaker[] => readItems(value, readSpeaker)

export const readPoll = (value: unknown): Poll | null => {
  if (!isObject(value) || !Array.isArray(value['options'])) return null
  const votes = isObject(value['votes']) ? Object.entries(value['votes']) : []
  return {
    q: textOf(value['q']),
    // Two polls begun at once are one, with the options of both: the same one may stand there twice.
    options: [...new Set(value['options'].filter(option => typeof option === 'string'))],
    votes: Object.fromEntries(votes.filter((vote): vote is [string, string] => typeof vote[1] === 'string')),
  }
}

/** The index of an item in the list as the store holds it, with all that the page leaves out; -1 if it has gone. */
export const indexOf = (items: readonly unknown[], id: string): number =>
  items.findIndex(item => isObject(item) && item['id'] === id)

const readItems = <Item>(value: unknown, read: (item: unknown) => Item | null): Item[] =>
  Array.isArray(value) ? value.map(read).filter(item => item !== null) : []

const readPin = (value: unknown): Pin | null =>
  isObject(value) && typeof value['id'] === 'string' && typeof value['text'] === 'string'
    ? { id: value['id'], text: value['text'], by: textOf(value['by']) }
    : null

const readSpeaker = (value: unknown): Speaker | null =>
  isObject(value) && typeof value['id'] === 'string' && typeof value['name'] === 'string'
    ? { id: value['id'], name: value['name'] }
    : null

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
