import { expect, test } from 'vitest'
import type { Room } from '../../src/room.js'
import { settlePromises } from '../support/manual-clock.js'
import { createRoomLab, type RoomLab } from '../support/room-lab.js'

const seeds = Array.from({ length: 40 }, (_, index) => index + 1)

/** Peers who wrote over each other's values, so that the state of each builds on the entries of all others. */
async function entangle(rooms: readonly Room[]): Promise<void> {
  for (const [round, room] of [...rooms, ...rooms].entries()) {
    room.store.set('spotlight', `round ${round}`)
    room.store.update('poll', poll => ({ ...(poll as object | null), [`vote ${round}`]: round }))
    room.store.update('pins', pins => [...((pins as string[] | null) ?? []), `pin ${round}`].slice(-3))
    await settlePromises()
  }
}

/** Everything that a newcomer ever sees, from the moment when it has joined. */
async function seenByNewcomer(lab: RoomLab): Promise<string[]> {
  const seen = new Set<string>()
  let isJoined = false
  const joining = lab.start({ name: 'newcomer' }).then(room => {
    isJoined = true
    room.store.observe('*', () => seen.add(JSON.stringify(room.store.getAll())))
    seen.add(JSON.stringify(room.store.getAll()))
    return room
  })
  while (!isJoined || lab.network.pending > 0) {
    await settlePromises()
    lab.network.deliver()
  }
  await joining
  return [...seen]
}

test.each(seeds)('[ROOM1] [MERGE13] a newcomer has all or nothing, whoever answers first (seed %i)', async seed => {
  const lab = createRoomLab(seed)
  const rooms = [await lab.join({ name: 'a' }), await lab.join({ name: 'b' }), await lab.join({ name: 'c' })]
  for (let round = 0; round < 2; round++) {
    await entangle(rooms)
    await lab.settle()
  }
  const expected = rooms[0]?.store.getAll()
  expect(rooms.map(room => room.store.getAll())).toEqual([expected, expected, expected])
  expect(await seenByNewcomer(lab)).toEqual([JSON.stringify(expected)])
  await lab.close()
})

test.each(seeds)(
  '[ROOM1] [MERGE13] a newcomer never sees an overwritten value gone before the new one (seed %i)',
  async seed => {
    const lab = createRoomLab(seed)
    const [a, b, c] = [await lab.join({ name: 'a' }), await lab.join({ name: 'b' }), await lab.join({ name: 'c' })]
    a.store.transact(() => {
      a.store.set('x', 'old')
      a.store.set('y', 'old')
    })
    await lab.settle()
    b.store.set('x', 'new')
    c.store.set('y', 'new')
    await lab.settle()
    expect(await seenByNewcomer(lab)).toEqual(['{"x":"new","y":"new"}'])
    await lab.close()
  },
)
