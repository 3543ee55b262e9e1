/** The chat: messages that are sent and not kept, and what everybody agrees about them, which is (`recipes/`). */

import { createBlockedLine } from './blocked-line.js'
import type { BoardRoom } from './board.js'
import { createChatLog, longestMessage, type ChatMessage } from './chat-log.js'
import { createChatRow, type ChatRow } from './chat-row.js'
import { element, keyedList } from './dom.js'
import { icon } from './icon.js'
import type { People } from './people.js'
import { block, blockedIn } from './recipes/block-list.js'
import { chatStateIn, isPaused, pauseChat, resumeChat } from './recipes/chat-pause.js'
import { hiddenIn, hide } from './recipes/hidden-messages.js'
import { pin, pinnedIn } from './recipes/pinned-messages.js'
import { rove } from './rove.js'
import type { Toasts } from './toasts.js'

export type ChatContext = { readonly room: BoardRoom; readonly people: People; readonly toasts: Toasts }

export const mountChat = (root: HTMLElement, { room, people, toasts }: ChatContext): void => {
  const { store } = room
  const log = createChatLog(room, people)
  const ownName = () => people.nameOf(people.selfId) ?? ''
  const isBlocked = () => blockedIn(store).has(people.selfId)

  const pinMessage = ({ id, text, author, authorId }: ChatMessage) =>
    void toasts.attempt(() => pin(store, { id, text: `${author}: ${text}`, pinnedBy: ownName(), authorId }))
  const hideMessage = ({ id }: ChatMessage) => {
    if (toasts.attempt(() => hide(store, id))) field.focus()
  }
  const blockAuthor = ({ authorId }: ChatMessage) => void toasts.attempt(() => block(store, authorId))
  const togglePause = () => {
    const author = { peerId: room.self.id, userId: people.selfId, userName: ownName() }
    toasts.attempt(() => (isPaused(store) ? resumeChat(store, author) : pauseChat(store, author)))
  }

  const field = element('input', {
    class: 'field',
    'aria-label': 'Message to everyone',
    maxlength: longestMessage,
    autocomplete: 'off',
  })
  const submit = (event: Event) => {
    event.preventDefault()
    const text = field.value.trim()
    if (!text || field.readOnly) return
    if (toasts.attempt(() => log.send(text))) field.value = ''
  }
  const pauseWords = element('span', {})
  const pauseIcon = element('span', { class: 'chat-pause-icon' })
  const pause = element('button', { class: 'button', type: 'button', onclick: togglePause }, pauseIcon, pauseWords)
  const rows = element('ul', { class: 'chat-rows' })
  const scroll = element('div', { class: 'chat-scroll', role: 'log', 'aria-label': 'Messages' }, rows)
  const showRows = keyedList<ChatRow>(rows, {
    keyOf: ({ message }) => message.id,
    create: row => createChatRow(row, { onPin: pinMessage, onHide: hideMessage, onBlock: blockAuthor }),
  })
  const refreshTabs = rove(rows)
  const empty = element('p', { class: 'empty' }, 'Messages are not kept. Pin what should stay.')
  const note = element('p', { class: 'chat-note', role: 'status' })

  const showMessages = () => {
    const [hidden, pinned] = [hiddenIn(store), new Set(pinnedIn(store).map(({ id }) => id))]
    const shown = log.messages.filter(({ id }) => !hidden.has(id))
    const isAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 40
    showRows(
      shown.map(message => ({
        message,
        hue: people.hueOf(message.authorId),
        isPinned: pinned.has(message.id),
        isOwn: message.authorId === people.selfId,
      })),
    )
    refreshTabs()
    scroll.hidden = shown.length === 0
    empty.hidden = shown.length > 0
    // Who reads what was said before is left there.
    if (isAtEnd) scroll.scrollTop = scroll.scrollHeight
  }
  const showState = () => {
    const state = chatStateIn(store)
    const paused = state?.enabled === false
    pauseWords.textContent = paused ? 'Resume' : 'Pause'
    pause.setAttribute('aria-label', paused ? 'Resume the chat' : 'Pause the chat')
    pauseIcon.replaceChildren(icon(paused ? 'resume' : 'pause'))
    const reason = isBlocked()
      ? 'You are blocked: nobody is shown what you write.'
      : paused
        ? `${state.updatedBy.userName || 'Somebody'} paused the chat.`
        : ''
    note.textContent = reason
    note.hidden = reason === ''
    field.readOnly = reason !== ''
    field.placeholder = reason === '' ? 'Say something to everyone' : 'Nothing can be sent now'
  }

  root.replaceChildren(
    element('div', { class: 'card-head' }, element('h2', { id: 'chat-title' }, 'Chat'), pause),
    createBlockedLine({ room, people, toasts, next: () => field }),
    scroll,
    empty,
    note,
    element(
      'form',
      { class: 'line-form', onsubmit: submit },
      field,
      element('button', { class: 'button', type: 'submit', 'aria-label': 'Send' }, icon('send')),
    ),
  )
  log.observe(showMessages)
  people.observe(showMessages)
  store.observe(['pinnedMessages', 'chatMessageBlacklist'], showMessages)
  store.observe(['chatState', 'chatPeerBlacklist'], showState)
}
