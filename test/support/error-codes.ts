import type { Room } from '../../src/room.js'

/** The codes of all errors that a room tells of from now on. */
export const codesOf = (room: Room): string[] => {
  const codes: string[] = []
  room.on('error', ({ code }) => codes.push(code))
  return codes
}
