/** The pinned messages: a list with a bound. What two people pin at once is both there; the oldest go. */

import { indexOf, readPins, type BoardRoom, type Pin } from './board.js'
import { element, keyedList, type Row } from './dom.js'
import { icon } from './icon.js'
import { overwrite } from './overwrite.js'
import type { People } from './people.js'
import { randomId } from './random-id.js'
import type { Toasts } from './toasts.js'

export type PinsContext = { readonly room: BoardRoom; readonly people: People; readonly toasts: Toasts }

/** The same for everyone: it is a field of the list. */
const mostPins = 5

export const mountPins = (root: HTMLElement, { room, people, toasts }: PinsContext): void => {
  const { store } = room

  const pin = (text: string): boolean =>
    toasts.attempt(() => {
      // The name, not the id: it is still to be read when its owner has left.
      const by = people.nameOf(people.selfId) ?? ''
      overwrite(store, 'pinned', () => store.list('pinned', { max: mostPins }).push({ id: randomId(), text, by }))
    })

  const unpin = (id: string): void => {
    toasts.attempt(() => {
      const pins = store.list('pinned')
      const index = indexOf(pins.items, id)
      if (index >= 0) pins.remove(index)
    })
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
