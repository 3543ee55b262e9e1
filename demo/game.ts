/** Tic-tac-toe, for the two who begin to play it, and for all to watch. */

import type { Mark } from '../src/hms/session-keys.js'
import type { BoardRoom } from './board.js'
import { element } from './dom.js'
import { icon } from './icon.js'
import type { People } from './people.js'
import { beginGame, gameIn, mayPlay, play, type Game } from './recipes/tic-tac-toe.js'
import type { Toasts } from './toasts.js'

export type GameContext = { readonly room: BoardRoom; readonly people: People; readonly toasts: Toasts }

export const mountGame = (root: HTMLElement, { room, people, toasts }: GameContext): void => {
  const { store } = room
  const nameOf = (game: Game, mark: Mark): string | null => {
    const id = game.players[mark]
    if (id === null) return null
    return id === people.selfId ? 'You' : (people.nameOf(id) ?? 'Somebody who left')
  }

  const begin = () => {
    if (toasts.attempt(() => beginGame(store))) cells[0]?.focus()
  }
  const end = () => {
    if (toasts.attempt(() => store.delete('ticTacToe'))) beginButton.focus()
  }
  const move = (cell: number) => void toasts.attempt(() => play(store, cell, people.selfId))

  const cells = Array.from({ length: 9 }, (_, cell) =>
    element('button', { class: 'game-cell', type: 'button', onclick: () => move(cell) }),
  )
  const status = element('p', { class: 'game-status', role: 'status' })
  const players = { X: element('p', { class: 'hint' }), O: element('p', { class: 'hint' }) }
  const beginWords = element('span', {})
  const beginButton = element('button', { class: 'button', type: 'button', onclick: begin }, icon('plus'), beginWords)
  const endButton = element('button', { class: 'button', type: 'button', onclick: end }, 'Clear')
  const table = element(
    'div',
    { class: 'game-table' },
    element('div', { class: 'game-board', role: 'group', 'aria-label': 'Board' }, ...cells),
    element('div', { class: 'game-side' }, status, players.X, players.O),
  )

  const show = () => {
    const game = gameIn(store)
    table.hidden = game === null
    endButton.hidden = game === null
    beginWords.textContent = game ? 'New game' : 'Begin a game'
    if (!game) return
    status.textContent = statusOf(game, nameOf, people.selfId)
    for (const mark of ['X', 'O'] as const) players[mark].textContent = `${mark} ${nameOf(game, mark) ?? 'nobody yet'}`
    const line = game.state.is === 'won' ? game.state.line : []
    const canMove = mayPlay(game, people.selfId)
    for (const [at, button] of cells.entries()) {
      const mark = game.cells[at] ?? null
      button.textContent = mark ?? ''
      button.dataset['mark'] = mark ?? ''
      button.dataset['won'] = String(line.includes(at))
      button.setAttribute('aria-label', `Row ${Math.floor(at / 3) + 1}, column ${(at % 3) + 1}: ${mark ?? 'empty'}`)
      button.setAttribute('aria-disabled', String(!canMove || mark !== null))
    }
  }

  root.replaceChildren(
    element(
      'div',
      { class: 'card-head' },
      element('h2', { id: 'game-title' }, 'Tic-tac-toe'),
      element('div', { class: 'game-buttons' }, beginButton, endButton),
    ),
    table,
  )
  people.observe(show)
  store.observe('ticTacToe', show)
}

const statusOf = (game: Game, nameOf: (game: Game, mark: Mark) => string | null, selfId: string): string => {
  const { state } = game
  switch (state.is) {
    case 'drawn':
      return 'A draw'
    case 'won':
      return `${nameOf(game, state.by) ?? state.by} won`
    case 'open': {
      if (game.players[state.turn] === selfId) return 'Your turn'
      const name = nameOf(game, state.turn)
      if (name !== null) return `${name} to move`
      return mayPlay(game, selfId) ? `Whoever moves first is ${state.turn}` : `Somebody else may be ${state.turn}`
    }
  }
}
