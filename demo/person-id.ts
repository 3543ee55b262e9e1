/**
 * Who sits in front of this tab. A peer id is another one with each join; this one stays over reloads, crashes and
 * comebacks, so that a vote, a raised hand and a place in the queue still belong to who they belonged to.
 */

import { recall, remember } from './memory-of-tab.js'
import { randomId } from './random-id.js'

/** A tab that was duplicated remembers whose it was, and is somebody else as long as that tab is there. */
export const ownPersonId = async (): Promise<string> => {
  const known = recall('hearth:person')
  if (known && (await take(known))) return known
  const fresh = randomId()
  remember('hearth:person', fresh)
  await take(fresh)
  return fresh
}

/** A page that is going away lets go of its lock in less than that; a tab that is still there, never. */
const patienceMs = 500

/** Until this page ends. False if another one has it. */
const take = (id: string): Promise<boolean> => {
  // A plain-http address has no locks. There a duplicated tab is one person in two places.
  const locks: LockManager | undefined = navigator.locks
  if (locks === undefined) return Promise.resolve(true)
  return new Promise(resolve => {
    const held = locks.request(`hearth:person:${id}`, { signal: AbortSignal.timeout(patienceMs) }, () => {
      resolve(true)
      return new Promise<never>(() => {})
    })
    held.catch(() => resolve(false))
  })
}

/** When this person first came into the room, in milliseconds since 1970. */
export const ownArrival = (room: string): number => {
  const known = Number(recall(`hearth:arrival:${room}`))
  if (known > 0) return known
  const now = Date.now()
  remember(`hearth:arrival:${room}`, String(now))
  return now
}

/** The ids that this tab had as a peer, in the pages before this one: what it wrote in the store names them. */
export const formerPeerIds = (): readonly string[] => recall('hearth:peers')?.split(' ') ?? []

const mostFormer = 20

export const rememberPeerId = (peerId: string): void => {
  const others = formerPeerIds().filter(id => id !== peerId)
  remember('hearth:peers', [...others, peerId].slice(-mostFormer).join(' '))
}
