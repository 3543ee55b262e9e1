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

/** Leaves each linked to the one before and the one after it alone. */
export const chainAll = async (lab: RoomLab, rooms: readonly Room[]): Promise<void> => {
  for (const [index, a] of rooms.entries())
    for (const b of rooms.slice(index + 2)) lab.network.cut(a.self.id, b.self.id)
  await lab.settle()
  await lab.advance(5000)
}
