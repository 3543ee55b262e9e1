/** The pinned messages. What two people pin at once is both there; the oldest go. */

import type { PinnedMessage } from '../src/hms/session-keys.js'
import type { BoardRoom } from './board.js'
import { element, keyedList, type Row } from './dom.js'
import { icon } from './icon.js'
import type { People } from './people.js'
import { randomId } from './random-id.js'
import { mostPins, pin, pinnedIn, unpin } from './recipes/pinned-messages.js'
import type { Toasts } from './toasts.js'

export type PinsContext = { readonly room: BoardRoom; readonly people: People; readonly toasts: Toasts }

export const mountPins = (root: HTMLElement, { room, people, toasts }: PinsContext): void => {
  const { store } = room

  const pinText = (text: string): boolean =>
    toasts.attempt(() => {
      const pinnedBy = people.nameOf(people.selfId) ?? ''
      pin(store, { id: randomId(), text, pinnedBy, authorId: people.selfId })
    })

  const takeDown = (id: string): void => {
    toasts.attempt(() => unpin(store, id))
    field.focus()
  }

  const field = element('input', {
    class: 'field',
    'aria-label': 'Message to pin',
    placeholder: 'Pin a message for everyone',
    autocomplete: 'off',
  })
  const submit = (event: Event) => {
    event.preventDefault()
    const text = field.value.trim()
    if (text && pinText(text)) field.value = ''
  }
  const list = element('ul', { class: 'pin-list' })
  // Only what comes while one is looking is shown to be new.
  let arrival: 'sudden' | 'shown' = 'sudden'
  const showPins = keyedList<PinnedMessage>(list, {
    keyOf: ({ id }) => id,
    create: ({ id }) => createPin({ arrival, onUnpin: () => takeDown(id) }),
  })
  const kept = element('p', { class: 'hint' }, `The newest ${mostPins} stay`)
  const empty = element(
    'p',
    { class: 'empty' },
    'Nothing pinned yet. Two who pin at the same moment both get their place.',
  )

  root.replaceChildren(
    element('div', { class: 'card-head' }, element('h2', { id: 'pins-title' }, 'Pinned'), kept),
    element(
      'form',
      { class: 'line-form', onsubmit: submit },
      field,
      element('button', { class: 'button primary', type: 'submit' }, icon('pin'), element('span', {}, 'Pin')),
    ),
    list,
    empty,
  )
  store.observe(['pinnedMessages', 'chatMessageBlacklist'], ({ source }) => {
    const pins = pinnedIn(store)
    arrival = source === 'remote' ? 'shown' : 'sudden'
    showPins(pins)
    list.hidden = pins.length === 0
    empty.hidden = pins.length > 0
  })
}

type PinContext = { readonly arrival: 'sudden' | 'shown'; readonly onUnpin: () => void }

const createPin = ({ arrival, onUnpin }: PinContext): Row<PinnedMessage> => {
  const text = element('p', { class: 'pin-text' })
  const by = element('p', { class: 'pin-by' })
  const remove = element('button', { class: 'quiet-button', type: 'button', onclick: onUnpin }, icon('close'))
  const words = element('div', { class: 'pin-words' }, text, by)
  return {
    node: element('li', { class: 'pin', 'data-arrival': arrival }, icon('pin'), words, remove),
    show: pin => {
      text.textContent = pin.text
      by.textContent = pin.pinnedBy
      remove.setAttribute('aria-label', `Unpin: ${pin.text}`)
    },
  }
}
