/** The pinned messages. Each pin is an element of a list, so what two people pin at once is both there. */

import { readPins, type BoardRoom, type Pin } from './board.js'
import { element, keyedList, type Row } from './dom.js'
import { icon } from './icon.js'
import type { People } from './people.js'
import { randomId } from './random-id.js'
import type { Toasts } from './toasts.js'

export type PinsContext = { readonly room: BoardRoom; readonly people: People; readonly toasts: Toasts }

export const mountPins = (root: HTMLElement, { room, people, toasts }: PinsContext): void => {
  const { store } = room

  const pin = (text: string): boolean =>
    toasts.attempt(() => {
      // The name, not the id: it is still to be read when its owner has left.
      const by = people.nameOf(room.self.id) ?? ''
      store.update('pinned', pins => [...readPins(pins), { id: randomId(), text, by }])
    })

  const unpin = (id: string): void => {
    toasts.attempt(() =>
      store.update('pinned', pins => {
        const left = readPins(pins).filter(other => other.id !== id)
        return left.length > 0 ? left : null
      }),
    )
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
    if (text && pin(text)) field.value = ''
  }
  const list = element('ul', { class: 'pin-list' })
  // Only what comes while one is looking is shown to be new.
  let arrival: 'sudden' | 'shown' = 'sudden'
  const showPins = keyedList<Pin>(list, {
    keyOf: ({ id }) => id,
    create: ({ id }) => createPin({ arrival, onUnpin: () => unpin(id) }),
  })
  const empty = element(
    'p',
    { class: 'empty' },
    'Nothing pinned yet. Two who pin at the same moment both get their place.',
  )

  root.replaceChildren(
    element('div', { class: 'card-head' }, element('h2', { id: 'pins-title' }, 'Pinned')),
    list,
    empty,
    element(
      'form',
      { class: 'line-form', onsubmit: submit },
      field,
      element('button', { class: 'button primary', type: 'submit' }, icon('pin'), element('span', {}, 'Pin')),
    ),
  )
  store.observe('pinned', ({ value, source }) => {
    const pins = readPins(value)
    arrival = source === 'remote' ? 'shown' : 'sudden'
    showPins(pins)
    list.hidden = pins.length === 0
    empty.hidden = pins.length > 0
  })
}

type PinContext = { readonly arrival: 'sudden' | 'shown'; readonly onUnpin: () => void }

const createPin = ({ arrival, onUnpin }: PinContext): Row<Pin> => {
  const text = element('p', { class: 'pin-text' })
  const by = element('p', { class: 'pin-by' })
  const remove = element('button', { class: 'quiet-button', type: 'button', onclick: onUnpin }, icon('close'))
  const words = element('div', { class: 'pin-words' }, text, by)
  return {
    node: element('li', { class: 'pin', 'data-arrival': arrival }, icon('pin'), words, remove),
    show: pin => {
      text.textContent = pin.text
      by.textContent = pin.by
      remove.setAttribute('aria-label', `Unpin: ${pin.text}`)
    },
  }
}
