/** Says aloud, to who listens to the page, what others see happen. */

import { readSpotlight, type BoardRoom } from './board.js'
import type { People } from './people.js'

export const mountAnnouncer = (root: HTMLElement, room: BoardRoom, people: People): void => {
  const say = (text: string) => {
    root.textContent = text
  }
  room.on('peer-joined', ({ peer }) => say(`${people.nameOf(peer.id) ?? peer.name} joined`))
  room.on('peer-left', ({ peer }) => say(`${people.nameOf(peer.id) ?? peer.name} left`))
  room.store.observe('spotlight', ({ value, source }) => {
    if (source === 'initial') return
    const lit = readSpotlight(value)
    const name = lit && (people.nameOf(lit) ?? 'Somebody')
    say(name ? `${name} is in the spotlight` : 'Nobody is in the spotlight')
  })
}
