/**
 * What this page keeps in the room, and how it reads it. Any peer may write any value, from the console for one,
 * so nothing here trusts a shape: what is not as expected is left out.
 */

import type { Room } from '../src/index.js'

export type Pin = { readonly id: string; readonly text: string; readonly by: string }

export type Poll = {
  readonly q: string
  readonly options: readonly string[]
  /** The option of each peer that voted, by peer id. */
  readonly votes: Readonly<Record<string, string>>
}

/** The keys of the page. */
export type Board = {
  /** The id of the peer in the centre. */
  spotlight: string
  pinned: readonly Pin[]
  poll: Poll
}

export type BoardRoom = Room<Board>
export type BoardStore = BoardRoom['store']

export const readSpotlight = (value: unknown): string | null => (typeof value === 'string' ? value : null)

export const readPins = (value: unknown): readonly Pin[] =>
  Array.isArray(value) ? value.map(readPin).filter(pin => pin !== null) : []

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

const readPin = (value: unknown): Pin | null =>
  isObject(value) && typeof value['id'] === 'string' && typeof value['text'] === 'string'
    ? { id: value['id'], text: value['text'], by: textOf(value['by']) }
    : null

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
