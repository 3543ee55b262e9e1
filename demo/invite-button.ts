/** Copies the link that brings somebody else here. */

import { copyText } from './clipboard.js'
import { element } from './dom.js'
import { icon } from './icon.js'
import { inviteLink, type RoomAddress } from './room-name.js'
import type { Toasts } from './toasts.js'

export const createInviteButton = (address: RoomAddress, toasts: Toasts): HTMLElement => {
  const copy = async () => {
    const text = inviteLink(address)
    if (await copyText(text)) toasts.show({ title: 'Invite link copied', text, tone: 'info' })
    else toasts.show({ title: 'Copy this link by hand', text, tone: 'info' })
  }
  return element(
    'button',
    { class: 'button', type: 'button', onclick: () => void copy() },
    icon('link'),
    element('span', {}, 'Copy invite link'),
  )
}
