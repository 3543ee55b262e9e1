/** Asks before the page closes, if something would be lost by that: changes that nobody else has, and no copy is kept of. */

import type { BoardRoom } from './board.js'

export const mountLeaveWarning = (room: BoardRoom): void => {
  let isKept = true
  const ask = (event: Event) => event.preventDefault()
  const review = () => {
    // Not there when it is not needed: a page that listens to it can be put away less easily.
    if (!isKept && room.store.pending > 0) addEventListener('beforeunload', ask)
    else removeEventListener('beforeunload', ask)
  }
  room.on('pending', review)
  room.on('error', ({ code }) => {
    isKept &&= code !== 'persistence-failed'
    review()
  })
}
