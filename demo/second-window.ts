/** Another window on this room, as somebody else: the quickest way to see what others see. */

import { element } from './dom.js'
import { inviteLink, type RoomAddress } from './room-name.js'

export const createSecondWindowLink = (address: RoomAddress): HTMLElement =>
  element(
    'a',
    // Without a tie to this tab, or it would remember what this tab remembers: who sits here.
    { class: 'button', href: inviteLink(address), target: '_blank', rel: 'noopener' },
    'Open a second window',
  )
