import { expect, test } from 'vitest'
import { createSpotlight, type SpotlightOptions } from '../../demo/recipes/spotlight.js'
import type { SessionKeys } from '../../src/hms/session-keys.js'
import { oddValues, putOdd, threeRooms, type RecipeRoom, type Rooms } from './rooms.js'

const clearAfterMs = 10_000

const withSpotlights = (rooms: Rooms, options: SpotlightOptions = {}) => {
  const of = (room: RecipeRoom) => createSpotlight(room, { clock: rooms.network.clock, clearAfterMs, ...options })
  return { ...rooms, of, lights: [rooms.ana, rooms.bo, rooms.cleo].map(of) }
}
const litOn = (lights: readonly { readonly peer: { readonly name: string } | null }[]) =>
  lights.map(({ peer }) => peer?.name ?? null)

test('[RECIPE1] somebody who is put into the spotlight is lit on every page, a late joiner’s as well', async () => {
  const { network, bo, lights, join, of } = withSpotlights(await threeRooms())
  lights[0]?.put(bo.self.id)
  await network.settle()
  expect(litOn([...lights, of(await join('Dev'))])).toEqual(['Bo', 'Bo', 'Bo', 'Bo'])
  lights[1]?.clear()
  await network.settle()
  expect(litOn(lights)).toEqual([null, null, null])
})

test('[RECIPE1] of two spotlights at once the same one is lit everywhere', async () => {
  const { network, ana, bo, lights } = withSpotlights(await threeRooms())
  lights[0]?.put(ana.self.id)
  lights[1]?.put(bo.self.id)
  await network.settle()
  expect(new Set(litOn(lights)).size).toBe(1)
  expect(litOn(lights)[0]).not.toBeNull()
})

test('[RECIPE1] a spotlight set before its peer is known here is lit once it is, and is not cleared meanwhile', async () => {
  const rooms = await threeRooms()
  const { network, join } = rooms
  const { lights } = withSpotlights(rooms, { idOf: ({ name }) => name })
  lights[0]?.put('Dev')
  await network.settle()
  const seen: (string | null)[] = []
  lights[1]?.observe(() => seen.push(lights[1]?.peer?.name ?? null))
  await network.advance(10 * clearAfterMs)
  expect(lights[2]?.id).toBe('Dev')
  await join('Dev')
  expect(litOn(lights)).toEqual(['Dev', 'Dev', 'Dev'])
  expect(seen[0]).toBeNull()
  expect(seen.at(-1)).toBe('Dev')
})

test('[RECIPE2] when its peer is missed, a spotlight is dark at once, and one page clears it after its time', async () => {
  // Under ids that may come back a goodbye is no end, and both miss it from the same moment on.
  const { network, ana, bo, cleo, lights } = withSpotlights(await threeRooms(), { idOf: ({ id }) => id })
  lights[0]?.put(bo.self.id)
  await network.settle()
  lights[1]?.stop()
  await bo.leave()
  await network.settle()
  expect(litOn([lights[0], lights[2]].flatMap(light => light ?? []))).toEqual([null, null])
  expect(lights[0]?.id).not.toBeNull()

  const clearedBy: string[] = []
  for (const { store, self } of [ana, cleo])
    store.observe('spotlight', ({ value, source }) => {
      if (value === null && source === 'local') clearedBy.push(self.name)
    })
  await network.advance(clearAfterMs - 100)
  expect(lights[0]?.id).not.toBeNull()
  // Both notice at once, and neither sees at once what the other does.
  await network.faults({ delayMs: 500 })
  await network.advance(3000)
  expect([ana, cleo].map(({ store }) => store.get('spotlight'))).toEqual([null, null])
  expect(clearedBy).toHaveLength(1)
})

test('[RECIPE2] when its peer says goodbye it is cleared at once, but for an id that may come back', async () => {
  const { network, ana, bo, cleo, lights } = withSpotlights(await threeRooms())
  const named = createSpotlight(cleo, { clock: network.clock, clearAfterMs, idOf: ({ name }) => name })
  lights[2]?.stop()
  const clearedBy: string[] = []
  for (const { store, self } of [ana, cleo])
    store.observe('spotlight', ({ value, source }) => {
      if (value === null && source === 'local') clearedBy.push(self.name)
    })
  lights[0]?.put(bo.self.id)
  await network.settle()
  lights[1]?.stop()
  await bo.leave()
  await network.settle()
  await network.advance(2000)
  expect([ana, cleo].map(({ store }) => store.get('spotlight'))).toEqual([null, null])
  expect(clearedBy).toHaveLength(1)

  const dev = await network.join<SessionKeys>({ room: 'recipes', name: 'Dev' })
  await network.settle()
  lights[0]?.stop()
  named.put('Dev')
  await dev.leave()
  await network.settle()
  await network.advance(clearAfterMs - 1000)
  expect([named.id, named.peer]).toEqual(['Dev', null])
  await network.advance(4000)
  expect(named.id).toBeNull()
})

test('[RECIPE2] if who would clear it has gone as well, another one does', async () => {
  const rooms = await threeRooms()
  const { network, ana, bo, cleo } = rooms
  const { lights } = withSpotlights(rooms)
  lights[0]?.put(bo.self.id)
  await network.settle()
  await network.crash(bo)
  await network.advance(5000)
  const [first, second] = [ana, cleo].sort((a, b) => (a.self.id < b.self.id ? -1 : 1))
  if (!first || !second) throw new Error('there are two')
  await network.advance(clearAfterMs - 6000)
  await network.crash(first)
  await network.advance(8000)
  expect(second.store.get('spotlight')).toBeNull()
})

test('[RECIPE2] a peer that is missed and comes back in time is lit again, and nothing was written', async () => {
  const { network, ana, bo, cleo, lights } = withSpotlights(await threeRooms())
  lights[0]?.put(bo.self.id)
  await network.settle()
  const changes: unknown[] = []
  for (const { store } of [ana, bo, cleo])
    store.observe('spotlight', change => change.source !== 'initial' && changes.push(change))
  bo.disconnect()
  await network.advance(6000)
  expect(litOn(lights)).toEqual([null, 'Bo', null])
  bo.connect()
  await network.advance(1000)
  expect(litOn(lights)).toEqual(['Bo', 'Bo', 'Bo'])
  await network.advance(10 * clearAfterMs)
  expect(changes).toEqual([])
  expect(litOn(lights)).toEqual(['Bo', 'Bo', 'Bo'])
})

test('[RECIPE2] who is cut off clears nothing, however long: it is the one that is missing', async () => {
  const { network, bo, cleo, lights } = withSpotlights(await threeRooms())
  lights[0]?.put(bo.self.id)
  await network.settle()
  await network.partition([bo], [cleo])
  await network.advance(5 * clearAfterMs)
  expect(lights[2]?.id).toBe(bo.self.id)
  expect(litOn(lights)[2]).toBeNull()
  await network.heal()
  await network.settle()
  await network.advance(2 * clearAfterMs)
  expect(litOn(lights)).toEqual(['Bo', 'Bo', 'Bo'])
})

test('[RECIPE2] who loses signaling while it misses somebody counts anew once it is back', async () => {
  const { network, ana, bo, cleo, lights } = withSpotlights(await threeRooms())
  await cleo.leave()
  lights[0]?.put(bo.self.id)
  await network.settle()
  await network.crash(bo)
  await network.advance(clearAfterMs)
  ana.disconnect()
  await network.advance(2 * clearAfterMs)
  expect(lights[0]?.id).not.toBeNull()
  ana.connect()
  await network.advance(clearAfterMs - 100)
  expect(lights[0]?.id).not.toBeNull()
  await network.advance(2000)
  expect(lights[0]?.id).toBeNull()
})

test('[RECIPE2] what is set on one side of a partition stays, though the other side clears what was there', async () => {
  const { network, ana, bo, cleo, lights } = withSpotlights(await threeRooms())
  lights[0]?.put(bo.self.id)
  await network.settle()
  await network.partition([ana], [bo, cleo])
  lights[1]?.put(cleo.self.id)
  await network.advance(clearAfterMs + 8000)
  expect(lights[0]?.id).toBeNull()
  await network.heal()
  await network.settle()
  expect(litOn(lights)).toEqual(['Cleo', 'Cleo', 'Cleo'])
})

test('[RECIPE2] a spotlight that was moved on meanwhile is not cleared with the one before', async () => {
  const { network, bo, cleo, lights } = withSpotlights(await threeRooms())
  lights[0]?.put(bo.self.id)
  await network.settle()
  await network.crash(bo)
  await network.advance(6000)
  lights[0]?.put(cleo.self.id)
  await network.advance(2 * clearAfterMs)
  expect(litOn([lights[0], lights[2]].flatMap(light => light ?? []))).toEqual(['Cleo', 'Cleo'])
})

test('[RECIPE2] a room that is left before the time is over is left alone', async () => {
  const { network, ana, bo, lights } = withSpotlights(await threeRooms())
  lights[0]?.put(bo.self.id)
  await network.settle()
  await network.crash(bo)
  await network.advance(6000)
  await ana.leave()
  await network.advance(2 * clearAfterMs)
})

test('[RECIPE2] a page that is never to clear the key does not do so at once, as timers would that wait too long', async () => {
  const { network, ana, bo } = await threeRooms()
  const schedule = (run: () => void, ms: number) => network.clock.schedule(run, ms < 2 ** 31 ? ms : 1)
  const light = createSpotlight(ana, { clearAfterMs: Infinity, clock: { ...network.clock, schedule } })
  light.put(bo.self.id)
  await network.settle()
  await network.crash(bo)
  await network.advance(clearAfterMs + 8000)
  expect(light).toMatchObject({ id: bo.self.id, peer: null })
  light.stop()
})

test('[RECIPE12] whatever stands in the key, nobody is lit, and somebody can be', async () => {
  const { network, ana, bo, lights } = withSpotlights(await threeRooms())
  for (const value of oddValues) {
    putOdd(ana, 'spotlight', value)
    await network.settle()
    expect(litOn(lights)).toEqual([null, null, null])
    lights[2]?.put(bo.self.id)
    await network.settle()
    expect(litOn(lights)).toEqual(['Bo', 'Bo', 'Bo'])
  }
})
