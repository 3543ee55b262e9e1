import { expect, test } from 'vitest'
import { createMemoryPersistence } from '../../src/persistence/memory.js'
import { createManualClock } from '../support/manual-clock.js'

const life = { sessionId: 's', aliveAt: 1, connectedAt: 1 }

test('[PERSIST4] a tab that was killed stores and deletes nothing more, whatever still runs in it', async () => {
  const persistence = createMemoryPersistence()
  const tab = persistence.tab()
  const clock = createManualClock()
  const options = { room: 'room', clock, random: Math.random, onFailure: () => {} }
  const copy = await tab.open(options)
  copy.touch(life)
  copy.append(Uint8Array.of(1), () => Uint8Array.of(1))
  tab.crash()
  copy.append(Uint8Array.of(2), () => Uint8Array.of(2))
  copy.touch({ ...life, sessionId: 't' })
  await copy.clear()
  await copy.discard()
  const next = await persistence.open(options)
  expect(await next.read(() => true)).toEqual({ life, parts: [Uint8Array.of(1)] })
  await next.close()
  expect(clock.timers).toBe(0)
})

test('[PERSIST1] what is stored is a copy of the bytes', async () => {
  const persistence = createMemoryPersistence()
  const options = { room: 'room', clock: createManualClock(), random: Math.random, onFailure: () => {} }
  const copy = await persistence.open(options)
  const part = Uint8Array.of(1)
  copy.touch(life)
  for (let round = 0; round < 2; round++) copy.append(part, () => part)
  part[0] = 9
  await copy.close()
  const next = await persistence.open(options)
  expect(await next.read(() => true)).toEqual({ life, parts: [Uint8Array.of(1), Uint8Array.of(1)] })
  await next.close()
})
