/**
 * Tic-tac-toe. Each cell is a field: moves in different cells at once are both there, and of two in one cell the same
 * one wins on every page. Whose turn it is, and who has won, is read off the board as it is after merging.
 */

import type { Mark, SessionKeys } from '../../src/hms/session-keys.js'
import { fieldsOf, isObject } from './json-shape.js'
import type { RecipeStore } from './recipe-store.js'

const key: keyof SessionKeys = 'ticTacToe'

export type Game = {
  /** Nine of them, row by row. */
  readonly cells: readonly (Mark | null)[]
  /** User ids; null while nobody plays that mark. */
  readonly players: Readonly<Record<Mark, string | null>>
  readonly state:
    | { readonly is: 'open'; readonly turn: Mark }
    | { readonly is: 'won'; readonly by: Mark; readonly line: readonly number[] }
    | { readonly is: 'drawn' }
}

/** Null if there is none. */
export const gameIn = (store: RecipeStore): Game | null => {
  const value = store.get(key)
  if (!isObject(value)) return null
  const marks = fieldsOf(value['cells'])
  const cells = Array.from({ length: 9 }, (_, cell) => markOf(marks[cell]))
  const { X, O } = fieldsOf(value['players'])
  const players = { X: typeof X === 'string' ? X : null, O: typeof O === 'string' ? O : null }
  return { cells, players, state: judge(cells) }
}

/** Clears the board. It is a new one: a move that is made in the old one at this moment goes with that. */
export const beginGame = (store: RecipeStore): void =>
  store.transact(() => {
    store.delete(key)
    store.set(key, { cells: {}, players: {} })
  })

/** Whether this user could move now: it is their turn, or nobody plays that mark yet and they do not play the other. */
export const mayPlay = ({ players, state }: Game, userId: string): boolean => {
  if (state.is !== 'open') return false
  const seated = players[state.turn]
  return seated === null ? players[otherThan(state.turn)] !== userId : seated === userId
}

/** Who makes the first move of a mark plays it. False if the move is not allowed, as far as this page knows. */
export const play = (store: RecipeStore, cell: number, userId: string): boolean => {
  const game = gameIn(store)
  if (!game || game.state.is !== 'open' || game.cells[cell] !== null || !mayPlay(game, userId)) return false
  const { turn } = game.state
  store.update(key, value => {
    const { cells, players } = fieldsOf(value)
    return {
      cells: { ...fieldsOf(cells), [cell]: turn },
      players: { ...fieldsOf(players), [turn]: userId },
    }
  })
  return true
}

const otherThan = (mark: Mark): Mark => (mark === 'X' ? 'O' : 'X')

const markOf = (value: unknown): Mark | null => (value === 'X' || value === 'O' ? value : null)

const lines = [
  [0, 1, 2],
  [3, 4, 5],
  [6, 7, 8],
  [0, 3, 6],
  [1, 4, 7],
  [2, 5, 8],
  [0, 4, 8],
  [2, 4, 6],
]

const judge = (cells: Game['cells']): Game['state'] => {
  const lineOf = (mark: Mark) => lines.find(line => line.every(cell => cells[cell] === mark))
  const [ofX, ofO] = [lineOf('X'), lineOf('O')]
  // Two lines can only come of moves that had not seen each other: nobody was first.
  if (ofX && ofO) return { is: 'drawn' }
  if (ofX) return { is: 'won', by: 'X', line: ofX }
  if (ofO) return { is: 'won', by: 'O', line: ofO }
  if (cells.every(cell => cell !== null)) return { is: 'drawn' }
  // Two who both began as X, unseen by each other, have two marks there: then O moves until it has caught up.
  const countOf = (mark: Mark) => cells.filter(cell => cell === mark).length
  return { is: 'open', turn: countOf('X') > countOf('O') ? 'O' : 'X' }
}
