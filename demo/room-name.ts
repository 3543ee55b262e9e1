/** The room in the address: `#standup`, or `?room=standup`; with a password, `#standup&password=...`. */

import { randomRoomName } from './words.js'

export type RoomAddress = { readonly name: string; readonly password: string | null }

/** Reads the address; puts a fresh name into it if there is none. */
export const readRoomAddress = (): RoomAddress => {
  const found = parseRoomAddress(location)
  if (found) return found
  const fresh = { name: randomRoomName(), password: null }
  history.replaceState(null, '', hashOf(fresh))
  return fresh
}

/** The password stays behind the `#`, the part of an address that no browser sends to a server. */
export const parseRoomAddress = ({ hash, search }: Pick<Location, 'hash' | 'search'>): RoomAddress | null => {
  const [first = '', ...rest] = hash.slice(1).split('&')
  const name = decode(first).trim() || new URLSearchParams(search).get('room')?.trim()
  if (!name) return null
  return { name: name.slice(0, 100), password: new URLSearchParams(rest.join('&')).get('password') || null }
}

/** What one sends to somebody else. */
export const inviteLink = (address: RoomAddress): string => `${location.origin}${location.pathname}${hashOf(address)}`

/** Goes into a room, as if its address had been opened. */
export const openRoom = (address: RoomAddress): void => {
  history.replaceState(null, '', `${location.pathname}${hashOf(address)}`)
  location.reload()
}

/** An address that is edited, or a link that is pasted over this one, means another room. */
export const reloadOnOtherRoom = (current: RoomAddress): void => {
  addEventListener('hashchange', () => {
    const next = parseRoomAddress(location)
    if (next && (next.name !== current.name || next.password !== current.password)) location.reload()
  })
}

const hashOf = ({ name, password }: RoomAddress): string =>
  `#${encodeURIComponent(name)}${password ? `&${new URLSearchParams({ password }).toString()}` : ''}`

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
