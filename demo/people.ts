/** Who is here, by the names they go by, and who was: an id in the store may belong to somebody who has left. */

import type { BoardRoom } from './board.js'
import { hueFrom, sharedHues } from './hue.js'

export type Person = {
  readonly id: string
  readonly name: string
  /** Their colour, the same on every screen: an angle on the colour wheel. */
  readonly hue: number
  readonly isSelf: boolean
}

export type People = {
  /** This peer first, then the others in the order they came. */
  list(): readonly Person[]
  /** Of everybody seen since the page was opened; null for others. */
  readonly nameOf: (peerId: string) => string | null
  /** Of who has left the colour that they had. */
  readonly hueOf: (peerId: string) => number
  /** For others that stand beside the people: colours that are still free. */
  huesWith(ids: readonly string[]): ReadonlyMap<string, number>
  isHere(peerId: string): boolean
  /** Tells `listener` now and at each change. The result ends it. */
  observe(listener: () => void): () => void
  rename(name: string): void
}

export const createPeople = (room: BoardRoom): People => {
  const names = new Map<string, string>()
  const hues = new Map<string, number>()
  const listeners = new Set<() => void>()

  const hueOf = (peerId: string): number => hues.get(peerId) ?? hueFrom(peerId)
  const personOf = (peer: BoardRoom['self']): Person => ({
    id: peer.id,
    name: shownName(peer),
    hue: hueOf(peer.id),
    isSelf: peer.id === room.self.id,
  })
  const list = (): Person[] => [room.self, ...[...room.peers].sort(byArrival)].map(personOf)
  const huesWith = (ids: readonly string[]) => {
    const present = [room.self, ...room.peers].sort(byArrival).map(({ id }) => id)
    return sharedHues([...new Set([...present, ...ids])])
  }
  const changed = () => {
    for (const [id, hue] of huesWith([])) hues.set(id, hue)
    for (const { id, name } of list()) names.set(id, name)
    for (const listener of listeners) listener()
  }
  changed()
  for (const event of ['peer-joined', 'peer-updated', 'peer-left'] as const) room.on(event, changed)

  return {
    list,
    nameOf: peerId => names.get(peerId) ?? null,
    hueOf,
    huesWith,
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

const byArrival = (a: BoardRoom['self'], b: BoardRoom['self']): number =>
  a.joinedAt - b.joinedAt || (a.id < b.id ? -1 : 1)

const shownName = ({ id, name }: BoardRoom['self']): string => name || `Guest ${id.slice(0, 4)}`

export const initialsOf = (name: string): string => {
  const words = name.split(/\s+/).filter(Boolean)
  const [first = '?', ...rest] = words
  return [first, ...rest.slice(-1)].map(firstLetter).join('').toUpperCase()
}

/** As a reader sees letters: one with its accents, or a whole emoji. */
const firstLetter = (word: string): string => [...new Intl.Segmenter().segment(word)][0]?.segment ?? ''
