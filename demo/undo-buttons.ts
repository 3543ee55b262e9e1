/** Takes back what one did oneself, and nobody else has changed since. */

import type { Say } from './announcer.js'
import type { BoardRoom } from './board.js'
import { element } from './dom.js'
import { icon } from './icon.js'
import type { Toasts } from './toasts.js'
import { undoStepOf } from './undo-key.js'

export type UndoContext = { readonly room: BoardRoom; readonly toasts: Toasts; readonly say: Say }

type Step = 'undo' | 'redo'

export const createUndoButtons = ({ room, toasts, say }: UndoContext): HTMLElement => {
  const { store } = room

  const perform = (what: Step) => {
    const { history } = store
    const text = (what === 'undo' ? history.canUndo : history.canRedo) ? 'Others have changed since what you did.' : ''
    toasts.attempt(() => {
      if (history[what]()) say(what === 'undo' ? 'Undone' : 'Done again')
      else toasts.show({ title: `Nothing to ${what}`, text, tone: 'info' })
    })
    show()
  }

  const undoButton = element(
    'button',
    {
      class: 'quiet-button',
      type: 'button',
      'aria-label': 'Undo',
      title: 'Undo what you did last',
      onclick: () => perform('undo'),
    },
    icon('undo'),
  )
  const redoButton = element(
    'button',
    {
      class: 'quiet-button',
      type: 'button',
      'aria-label': 'Redo',
      title: 'Do it again',
      onclick: () => perform('redo'),
    },
    icon('redo'),
  )
  // Told, not taken away: a button that is disabled drops the focus of who pressed it last.
  const show = () => {
    undoButton.setAttribute('aria-disabled', String(!store.history.canUndo))
    redoButton.setAttribute('aria-disabled', String(!store.history.canRedo))
  }

  document.addEventListener('keydown', event => {
    const step = undoStepOf(event)
    // A text field has an undo of its own, for what was typed.
    if (!step || isTextField(event.target)) return
    event.preventDefault()
    perform(step)
  })
  store.observe('*', show)
  room.on('session-ended', show)
  show()
  return element('div', { class: 'history', role: 'group', 'aria-label': 'History' }, undoButton, redoButton)
}

const isTextField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea'))
