/** The panel that shows what is really in the room: raw keys, who wrote them last, and what lost a race. */

import type { Board, BoardRoom } from './board.js'
import { element, keyedList } from './dom.js'
import { icon } from './icon.js'
import { createInspectorKey, type InspectorKey } from './inspector-key.js'
import type { People } from './people.js'
import type { Toasts } from './toasts.js'

export type InspectorContext = { readonly room: BoardRoom; readonly people: People; readonly toasts: Toasts }

/** "12 s ago" grows old. And a conflict that somebody settles in favour of the visible value changes nothing visible. */
const refreshMs = 2000

/** From this width on there is room for the panel beside the page; below, it is a drawer over it. */
const besideThePage = '(min-width: 68rem)'

/** Gives the button that opens and closes the panel. */
export const mountInspector = (root: HTMLElement, { room, people, toasts }: InspectorContext): HTMLElement => {
  const { store } = room
  const written = new Map<string, Pick<InspectorKey, 'updatedBy' | 'updatedAt'>>()

  // Any key of the room may stand here, with any value, not only those of this page.
  const write = (key: keyof Board, value: unknown) => {
    toasts.attempt(() => store.set(key, value as never))
    show()
  }

  const badge = element('span', { class: 'badge' })
  const toggle = element(
    'button',
    { class: 'button', type: 'button', 'aria-controls': root.id, onclick: () => open(root.hidden !== false) },
    icon('code'),
    element('span', {}, 'Under the hood'),
    badge,
  )
  const close = element(
    'button',
    { class: 'quiet-button', type: 'button', 'aria-label': 'Close the panel', onclick: () => open(false) },
    icon('close'),
  )
  const session = element('code', {})
  const empty = element('p', { class: 'empty' }, 'No keys yet.')
  const list = element('ul', { class: 'inspector-keys' })
  const showKeys = keyedList<InspectorKey>(list, {
    keyOf: ({ key }) => key,
    create: ({ key }) =>
      createInspectorKey({
        nameOf: people.nameOf,
        onChoose: value => write(key, value),
        onKeep: () => write(key, store.get(key)),
      }),
  })

  const show = () => {
    const keys = store.keys()
    const conflicts = keys.map(key => store.conflicts(key))
    const lost = conflicts.flat().length
    badge.textContent = lost > 0 ? String(lost) : ''
    toggle.title = lost > 0 ? `Conflicts: ${lost}` : ''
    if (root.hidden) return
    session.textContent = room.sessionId
    empty.hidden = keys.length > 0
    const shown = keys.map((key, index) => ({
      key,
      value: store.get(key),
      updatedBy: written.get(key)?.updatedBy ?? null,
      updatedAt: written.get(key)?.updatedAt ?? null,
      conflicts: conflicts[index] ?? [],
    }))
    // What somebody may want to settle comes first.
    showKeys(shown.sort((a, b) => Number(b.conflicts.length > 0) - Number(a.conflicts.length > 0)))
  }

  const page = [...(root.parentElement?.children ?? [])].filter(part => part !== root)
  const backdrop = element('div', { class: 'backdrop', hidden: true, onclick: () => open(false) })
  root.after(backdrop)
  const open = (wanted: boolean) => {
    const isDrawer = wanted && !matchMedia(besideThePage).matches
    root.hidden = !wanted
    backdrop.hidden = !isDrawer
    toggle.setAttribute('aria-expanded', String(wanted))
    // Under a drawer the page is out of reach, for the keyboard too.
    for (const part of page) part.toggleAttribute('inert', isDrawer)
    if (isDrawer) close.focus()
    else if (!wanted && root.contains(document.activeElement)) toggle.focus()
    show()
  }

  root.append(
    element('div', { class: 'card-head' }, element('h2', { id: 'inspector-title' }, 'Under the hood'), close),
    element('p', { class: 'hint' }, 'All that this room holds, as it lies in this browser. No server has it.'),
    element('p', { class: 'hint' }, 'Session ', session),
    empty,
    list,
  )
  root.addEventListener('keydown', event => {
    if (event.key === 'Escape') open(false)
  })
  matchMedia(besideThePage).addEventListener('change', () => open(!root.hidden && matchMedia(besideThePage).matches))
  room.on('conflict', show)
  room.on('session-ended', show)
  people.observe(show)
  store.observe('*', ({ key, updatedBy, updatedAt }) => {
    written.set(key, { updatedBy, updatedAt })
    show()
  })
  setInterval(show, refreshMs)
  open(matchMedia(besideThePage).matches)
  return toggle
}
