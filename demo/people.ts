/**
 * Who is here, by the names they go by, and who was: an id in the store may belong to somebody who has left. A person
 * is a peer after another: each reload and each comeback is another one (`person-id.ts`).
 */

import type { BoardRoom } from './board.js'
import { hueFrom, sharedHues } from './hue.js'
import { formerPeerIds, rememberPeerId } from './person-id.js'

export type Person = {
  /** What the keys of the page call them by. */
  readonly id: string
  readonly name: string
  /** Their colour, the same on every screen: an angle on the colour wheel. */
  readonly hue: number
  readonly isSelf: boolean
}

/** Where an id is asked for, that of a person or of any peer that they were will do. */
export type People = {
  /** Of who sits here. */
  readonly selfId: string
  /** This one first, then the others in the order they came. */
  list(): readonly Person[]
  /** Of everybody seen since the page was opened; null for others. */
  readonly nameOf: (id: string) => string | null
  /** Of who has left the colour that they had. */
  readonly hueOf: (id: string) => number
  /** For others that stand beside the people: colours that are still free. */
  huesWith(ids: readonly string[]): ReadonlyMap<string, number>
  /** The person that this is, or was a peer of; an id of nobody who was seen is its own. */
  readonly personOf: (id: string) => string
  isSelf(id: string): boolean
  /** Tells `listener` now and at each change. The result ends it. */
  observe(listener: () => void): () => void
  rename(name: string): void
}

export const createPeople = (room: BoardRoom): People => {
  const names = new Map<string, string>()
  const hues = new Map<string, number>()
  const listeners = new Set<() => void>()
  const selfId = personIdOf(room.self)
  /** By peer id. */
  const persons = new Map(formerPeerIds().map(peerId => [peerId, selfId]))

  const personOf = (id: string): string => persons.get(id) ?? id
  const hueOf = (id: string): number => hues.get(personOf(id)) ?? hueFrom(personOf(id))
  /** One for each person: of two, one is the page before, which has crashed and was not missed yet. */
  const present = (): BoardRoom['self'][] => {
    const newest = new Map([...room.peers].sort(byArrival).map(peer => [personIdOf(peer), peer]))
    return [...newest.set(selfId, room.self).values()].sort(byArrival)
  }
  const list = (): Person[] =>
    present()
      .map(peer => {
        const id = personIdOf(peer)
        return { id, name: shownName(peer), hue: hueOf(id), isSelf: id === selfId }
      })
      .sort((a, b) => Number(b.isSelf) - Number(a.isSelf))
  const huesWith = (ids: readonly string[]) => sharedHues([...new Set([...present().map(personIdOf), ...ids])])

  let peerId = ''
  const changed = () => {
    if (room.self.id !== peerId) {
      peerId = room.self.id
      rememberPeerId(peerId)
    }
    for (const peer of [room.self, ...room.peers]) persons.set(peer.id, personIdOf(peer))
    for (const [id, hue] of huesWith([])) hues.set(id, hue)
    for (const { id, name } of list()) names.set(id, name)
    for (const listener of listeners) listener()
  }
  changed()
  for (const event of ['peer-joined', 'peer-updated', 'peer-left'] as const) room.on(event, changed)
  // Who was away for too long, or whose page was put away, goes on as another peer.
  room.on('status', () => {
    if (room.self.id !== peerId) changed()
  })

  return {
    selfId,
    list,
    nameOf: id => names.get(personOf(id)) ?? null,
    hueOf,
    huesWith,
    personOf,
    isSelf: id => personOf(id) === selfId,
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

const longestId = 64

/** What others say of themselves may be anything. */
export const personIdOf = ({ id, metadata: { person } }: BoardRoom['self']): string =>
  typeof person === 'string' && person !== '' && person.length <= longestId ? person : id

const byArrival = (a: BoardRoom['self'], b: BoardRoom['self']): number =>
  arrivalOf(a) - arrivalOf(b) || a.joinedAt - b.joinedAt || (a.id < b.id ? -1 : 1)

/** Who loads the page anew keeps the place, and with it the colour. */
const arrivalOf = ({ joinedAt, metadata: { arrival } }: BoardRoom['self']): number =>
  typeof arrival === 'number' ? arrival : joinedAt

const shownName = ({ id, name }: BoardRoom['self']): string => name || `Guest ${id.slice(0, 4)}`

export const initialsOf = (name: string): string => {
  const words = name.split(/\s+/).filter(Boolean)
  const [first = '?', ...rest] = words
  return [first, ...rest.slice(-1)].map(firstLetter).join('').toUpperCase()
}

/** As a reader sees letters: one with its accents, or a whole emoji. */
const firstLetter = (word: string): string => [...new Intl.Segmenter().segment(word)][0]?.segment ?? ''
