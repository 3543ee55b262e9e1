import { expect, test } from 'vitest'
import type { Room } from '../../src/room.js'
import { createNetwork } from '../../src/testing/network.js'
import { createRandom } from '../support/random.js'

const count = Number(process.env['TEXT_SEEDS'] ?? 12)
const first = Number(process.env['TEXT_FROM'] ?? 1)

/** Rooms in which people type while messages are late, doubled, lost, and groups are apart for a while. */
const run = async (seed: number): Promise<readonly Room[]> => {
  const network = createNetwork({ seed })
  const random = createRandom(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const rooms: Room[] = []
  const join = async () => void rooms.push(await network.join({ room: 'lab' }))
  const act = (room: Room) => {
    const text = room.store.text('notes')
    const at = below(text.length + 1)
    const roll = below(20)
    if (roll === 0) room.store.delete('notes')
    else if (roll === 1) room.store.set('notes', `set ${below(3)}`)
    else if (roll === 2) room.store.set('other', below(9))
    else if (roll < 7) text.delete(Math.min(at, Math.max(text.length - 1, 0)), Math.min(2, text.length - at))
    else text.insert(at, 'abcdef'[below(6)] ?? '')
  }
  for (let i = 0; i < 3; i++) await join()
  for (let step = 0; step < 120; step++) {
    const room = rooms[below(rooms.length)]
    if (room && below(2)) act(room)
    const roll = below(60)
    if (roll === 0) await network.faults({ drop: 0.1, duplicate: 0.1, reorder: 0.2 })
    else if (roll === 1) await network.faults({ drop: 0 })
    else if (roll === 2) await network.partition(rooms.slice(0, 1), rooms.slice(1))
    else if (roll === 3) await network.heal()
    else if (roll === 4 && rooms.length < 5) await join()
    else if (roll === 5) await network.advance(below(4000))
    else for (let i = below(8); i > 0; i--) await network.deliver()
  }
  await network.heal()
  await network.faults({ drop: 0 })
  await network.advance(300_000)
  await network.settle()
  return rooms
}

test.each(Array.from({ length: count }, (_, i) => first + i))(
  '[TEXT4] [SYNC6] whatever gets lost on the way, all see the same text in the end (TEXT_SEEDS=1 TEXT_FROM=%i)',
  async seed => {
    const rooms = await run(seed)
    const shown = rooms.map(({ store }) => [store.getAll(), store.text('notes').toString()])
    const [model] = shown
    for (const each of shown) expect(each).toEqual(model)
    // A string that was set while somebody typed may have won: then the handle goes on showing the text.
    const conflicts = rooms[0]?.store.conflicts('notes').map(({ value }) => value)
    expect([rooms[0]?.store.get('notes') ?? '', ...(conflicts ?? [])]).toContain(model?.[1])
    for (const room of rooms) void room.leave()
  },
)
