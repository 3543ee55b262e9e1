/** One message: who said it, what, and what one can do about it. */

import type { ChatMessage } from './chat-log.js'
import { element, type Row } from './dom.js'
import { icon, type IconName } from './icon.js'
import { initialsOf } from './people.js'

export type ChatRow = {
  readonly message: ChatMessage
  readonly hue: number
  readonly isPinned: boolean
  /** Nobody blocks themselves. */
  readonly isOwn: boolean
}

export type ChatRowContext = {
  readonly onPin: (message: ChatMessage) => void
  readonly onHide: (message: ChatMessage) => void
  readonly onBlock: (message: ChatMessage) => void
}

export const createChatRow = ({ message }: ChatRow, { onPin, onHide, onBlock }: ChatRowContext): Row<ChatRow> => {
  const face = element('span', { class: 'face', 'aria-hidden': 'true' })
  const action = (name: IconName, label: string, run: () => void) =>
    element(
      'button',
      { class: 'quiet-button', type: 'button', 'aria-label': label, title: label, onclick: run },
      icon(name),
    )
  const pin = action('pin', `Pin: ${message.text}`, () => onPin(message))
  const hide = action('hide', `Hide: ${message.text}`, () => onHide(message))
  const block = action('block', `Block ${message.author}`, () => onBlock(message))
  const node = element(
    'li',
    { class: 'chat-row' },
    face,
    element(
      'div',
      { class: 'chat-words' },
      element('p', { class: 'chat-author' }, message.author),
      element('p', { class: 'chat-text' }, message.text),
    ),
    element('div', { class: 'chat-actions' }, pin, hide, block),
  )
  face.textContent = initialsOf(message.author)
  return {
    node,
    show: ({ hue, isPinned, isOwn }) => {
      face.style.setProperty('--hue', String(hue))
      node.dataset['own'] = String(isOwn)
      // Told, not taken away: a button that is disabled drops the focus of who pressed it.
      pin.setAttribute('aria-disabled', String(isPinned))
      block.hidden = isOwn
    },
  }
}
