/** What one had in a session that ended while one was away, and a way to bring it into the one that goes on. */

import type { Json } from '../src/index.js'
import type { Say } from './announcer.js'
import type { Board, BoardRoom } from './board.js'
import { element } from './dom.js'
import { icon } from './icon.js'
import { jsonView } from './json-view.js'
import type { People } from './people.js'
import type { Toasts } from './toasts.js'

export type EndedSessionContext = {
  readonly room: BoardRoom
  readonly people: People
  readonly toasts: Toasts
  readonly say: Say
  /** The resume window in words: `5 minutes`. */
  readonly window: string
}

export const mountEndedSession = (root: HTMLElement, context: EndedSessionContext): void => {
  const { room, people, toasts, say, window } = context
  const { store } = room
  let rows: readonly EndedKey[] = []

  const close = () => {
    rows = []
    root.hidden = true
    root.replaceChildren()
  }
  const isBack = (key: keyof Board, value: Json) => JSON.stringify(store.get(key)) === JSON.stringify(value)
  const createRow = (key: keyof Board, value: Json): EndedKey => {
    const putBack = () => toasts.attempt(() => store.set(key, value as never))
    const button = element('button', { class: 'button', type: 'button', onclick: putBack })
    const node = element(
      'li',
      { class: 'ended-key' },
      element('div', { class: 'ended-key-head' }, element('code', {}, key), button),
      jsonView(value, people.nameOf),
    )
    const show = () => {
      button.textContent = isBack(key, value) ? 'It is there' : store.has(key) ? 'Put back over it' : 'Put back'
      // Told, not taken away: a button that is disabled drops the focus of who pressed it.
      button.setAttribute('aria-disabled', String(isBack(key, value)))
    }
    return { node, show }
  }

  room.on('session-ended', ({ snapshot }) => {
    const title = 'That session is over'
    const why = `You were away for longer than ${window}, so it ended for you, and you are here as somebody new.`
    say(`${title}. ${why}`)
    // Any key of the room may stand here, not only those of this page.
    rows = Object.entries(snapshot).map(([key, value]) => createRow(key as keyof Board, value))
    if (rows.length === 0) {
      close()
      return toasts.show({ title, text: why, tone: 'info' })
    }
    root.replaceChildren(
      element(
        'div',
        { class: 'card-head' },
        element('h2', {}, title),
        element(
          'button',
          { class: 'quiet-button', type: 'button', 'aria-label': 'Close: that session', onclick: close },
          icon('close'),
        ),
      ),
      element('p', {}, `${why} This is what you had.`),
      element('ul', { class: 'ended-keys' }, ...rows.map(({ node }) => node)),
    )
    root.hidden = false
    for (const row of rows) row.show()
  })
  store.observe('*', () => rows.forEach(row => row.show()))
}

type EndedKey = { readonly node: HTMLElement; show(): void }
