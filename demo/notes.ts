/** The shared notes: a text that everybody types in at once. */

import type { BoardRoom } from './board.js'
import { element } from './dom.js'
import { bindTextArea } from './text-binding.js'
import type { Toasts } from './toasts.js'

export const mountNotes = (root: HTMLElement, room: BoardRoom, toasts: Toasts): void => {
  const { store } = room
  const field = element('textarea', {
    class: 'field notes-field',
    'aria-label': 'Notes',
    placeholder: 'Write together. What two type at the same moment is both there.',
    autocomplete: 'off',
    rows: 5,
  })
  const begin = () => {
    if (toasts.attempt(() => store.delete('notes'))) field.focus()
  }
  const strange = element(
    'div',
    { class: 'notes-strange', hidden: true },
    element('p', { class: 'empty' }, 'Somebody keeps something else than a text here.'),
    element('button', { class: 'button', type: 'button', onclick: begin }, 'Begin the notes anew'),
  )
  root.replaceChildren(
    element('div', { class: 'card-head' }, element('h2', { id: 'notes-title' }, 'Notes')),
    field,
    strange,
  )
  let unbind: (() => void) | null = null
  store.observe('notes', ({ value }) => {
    const isText = value === null || typeof value === 'string'
    field.hidden = !isText
    strange.hidden = isText
    // It is the same text from then on, whatever becomes of the key meanwhile,
    if (isText) unbind ??= bindTextArea(field, store.text('notes'))
  })
  // until the session ends: the next one has another.
  room.on('session-ended', () => {
    unbind?.()
    unbind = bindTextArea(field, store.text('notes'))
  })
}
