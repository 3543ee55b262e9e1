import type { CopyLife, OpenCopyOptions, Persistence, RoomCopy } from './persistence.js'
import { createRoomCopy } from './room-copy.js'
import type { Shelf } from './shelf.js'

/** One tab of the origin whose storage this is. */
export type MemoryTab = Persistence & {
  /**
   * The tab is killed: nothing that its rooms do from here on is stored, and it holds no room. What they had
   * appended is, as storage outlives a page. As with a Web Lock, nothing else tells a tab that was killed from one
   * that is silent; so who crashes a room calls this.
   */
  crash(): void
}

/** Storage of one process, as an origin's: rooms opened on it, one after another or at once, share their copies. */
export type MemoryPersistence = Persistence & { tab(): MemoryTab }

type Row = { isHeld: boolean; life: CopyLife | null; parts: Map<number, Uint8Array> }
/** By holder. */
type Rows = Map<string, Row>

/** Without timers and clocks of its own: for tests and simulators. It survives what the process survives. */
export const createMemoryPersistence = (): MemoryPersistence => {
  const rooms = new Map<string, Rows>()
  let holders = 0
  const tab = (): MemoryTab => {
    let isAlive = true
    const held = new Set<Row>()
    return {
      name: 'memory',
      open: async options => openOn(rooms, `${++holders}`, options, { held, isAlive: () => isAlive }),
      crash: () => {
        isAlive = false
        for (const row of held) row.isHeld = false
      },
    }
  }
  return { ...tab(), tab }
}

const openOn = (
  rooms: Map<string, Rows>,
  holder: string,
  { room, ...options }: OpenCopyOptions,
  { held, isAlive }: { held: Set<Row>; isAlive: () => boolean },
): RoomCopy => {
  const rows: Rows = rooms.get(room) ?? new Map<string, Row>()
  rooms.set(room, rows)
  const own: Row = { isHeld: true, life: null, parts: new Map() }
  const isOther = ([name]: [string, Row]) => name !== holder
  /** What a tab does after its crash comes to nothing. */
  const change = async (write: () => void): Promise<void> => {
    if (isAlive()) write()
  }
  const shelf: Shelf = {
    holder,
    enter: () =>
      change(() => {
        rows.set(holder, own)
        held.add(own)
      }),
    others: async isWanted =>
      [...rows].filter(isOther).map(([name, { life, parts }]) => ({
        holder: name,
        life,
        parts: isWanted(life) ? [...parts.values()] : null,
      })),
    holders: async () => new Set([...rows].filter(row => isOther(row) && row[1].isHeld).map(([name]) => name)),
    add: (index, part) => change(() => own.parts.set(index, part.slice())),
    replace: (index, part, outdated) =>
      change(() => {
        own.parts = new Map([[index, part.slice()]])
        for (const name of outdated) rows.delete(name)
      }),
    touch: async life => {
      const isThere = rows.has(holder)
      await change(() => {
        own.life = life
        rows.set(holder, own)
      })
      return isThere
    },
    empty: () =>
      change(() => {
        own.life = null
        own.parts.clear()
      }),
    remove: names =>
      change(() => {
        for (const name of names) rows.delete(name)
      }),
    release: () =>
      change(() => {
        own.isHeld = false
        held.delete(own)
      }),
    close: () => {},
  }
  return createRoomCopy(shelf, options)
}
