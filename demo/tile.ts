/** One person in the room, as a button that puts them in the spotlight. */

import { element, type Row } from './dom.js'
import { icon } from './icon.js'
import { initialsOf, type Person } from './people.js'

export type TileState = { readonly person: Person; readonly isLit: boolean; readonly hasHandUp: boolean }

export const createTile = ({ person }: TileState, onPress: (personId: string) => void): Row<TileState> => {
  const face = element('span', { class: 'face', 'aria-hidden': 'true' })
  const name = element('span', { class: 'tile-name' })
  const hand = element('span', { class: 'tile-hand', 'aria-hidden': 'true', title: 'Hand raised' }, icon('hand'))
  const node = element(
    'button',
    {
      class: 'tile',
      type: 'button',
      'data-person': person.id,
      onclick: () => onPress(person.id),
    },
    face,
    element(
      'span',
      { class: 'tile-foot' },
      name,
      ...(person.isSelf ? [element('span', { class: 'tile-you' }, 'you')] : []),
    ),
    element(
      'span',
      { class: 'tile-light', 'aria-hidden': 'true' },
      icon('spotlight'),
      element('span', {}, 'In the spotlight'),
    ),
    hand,
  )
  return {
    node,
    show: ({ person: { name: shown, hue, isSelf }, isLit, hasHandUp }) => {
      node.style.setProperty('--hue', String(hue))
      hand.hidden = !hasHandUp
      face.textContent = initialsOf(shown)
      name.textContent = shown
      node.setAttribute('aria-pressed', String(isLit))
      node.setAttribute('aria-label', `${shown}${isSelf ? ' (you)' : ''}${hasHandUp ? ', hand raised' : ''}, spotlight`)
      node.title = isLit ? 'Clear the spotlight' : `Put ${isSelf ? 'yourself' : shown} in the spotlight`
    },
  }
}
