/** Where two wrote the same thing at the same time: says so at that place, and lets anybody choose. */

import type { Conflict, Json } from '../src/index.js'
import type { Board, BoardRoom } from './board.js'
import { element } from './dom.js'
import type { People } from './people.js'
import type { Toasts } from './toasts.js'

export type ConflictChoiceContext = {
  readonly room: BoardRoom
  readonly people: People
  readonly toasts: Toasts
  readonly key: keyof Board
  /** Where in the value of the key, joined by dots; empty for the value itself. */
  readonly at: string
  /** What the other one did, in words: `Bo chose Ana`. */
  readonly describe: (who: string, value: Json) => string
  readonly onChoose: (value: Json) => void
  /** Somebody settled for what is shown. */
  readonly onKeep: () => void
}

/** A conflict that somebody settles in favour of the visible value changes nothing visible, so nobody is told. */
const refreshMs = 1000

export const createConflictChoice = (context: ConflictChoiceContext): HTMLElement => {
  const { room, people, toasts, key, at, describe, onChoose, onKeep } = context
  const node = element('div', { class: 'choice', hidden: true, role: 'group', 'aria-label': 'Conflict' })
  let shown = ''

  const settle = (how: () => void) => {
    toasts.attempt(how)
    // The button that was pressed goes, and must not take the focus along.
    node.parentElement?.setAttribute('tabindex', '-1')
    node.parentElement?.focus({ preventScroll: true })
    show()
  }
  const choiceOf = ({ value, updatedBy }: Conflict): HTMLElement =>
    element(
      'div',
      { class: 'choice-row' },
      element('p', {}, `${describe(whoIs(updatedBy), value)} at the same moment.`),
      element(
        'div',
        { class: 'choice-buttons' },
        button('Use the other value', () => settle(() => onChoose(value))),
        button('Keep this one', () => settle(onKeep)),
      ),
    )
  const whoIs = (peerId: string | null): string => {
    if (peerId === null) return 'Somebody'
    return people.isSelf(peerId) ? 'You' : (people.nameOf(peerId) ?? 'Somebody')
  }

  const show = () => {
    const conflicts = room.store.conflicts(key).filter(({ path }) => path.join('.') === at)
    node.hidden = conflicts.length === 0
    const rows = conflicts.map(conflict => choiceOf(conflict))
    const now = JSON.stringify(conflicts) + rows.map(row => row.textContent).join()
    // What is the same stays, or a button would go from under the finger that presses it.
    if (now !== shown) node.replaceChildren(...rows)
    shown = now
  }
  room.on('conflict', show)
  room.on('session-ended', show)
  room.store.observe(key, show)
  people.observe(show)
  setInterval(show, refreshMs)
  return node
}

const button = (text: string, onclick: () => void): HTMLElement =>
  element('button', { class: 'button', type: 'button', onclick }, text)
