/** Says aloud, to who listens to the page, what others see happen. */

import { readQueue, type BoardRoom } from './board.js'
import type { People } from './people.js'
import { readIds } from './recipes/id-set.js'
import { spotlightIn } from './recipes/spotlight.js'

export type Say = (text: string) => void

export const mountAnnouncer = (root: HTMLElement, room: BoardRoom, people: People): Say => {
  const { store } = room
  const say: Say = text => {
    root.textContent = text
  }
  const nameOf = (peerId: string) => people.nameOf(peerId) ?? 'Somebody'

  room.on('peer-joined', ({ peer }) => say(`${people.nameOf(peer.id) ?? peer.name} joined`))
  room.on('peer-left', ({ peer }) => say(`${people.nameOf(peer.id) ?? peer.name} left`))
  store.observe('spotlight', ({ source }) => {
    if (source === 'initial') return
    const lit = spotlightIn(store)
    say(lit ? `${nameOf(lit)} is in the spotlight` : 'Nobody is in the spotlight')
  })
  store.observe('hands', ({ value, previousValue, source }) => {
    // One's own hand is told by the button.
    if (source !== 'remote') return
    const before = readIds(previousValue)
    const raised = [...readIds(value)].filter(id => !before.has(id))
    if (raised.length > 0) say(`${raised.map(nameOf).join(' and ')} raised a hand`)
  })
  store.observe('queue', ({ value, previousValue, source }) => {
    const [next] = readQueue(value)
    // Who moves somebody hears where to.
    if (source === 'remote' && next && next.id !== readQueue(previousValue)[0]?.id) say(`${next.name} is next to speak`)
  })
  return say
}
