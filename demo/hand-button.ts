/** Raised hands: members of a set, so one that goes up while another comes down stays up. */

import type { BoardRoom } from './board.js'
import { element } from './dom.js'
import { icon } from './icon.js'
import type { People } from './people.js'
import { readIds } from './recipes/id-set.js'
import { overwrite } from './recipes/overwrite.js'
import type { Toasts } from './toasts.js'

export const createHandButton = ({ store }: BoardRoom, { selfId }: People, toasts: Toasts): HTMLElement => {
  const toggle = () => {
    const hands = store.members('hands')
    const isUp = readIds(store.get('hands')).has(selfId)
    toasts.attempt(() => overwrite(store, 'hands', () => (isUp ? hands.remove(selfId) : hands.add(selfId))))
  }
  const words = element('span', {})
  const button = element('button', { class: 'button', type: 'button', onclick: toggle }, icon('hand'), words)
  store.observe('hands', ({ value }) => {
    const isUp = readIds(value).has(selfId)
    words.textContent = isUp ? 'Lower hand' : 'Raise hand'
    button.dataset['up'] = String(isUp)
  })
  return button
}
