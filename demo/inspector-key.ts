/** One key in the panel: its JSON, its last writer, and the values that lost against it. */

import type { Conflict } from '../src/index.js'
import { element, type Row } from './dom.js'
import { jsonView } from './json-view.js'

export type InspectorKey = {
  readonly key: string
  readonly value: unknown
  readonly updatedBy: string | null
  readonly updatedAt: number | null
  readonly conflicts: readonly Conflict[]
}

export type InspectorKeyContext = {
  readonly nameOf: (peerId: string | null) => string | null
  /** Somebody chose this value for the whole key. */
  readonly onChoose: (value: unknown) => void
}

export const createInspectorKey = ({ nameOf, onChoose }: InspectorKeyContext): Row<InspectorKey> => {
  const value = element('div', {})
  const written = element('p', { class: 'hint' })
  const conflicts = element('div', {})
  const name = element('code', {})
  const size = element('span', { class: 'hint' })
  // Made anew only when it changes, or a button would go from under the finger that presses it.
  const showValue = onChange(current => value.replaceChildren(jsonView(current.value)))
  const showConflicts = onChange(current =>
    conflicts.replaceChildren(...current.conflicts.map(conflict => conflictView(current, conflict))),
  )

  const conflictView = (current: InspectorKey, { path, value: lost, updatedBy, updatedAt }: Conflict): HTMLElement =>
    element(
      'div',
      { class: 'conflict' },
      element(
        'p',
        {},
        element('strong', {}, 'Written at the same time'),
        path.length > 0 ? ` at ${path.join('.')}` : '',
        `, by ${who(nameOf(updatedBy), updatedBy)}, ${timeOf(updatedAt)}`,
      ),
      jsonView(lost),
      ...(path.length > 0
        ? []
        : [
            element(
              'div',
              { class: 'conflict-choices' },
              element('button', { class: 'button', type: 'button', onclick: () => onChoose(lost) }, 'Use this value'),
              element(
                'button',
                { class: 'button', type: 'button', onclick: () => onChoose(current.value) },
                'Keep the other',
              ),
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
      size.textContent = `${new TextEncoder().encode(json).length} bytes`
      written.textContent =
        current.updatedAt === null
          ? ''
          : `by ${who(nameOf(current.updatedBy), current.updatedBy)}, ${agoOf(current.updatedAt)}`
      showValue(current, json)
      const names = current.conflicts.map(({ updatedBy }) => nameOf(updatedBy))
      showConflicts(current, JSON.stringify([current.conflicts, names, json]))
    },
  }
}

/** Runs only if `text`, which stands for all that will be shown, is another than the last time. */
const onChange = (run: (current: InspectorKey) => void) => {
  let shown: string | null = null
  return (current: InspectorKey, text: string): void => {
    if (text === shown) return
    shown = text
    run(current)
  }
}

const who = (name: string | null, peerId: string | null): string =>
  name ?? (peerId === null ? 'somebody' : `somebody who left (${peerId.slice(0, 8)})`)

const timeOf = (updatedAt: number): string => new Date(updatedAt).toLocaleTimeString()

const agoOf = (updatedAt: number): string => {
  const seconds = Math.round((Date.now() - updatedAt) / 1000)
  if (seconds < 5) return 'just now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  return `at ${timeOf(updatedAt)}`
}
