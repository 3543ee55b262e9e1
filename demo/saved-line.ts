/** Where one's own changes are: only here, with some of the others, or with all of them. */

import type { BoardRoom } from './board.js'
import { element } from './dom.js'

/** That the second of several others has a change too is told by no event. */
const refreshMs = 1000

export const mountSavedLine = (before: HTMLElement, room: BoardRoom): void => {
  const line = element('p', { class: 'saved', hidden: true })
  let isKept = true
  before.after(line)

  const show = () => {
    const { words, state } = whereOf(room)
    line.hidden = words === ''
    line.textContent = words && state === 'here' && !isKept ? `${words}, and go with this page` : words
    line.dataset['state'] = state
  }
  room.on('error', ({ code }) => {
    isKept &&= code !== 'persistence-failed'
    show()
  })
  for (const event of ['pending', 'status', 'peer-joined', 'peer-left', 'session-ended'] as const) room.on(event, show)
  setInterval(show, refreshMs)
  show()
}

const whereOf = ({ store, peers }: BoardRoom): { readonly words: string; readonly state: string } => {
  const { pending, lastWrite } = store
  if (pending > 0)
    return { words: pending === 1 ? 'One change is only here' : `${pending} changes are only here`, state: 'here' }
  switch (lastWrite?.state) {
    case 'all':
      return { words: 'Your changes are with everyone here', state: 'all' }
    case 'some': {
      const { length } = lastWrite.heldBy
      // Who had them may have left since.
      if (length === 0) return { words: 'Your changes were with others who have left', state: 'some' }
      return { words: `Your last change is with ${length} of ${peers.length}`, state: 'some' }
    }
    case 'discarded':
      return { words: 'Your last change went with its session', state: 'discarded' }
    case 'here':
    case undefined:
      return { words: '', state: 'here' }
  }
}
