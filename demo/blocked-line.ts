/** Who is blocked from the chat, each with a way back. */

import type { BoardRoom } from './board.js'
import { element, keyedList } from './dom.js'
import { icon } from './icon.js'
import type { People } from './people.js'
import { blockedIn, unblock } from './recipes/block-list.js'
import type { Toasts } from './toasts.js'

export type BlockedLineContext = {
  readonly room: BoardRoom
  readonly people: People
  readonly toasts: Toasts
  /** Where the focus goes when its button goes. */
  readonly next: () => HTMLElement
}

export const createBlockedLine = ({ room, people, toasts, next }: BlockedLineContext): HTMLElement => {
  const list = element('ul', { class: 'blocked-list' })
  const node = element('div', { class: 'blocked', hidden: true }, element('p', { class: 'hint' }, 'Blocked'), list)
  const release = (id: string) => {
    toasts.attempt(() => unblock(room.store, id))
    next().focus()
  }
  const showRows = keyedList<string>(list, {
    keyOf: id => id,
    create: id => {
      const name = element('span', {})
      const button = element(
        'button',
        { class: 'button', type: 'button', onclick: () => release(id) },
        name,
        icon('close'),
      )
      return {
        node: element('li', {}, button),
        show: () => {
          const shown = people.nameOf(id) ?? 'Somebody who left'
          name.textContent = shown
          button.setAttribute('aria-label', `Unblock ${shown}`)
        },
      }
    },
  })
  const show = () => {
    const blocked = [...blockedIn(room.store)]
    node.hidden = blocked.length === 0
    showRows(blocked)
  }
  people.observe(show)
  room.store.observe('chatPeerBlacklist', show)
  return node
}
