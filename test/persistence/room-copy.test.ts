import { expect, test } from 'vitest'
import type { CopyLife } from '../../src/persistence/persistence.js'
import { createRoomCopy } from '../../src/persistence/room-copy.js'
import type { Shelf } from '../../src/persistence/shelf.js'
import { createManualClock, settlePromises } from '../support/manual-clock.js'

const life: CopyLife = { sessionId: 's', aliveAt: 1, connectedAt: 1 }

/** Storage that works, fails, or never answers, and what it was asked to store. */
const openShelf = () => {
  const state: { mode: 'works' | 'fails' | 'hangs'; isThere: boolean } = { mode: 'works', isThere: true }
  const asked: string[] = []
  const answer = async <T>(call: string, value: T): Promise<T> => {
    asked.push(call)
    if (state.mode === 'fails') throw new DOMException('No room', 'QuotaExceededError')
    return state.mode === 'hangs' ? new Promise<T>(() => {}) : value
  }
  const shelf: Shelf = {
    holder: 'own',
    enter: () => answer('enter', undefined),
    others: () => answer('others', []),
    holders: () => answer('holders', new Set<string>()),
    add: (index, part) => answer(`add ${index} ${part.join()}`, undefined),
    replace: (index, part) => answer(`replace ${index} ${part.join()}`, undefined),
    touch: () => answer('touch', state.isThere),
    empty: () => answer('empty', undefined),
    remove: holders => answer(`remove ${holders.join()}`, undefined),
    release: () => answer('release', undefined),
    close: () => asked.push('close'),
  }
  const failures: string[] = []
  const clock = createManualClock()
  const copy = createRoomCopy(shelf, { clock, onFailure: cause => failures.push((cause as Error).name) })
  return { state, asked, failures, clock, copy }
}

/** A replica that counts what it knows. */
const openReplica = () => {
  let count = 0
  const snapshot = () => Uint8Array.of(count)
  return { snapshot, next: () => Uint8Array.of(++count) }
}

test('[PERSIST7] storage that fails is told once, left alone until the next sign of life, and then given a snapshot', async () => {
  const { state, asked, failures, copy } = openShelf()
  const { next, snapshot } = openReplica()
  copy.touch(life)
  for (let round = 0; round < 2; round++) copy.append(next(), snapshot)
  await copy.written()
  expect(asked.splice(0)).toEqual(['enter', 'touch', 'replace 1 1', 'add 2 2'])

  state.mode = 'fails'
  copy.append(next(), snapshot)
  await copy.written()
  for (let round = 0; round < 50; round++) copy.append(next(), snapshot)
  expect(asked.splice(0)).toEqual(['add 3 3'])
  copy.touch(life)
  await copy.written()
  expect(asked.splice(0)).toEqual(['touch', 'replace 4 53'])
  expect(failures).toEqual(['QuotaExceededError'])

  state.mode = 'works'
  copy.touch(life)
  copy.append(next(), snapshot)
  await copy.written()
  expect(asked).toEqual(['touch', 'replace 5 53', 'add 6 54'])
})

test('[PERSIST7] storage that hangs takes 16 writes and no more, and holds up neither reading nor leaving for long', async () => {
  const { state, asked, failures, clock, copy } = openShelf()
  const { next, snapshot } = openReplica()
  await copy.written()
  state.mode = 'hangs'
  const read = copy.read(() => true)
  for (let round = 0; round < 1000; round++) {
    copy.append(next(), snapshot)
    copy.touch(life)
  }
  expect(asked.filter(call => call !== 'others').length).toBe(1 + 16)
  await clock.advance(2000)
  expect(await read).toBeNull()
  const left = copy.discard()
  await clock.advance(2000)
  await left
  expect(failures).toEqual(['TimeoutError'])
  // So that a tab that goes on is the only holder.
  expect(asked.slice(-2)).toEqual(['release', 'close'])
  expect(clock.timers).toBe(0)
})

test('[PERSIST7] what could not be written yet is written before the copy is closed', async () => {
  const { state, asked, copy } = openShelf()
  const { next, snapshot } = openReplica()
  state.mode = 'fails'
  for (let round = 0; round < 3; round++) copy.append(next(), snapshot)
  await copy.written()
  asked.length = 0
  state.mode = 'works'
  await copy.close()
  expect(asked).toEqual(['replace 4 3', 'release', 'close'])
})

test('[PERSIST7] a snapshot that throws is told, and nothing else comes of it', async () => {
  const { failures, copy } = openShelf()
  copy.append(Uint8Array.of(1), () => {
    throw new RangeError('too much')
  })
  await copy.written()
  expect(failures).toEqual(['RangeError'])
  copy.append(Uint8Array.of(2), () => Uint8Array.of(2))
  await copy.close()
  expect(failures).toEqual(['RangeError'])
})

test('[PERSIST4] [PERSIST8] a holder whose chain somebody deleted writes it anew with its next sign of life', async () => {
  const { state, asked, failures, copy } = openShelf()
  const { next, snapshot } = openReplica()
  copy.touch(life)
  for (let round = 0; round < 3; round++) copy.append(next(), snapshot)
  await copy.written()
  asked.length = 0
  state.isThere = false
  copy.touch(life)
  await copy.written()
  expect(asked).toEqual(['touch', 'replace 4 3'])
  expect(failures).toEqual(['NotFoundError'])
})

test('[PERSIST7] each call begins before it returns, as nothing of a page runs once it is gone', async () => {
  const { asked, copy } = openShelf()
  const { next, snapshot } = openReplica()
  await settlePromises()
  copy.append(next(), snapshot)
  copy.touch(life)
  expect(asked).toEqual(['enter', 'replace 1 1', 'touch'])
  await copy.close()
})

test('[PERSIST6] a new chain begins with a snapshot, and nothing of the old replica is asked for', async () => {
  const { state, asked, copy } = openShelf()
  const { next, snapshot } = openReplica()
  for (let round = 0; round < 2; round++) copy.append(next(), snapshot)
  await copy.clear()
  asked.length = 0
  state.isThere = false
  copy.touch(life)
  await copy.written()
  expect(asked.splice(0)).toEqual(['touch'])
  copy.append(Uint8Array.of(7), () => Uint8Array.of(77))
  await copy.close()
  expect(asked[0]).toBe('replace 3 77')
})
