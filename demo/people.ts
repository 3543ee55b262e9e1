/** Who is here, by the names they go by, and who was: an id in the store may belong to somebody who has left. */

import type { BoardRoom } from './board.js'

export type Person = { readonly id: string; readonly name: string; readonly isSelf: boolean }

export type People = {
  /** This peer first, then the others in the order they came. */
  list(): readonly Person[]
  /** Of everybody seen since the page was opened; null for others. */
  readonly nameOf: (peerId: string) => string | null
  isHere(peerId: string): boolean
  /** Tells `listener` now and at each change. The result ends it. */
  observe(listener: () => void): () => void
  rename(name: string): void
}

export const createPeople = (room: BoardRoom): People => {
  const names = new Map<string, string>()
  const listeners = new Set<() => void>()

  const list = (): Person[] => [
    { id: room.self.id, name: shownName(room.self), isSelf: true },
    ...room.peers
      .map(peer => ({ id: peer.id, name: shownName(peer), isSelf: false, joinedAt: peer.joinedAt }))
      .sort((a, b) => a.joinedAt - b.joinedAt || (a.id < b.id ? -1 : 1)),
  ]
  const changed = () => {
    for (const { id, name } of list()) names.set(id, name)
    for (const listener of listeners) listener()
  }
  changed()
  for (const event of ['peer-joined', 'peer-updated', 'peer-left'] as const) room.on(event, changed)

  return {
    list,
    nameOf: peerId => names.get(peerId) ?? null,
    isHere: peerId => list().some(person => person.id === peerId),
    observe: listener => {
      listeners.add(listener)
      listener()
      return () => listeners.delete(listener)
    },
    rename: name => {
      room.setName(name)
      changed()
    },
  }
}

const shownName = ({ id, name }: BoardRoom['self']): string => name || `Guest ${id.slice(0, 4)}`

export const initialsOf = (name: string): string => {
  const words = name.split(/\s+/).filter(Boolean)
  const [first = '?', ...rest] = words
  return [first, ...rest.slice(-1)].map(firstLetter).join('').toUpperCase()
}

/** As a reader sees letters: one with its accents, or a whole emoji. */
const firstLetter = (word: string): string => [...new Intl.Segmenter().segment(word)][0]?.segment ?? ''

/** The same colour for a peer on every screen: an angle on the colour wheel from its id. */
export const hueOf = (peerId: string): number => {
  let hash = 2166136261
  for (const char of peerId) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16777619)
  return (hash >>> 0) % 360
}
