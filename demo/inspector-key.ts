/** One key in the panel: its JSON, its last writer, and the values that lost against it. */

import type { Conflict } from '../src/index.js'
import type { Board } from './board.js'
import { element, type Row } from './dom.js'
import { jsonView } from './json-view.js'

export type InspectorKey = {
  readonly key: keyof Board
  readonly value: unknown
  readonly updatedBy: string | null
  readonly updatedAt: number | null
  readonly conflicts: readonly Conflict[]
}

export type InspectorKeyContext = {
  readonly nameOf: (peerId: string) => string | null
  /** Somebody chose this value for the whole key. */
  readonly onChoose: (value: unknown) => void
  /** Somebody settled for the value that the key has. */
  readonly onKeep: () => void
}

export const createInspectorKey = ({ nameOf, onChoose, onKeep }: InspectorKeyContext): Row<InspectorKey> => {
  const value = element('div', {})
  const written = element('p', { class: 'hint' })
  const conflicts = element('div', {})
  const name = element('code', {})
  const size = element('span', { class: 'hint' })
  const who = (peerId: string | null): string => {
    if (peerId === null) return 'somebody'
    return nameOf(peerId) ?? `somebody who left (${peerId.slice(0, 8)})`
  }

  const conflictView = ({ path, value: lost, updatedBy, updatedAt }: Conflict): HTMLElement =>
    element(
      'div',
      { class: 'conflict' },
      element(
        'p',
        {},
        element('strong', {}, 'Written at the same time'),
        path.length > 0 ? ` at ${path.join('.')}` : '',
        `, by ${who(updatedBy)}, ${timeOf(updatedAt)}`,
      ),
      jsonView(lost, nameOf),
      ...(path.length > 0
        ? []
        : [
            element(
              'div',
              { class: 'conflict-choices' },
              element('button', { class: 'button', type: 'button', onclick: () => onChoose(lost) }, 'Use this value'),
              element('button', { class: 'button', type: 'button', onclick: onKeep }, 'Keep the one above'),
            ),
          ]),
    )

  return {
    node: element(
      'li',
      { class: 'inspector-key' },
      element('div', { class: 'inspector-key-head' }, element('h3', {}, name), size),
      value,
      written,
      conflicts,
    ),
    show: current => {
      const json = JSON.stringify(current.value)
      name.textContent = current.key
      const bytes = new TextEncoder().encode(json).length
      size.textContent = bytes === 1 ? 'one byte' : `${bytes} bytes`
      written.textContent =
        current.updatedAt === null ? '' : `by ${who(current.updatedBy)}, ${agoOf(current.updatedAt)}`
      replaceIfOther(value, [jsonView(current.value, nameOf)])
      replaceIfOther(
        conflicts,
        current.conflicts.map(conflict => conflictView(conflict)),
      )
    },
  }
}

/** What reads the same stays, or a button would go from under the finger that presses it. */
const replaceIfOther = (parent: HTMLElement, parts: readonly HTMLElement[]): void => {
  if (parent.textContent !== parts.map(part => part.textContent).join('')) parent.replaceChildren(...parts)
}

const timeOf = (updatedAt: number): string =>
  new Date(updatedAt).toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' })

const agoOf = (updatedAt: number): string => {
  const seconds = Math.round((Date.now() - updatedAt) / 1000)
  if (seconds < 5) return 'just now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  return `at ${timeOf(updatedAt)}`
}
