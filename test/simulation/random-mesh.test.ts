import { expect, test } from 'vitest'
import type { Room } from '../../src/room.js'
import { createRandom } from '../support/random.js'
import { createRoomLab } from '../support/room-lab.js'

const runs = Number(process.env['HEARTH_RUNS'] ?? 25)
const firstSeed = Number(process.env['HEARTH_SEED'] ?? 1)

/** Whatever links come and go, and whoever writes meanwhile: once the mesh hangs together all hold the same. */
const run = async (seed: number) => {
  const lab = createRoomLab(seed)
  const random = createRandom(seed + 1_000_000)
  const pick = <T>(items: readonly T[]): T => {
    const item = items[Math.floor(random() * items.length)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }
  const rooms: Room[] = []
  const errors: string[] = []
  const heard = new Map<Room, string[]>()
  const join = async () => {
    const room = await lab.join({ name: `peer ${rooms.length}` })
    room.on('error', ({ code, details }) => errors.push(`${code} ${JSON.stringify(details)}`))
    const inbox: string[] = []
    heard.set(room, inbox)
    room.on('message', ({ from, data }) => inbox.push(`${from} ${String(data)}`))
    rooms.push(room)
  }
  const cuts: [string, string][] = []
  let messages = 0
  const steps = [
    () => pick(rooms).store.set(`key ${Math.floor(random() * 5)}`, random()),
    () => pick(rooms).store.delete(`key ${Math.floor(random() * 5)}`),
    () =>
      pick(rooms).store.update('list', list =>
        [...((list as number[] | null) ?? []), Math.floor(random() * 100)].slice(-8),
      ),
    () =>
      pick(rooms).store.update('object', object => ({
        ...(object as object | null),
        [`field ${Math.floor(random() * 4)}`]: random(),
      })),
    () => pick(rooms).send(++messages),
    () => lab.network.closeLink(pick(rooms).self.id, pick(rooms).self.id),
    () => {
      const [a, b] = [pick(rooms).self.id, pick(rooms).self.id]
      if (a === b) return
      cuts.push([a, b])
      lab.network.cut(a, b)
    },
    () => {
      const cut = cuts.shift()
      if (cut) lab.network.mend(...cut)
    },
    () => pick(rooms).disconnect(),
    () => pick(rooms).connect(),
  ]

  for (let index = 0; index < 2 + Math.floor(random() * 4); index++) await join()
  for (let step = 0; step < 120; step++) {
    pick(steps)()
    const kind = random()
    if (kind < 0.1) await lab.advance(Math.floor(random() * 3000))
    else if (kind < 0.5) for (let count = random() * 10; count > 0; count--) lab.network.deliver()
    else await Promise.resolve()
    if (step === 60) await join()
  }
  // The mesh hangs together again, if only as a chain.
  for (const cut of cuts) lab.network.mend(...cut)
  for (const room of rooms) room.connect()
  await lab.settle()
  if (random() < 0.5)
    for (const [index, a] of rooms.entries())
      for (const b of rooms.slice(index + 2)) lab.network.cut(a.self.id, b.self.id)
  await lab.advance(30_000)

  expect(errors).toEqual([])
  for (const room of rooms) {
    expect(room.store.getAll()).toEqual(rooms[0]?.store.getAll())
    expect(room.store.usage).toEqual(rooms[0]?.store.usage)
    expect(room.sessionId).toBe(rooms[0]?.sessionId)
    expect(room.peers.map(({ id }) => id).sort()).toEqual(
      rooms.flatMap(({ self }) => (self.id === room.self.id ? [] : [self.id])).sort(),
    )
    expect(new Set(heard.get(room)).size, 'messages that came twice').toBe(heard.get(room)?.length)
  }
  lab.sent.length = 0
  await lab.advance(30_000)
  expect([...new Set(lab.sent.map(({ message }) => message.type))].sort()).toEqual(['check', 'ping', 'pong'])
  await lab.close()
  expect(lab.clock.timers).toBe(0)
}

test('[SYNC2] [SYNC4] [SESSION5] whatever links come and go, all end with the same', async () => {
  for (let seed = firstSeed; seed < firstSeed + runs; seed++)
    try {
      await run(seed)
    } catch (cause) {
      const again = `HEARTH_SEED=${seed} HEARTH_RUNS=1 npx vitest run --project simulation test/simulation/random-mesh.test.ts`
      throw new Error(`Seed ${seed} fails; repeat it with: ${again}`, { cause })
    }
})
