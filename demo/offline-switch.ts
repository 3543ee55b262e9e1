/** Takes this peer off the network and back, to try what happens to what is written meanwhile. */

import type { BoardRoom } from './board.js'
import { element } from './dom.js'

export const createOfflineSwitch = (room: BoardRoom): HTMLElement => {
  let isOffline = false
  const toggle = () => {
    isOffline = !isOffline
    button.setAttribute('aria-checked', String(isOffline))
    if (isOffline) room.disconnect()
    else room.connect()
  }
  const button = element(
    'button',
    { class: 'switch', type: 'button', role: 'switch', 'aria-checked': 'false', onclick: toggle },
    element('span', { class: 'switch-knob', 'aria-hidden': 'true' }),
    element('span', {}, 'Offline'),
  )
  return button
}
