import { expect, test } from 'vitest'
import type { Room } from '../../src/room.js'
import { settlePromises } from '../support/manual-clock.js'
import { createRoomLab } from '../support/room-lab.js'

/** Peers who wrote over each other's values, so that the state of each builds on the entries of all others. */
async function entangle(rooms: readonly Room[]): Promise<void> {
  for (const [round, room] of [...rooms, ...rooms].entries()) {
    room.store.set('spotlight', `round ${round}`)
    room.store.update('poll', poll => ({ ...(poll as object | null), [`vote ${round}`]: round }))
    room.store.update('pins', pins => [...((pins as string[] | null) ?? []), `pin ${round}`].slice(-3))
    await settlePromises()
  }
}

test.each(Array.from({ length: 40 }, (_, index) => index + 1))(
  '[ROOM1] [MERGE13] a newcomer has all or nothing, whoever answers in whatever order (seed %i)',
  async seed => {
    const lab = createRoomLab(seed)
    const rooms = [await lab.join({ name: 'a' }), await lab.join({ name: 'b' }), await lab.join({ name: 'c' })]
    for (let round = 0; round < 2; round++) {
      await entangle(rooms)
      await lab.settle()
    }
    const expected = rooms[0]?.store.getAll()
    expect(rooms.map(room => room.store.getAll())).toEqual([expected, expected, expected])

    const seen = new Set<string>()
    let isJoined = false
    const joining = lab.start({ name: 'newcomer' }).then(room => {
      isJoined = true
      room.store.observe('*', () => seen.add(JSON.stringify(room.store.getAll())))
      seen.add(JSON.stringify(room.store.getAll()))
    })
    while (!isJoined || lab.network.pending > 0) {
      await settlePromises()
      if (!lab.network.deliver()) await settlePromises()
    }
    await joining
    expect([...seen]).toEqual([JSON.stringify(expected)])
    await lab.close()
  },
)
