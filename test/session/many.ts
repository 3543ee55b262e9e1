import type { Room } from '../../src/room.js'
import type { RoomLab } from '../support/room-lab.js'

/** Joins one after the other. */
export const joinAll = async (lab: RoomLab, names: readonly string[]): Promise<Room[]> => {
  const rooms: Room[] = []
  for (const name of names) rooms.push(await lab.join({ name }))
  return rooms
}

export const at = (rooms: readonly Room[], index: number): Room => {
  const room = rooms[index]
  if (!room) throw new Error(`There is no room ${index}`)
  return room
}
