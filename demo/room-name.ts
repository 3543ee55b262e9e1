/**
 * The room in the address: `#standup`, or `?room=standup`; with a password, `#standup&password=...`. `?window=10` makes
 * the resume window 10 seconds long, to see what comes after it.
 */

import { randomRoomName } from './words.js'

export type RoomAddress = {
  readonly name: string
  readonly password: string | null
  /** Null for that of the library. */
  readonly windowMs: number | null
}

/** Reads the address; puts a fresh name into it if there is none. */
export const readRoomAddress = (): RoomAddress => {
  const found = parseRoomAddress(location)
  if (found) return found
  const fresh = { name: randomRoomName(), password: null, windowMs: readWindow(location.search) }
  history.replaceState(null, '', hashOf(fresh))
  return fresh
}

/** The password stays behind the `#`, the part of an address that no browser sends to a server. */
export const parseRoomAddress = ({ hash, search }: Pick<Location, 'hash' | 'search'>): RoomAddress | null => {
  const [first = '', ...rest] = hash.slice(1).split('&')
  const name = decode(first).trim() || new URLSearchParams(search).get('room')?.trim()
  if (!name) return null
  const password = new URLSearchParams(rest.join('&')).get('password') || null
  return { name: name.slice(0, 100), password, windowMs: readWindow(search) }
}

/** What one sends to somebody else. */
export const inviteLink = (address: RoomAddress): string => `${location.origin}${pathOf(address)}`

/** Goes into a room, as if its address had been opened. */
export const openRoom = (address: RoomAddress): void => {
  history.replaceState(null, '', pathOf(address))
  location.reload()
}

/** An address that is edited, or a link that is pasted over this one, means another room. */
export const reloadOnOtherRoom = (current: RoomAddress): void => {
  addEventListener('hashchange', () => {
    const next = parseRoomAddress(location)
    if (next && (next.name !== current.name || next.password !== current.password)) location.reload()
  })
}

const pathOf = (address: RoomAddress): string => {
  const { windowMs } = address
  return `${location.pathname}${windowMs === null ? '' : `?window=${windowMs / 1000}`}${hashOf(address)}`
}

/** Shorter, and a timer that is late would end a session. */
const leastWindowMs = 3000

const readWindow = (search: string): number | null => {
  const seconds = Number(new URLSearchParams(search).get('window'))
  return seconds > 0 ? Math.max(leastWindowMs, seconds * 1000) : null
}

const hashOf = ({ name, password }: Pick<RoomAddress, 'name' | 'password'>): string =>
  `#${encodeURIComponent(name)}${password ? `&${new URLSearchParams({ password }).toString()}` : ''}`

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
