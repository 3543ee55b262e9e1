/** Tells, when one was cut off and is back, what came together. */

import type { BoardRoom } from './board.js'
import type { Toasts } from './toasts.js'

/** Where this peer stands with the others, and which keys were written on either side since they parted. */
type Journey =
  | { readonly is: 'here' }
  | { readonly is: 'away' | 'returning'; readonly mine: Set<string>; readonly theirs: Set<string> }

export const mountHomecoming = (room: BoardRoom, toasts: Toasts): void => {
  let journey: Journey = { is: 'here' }

  room.store.observe('*', ({ key, source }) => {
    if (journey.is === 'here' || source === 'initial') return
    if (source === 'local') journey.mine.add(key)
    else journey.theirs.add(key)
  })
  room.on('status', () => {
    const { sync } = room.status
    if (sync === 'offline') {
      if (journey.is === 'here') journey = { is: 'away', mine: new Set(), theirs: new Set() }
    } else if (sync === 'synced' && journey.is !== 'here') {
      const { mine, theirs } = journey
      journey = { is: 'here' }
      toasts.show({ title: 'Back with the others', text: whatMerged(mine, theirs), tone: 'info' })
    } else if (journey.is === 'away') journey = { ...journey, is: 'returning' }
  })
  room.on('session-ended', () => {
    // Told elsewhere, with all that one had (`ended-session.ts`).
    journey = { is: 'here' }
  })
}

const whatMerged = (mine: ReadonlySet<string>, theirs: ReadonlySet<string>): string => {
  const sentences = [
    ['Changed on both sides and merged: ', [...mine].filter(key => theirs.has(key))] as const,
    ['From the others: ', [...theirs].filter(key => !mine.has(key))] as const,
    ['From you: ', [...mine].filter(key => !theirs.has(key))] as const,
  ].filter(([, keys]) => keys.length > 0)
  if (sentences.length === 0) return 'Nothing was changed meanwhile.'
  return sentences.map(([words, keys]) => `${words}${keys.sort().join(', ')}.`).join(' ')
}
