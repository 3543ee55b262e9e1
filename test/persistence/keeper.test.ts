import { expect, test } from 'vitest'
import { createKeeper, type KeptReplica } from '../../src/persistence/keeper.js'
import type { CopyLife, StoredCopy } from '../../src/persistence/persistence.js'
import { createMemoryPersistence, type MemoryPersistence } from '../../src/persistence/memory.js'
import { decodeMessage, encodeMessage } from '../../src/wire/peer-messages.js'
import { createManualClock, settlePromises, type ManualClock } from '../support/manual-clock.js'
import { exchange, openReplica } from '../support/replicas.js'

/** A copy that is a list, and a keeper that writes into it. */
const openKeeper = (replica: { readonly replica: KeptReplica }, clock: ManualClock = createManualClock()) => {
  const parts: Uint8Array[] = []
  const lives: CopyLife[] = []
  const snapshots: (() => Uint8Array)[] = []
  const problems: string[] = []
  const session = { id: 's' }
  const keeper = createKeeper({
    copy: {
      append: (part, snapshot) => {
        parts.push(part)
        snapshots.push(snapshot)
      },
      touch: life => lives.push(life),
    },
    replica: replica.replica,
    clock,
    life: () => ({ sessionId: session.id, aliveAt: clock.now(), connectedAt: 0 }),
    onFailure: cause => problems.push((cause as Error).message),
  })
  return { keeper, parts, lives, snapshots, problems, clock, session }
}

const stored = (parts: readonly Uint8Array[]): StoredCopy => ({
  life: { sessionId: 's', aliveAt: 0, connectedAt: 0 },
  parts,
})

/** What a new life has that begins with these parts, and what it was told. */
const reloaded = (parts: readonly Uint8Array[], writer = 99) => {
  const replica = openReplica('again', writer)
  const { keeper, problems } = openKeeper(replica)
  keeper.load(stored(parts))
  keeper.stop()
  return { replica, problems, all: replica.store.getAll() }
}

test('[PERSIST9] what is new is stored at once, then every 200 ms at most, and the last always', async () => {
  const ana = openReplica('ana', 7)
  const { keeper, parts, clock } = openKeeper(ana)
  keeper.onTurn()
  expect(parts.length).toBe(0)
  for (let n = 1; n <= 50; n++) {
    ana.store.set('n', n)
    keeper.onTurn()
    await clock.advance(10)
  }
  expect(parts.length).toBe(3)
  await clock.advance(200)
  expect(parts.length).toBe(4)
  expect(reloaded(parts).all).toEqual({ n: 50 })
  keeper.stop()
})

test('[PERSIST9] nothing is stored where nothing changed', async () => {
  const ana = openReplica('ana', 7)
  const { keeper, parts, clock } = openKeeper(ana)
  ana.store.set('a', 1)
  ana.store.text('notes').insert(0, 'hi')
  await settlePromises()
  for (let round = 0; round < 20; round++) {
    keeper.onTurn()
    await clock.advance(300)
  }
  expect(parts.length).toBe(1)
  keeper.stop()
})

test('[PERSIST9] typing and deleting in a text are stored, and a text that did not change is not stored again', async () => {
  const ana = openReplica('ana', 7)
  const { keeper, parts, clock } = openKeeper(ana)
  const save = async () => {
    await settlePromises()
    keeper.onTurn()
    await clock.advance(300)
  }
  ana.store.text('notes').insert(0, 'hello world')
  ana.store.text('long').insert(0, 'x'.repeat(5000))
  await save()
  ana.store.text('notes').delete(0, 6)
  await save()
  for (let n = 0; n < 3; n++) {
    ana.store.set('n', n)
    await save()
  }
  expect(reloaded(parts).all).toEqual({ n: 2, notes: 'world', long: 'x'.repeat(5000) })
  const [first, ...others] = parts
  expect(first?.length).toBeGreaterThan(5000)
  for (const part of others) expect(part.length).toBeLessThan(400)
  const last = decodeMessage(parts.at(-1) ?? new Uint8Array())
  expect(last).toMatchObject({ type: 'update' })
  expect(last && 'texts' in last).toBe(false)
  keeper.stop()
})

test('[PERSIST9] what comes from others is stored too, and each snapshot holds all of it', async () => {
  const [ana, bo] = [openReplica('ana', 7), openReplica('bo', 9)]
  const { keeper, parts, snapshots, clock } = openKeeper(ana)
  for (let n = 0; n < 5; n++) {
    bo.store.set(`bo${n}`, n)
    bo.store.text('notes').insert(0, `${n}`)
    ana.store.set(`ana${n}`, n)
    await settlePromises()
    exchange(ana, bo)
    keeper.onTurn()
    await clock.advance(300)
  }
  expect(reloaded(parts).all).toEqual(bo.store.getAll())
  expect(reloaded([snapshots[0]?.() ?? new Uint8Array()]).all).toEqual(bo.store.getAll())
  keeper.stop()
})

test('[PERSIST9] typing that comes after what it came with is stored', () => {
  let typed = Uint8Array.of(1)
  const texts = () => [{ key: 'notes', bytes: typed }]
  const replica: KeptReplica = {
    stateVector: () => Uint8Array.of(1, 7, 7),
    updateSince: () => Uint8Array.of(0, 0),
    receive: () => ({ outcome: 'known' }),
    texts: { stateVectors: texts, updatesSince: texts },
  }
  const { keeper, parts } = openKeeper({ replica })
  keeper.flush()
  typed = Uint8Array.of(2)
  keeper.flush()
  keeper.flush()
  keeper.stop()
  expect(parts.map(part => decodeMessage(part))).toMatchObject([
    { texts: [{ key: 'notes', bytes: Uint8Array.of(1) }] },
    { texts: [{ key: 'notes', bytes: Uint8Array.of(2) }] },
  ])
})

test('[PERSIST9] flush stores what is new and that the peer is alive before it returns', () => {
  const ana = openReplica('ana', 7)
  const { keeper, parts, lives, clock } = openKeeper(ana)
  ana.store.set('a', 1)
  keeper.onTurn()
  clock.sleep(20)
  ana.store.set('a', 2)
  keeper.onTurn()
  expect(parts.length).toBe(1)
  keeper.flush()
  expect(reloaded(parts).all).toEqual({ a: 2 })
  expect(lives.at(-1)?.aliveAt).toBe(clock.now())
  keeper.flush()
  expect(parts.length).toBe(2)
  keeper.stop()
})

test('[PERSIST9] life is stored at once, every 3 s, and when the session changes; after stop nothing is', async () => {
  const ana = openReplica('ana', 7)
  const { keeper, parts, lives, clock, session } = openKeeper(ana)
  expect(lives.length).toBe(1)
  await clock.advance(9000)
  expect(lives.map(({ aliveAt }) => aliveAt - (lives[0]?.aliveAt ?? 0))).toEqual([0, 3000, 6000, 9000])
  session.id = 'older'
  keeper.onTurn()
  keeper.onTurn()
  expect(lives.map(({ sessionId }) => sessionId)).toEqual(['s', 's', 's', 's', 'older'])
  ana.store.set('a', 1)
  keeper.onTurn()
  ana.store.set('a', 2)
  keeper.onTurn()
  keeper.stop()
  keeper.stop()
  keeper.onTurn()
  keeper.flush()
  await clock.advance(10_000)
  expect(parts.length).toBe(1)
  expect(lives.length).toBe(5)
  expect(clock.timers).toBe(0)
})

test('[PERSIST10] parts are used in whatever order they can be, and what nothing here continues is told', async () => {
  const ana = openReplica('ana', 7)
  const { keeper, parts, clock } = openKeeper(ana)
  for (let n = 0; n < 6; n++) {
    ana.store.set(`k${n}`, { n })
    keeper.onTurn()
    await clock.advance(300)
  }
  keeper.stop()
  expect(parts.length).toBe(6)
  const backwards = reloaded([...parts].reverse())
  expect(backwards.all).toEqual(ana.store.getAll())
  expect(backwards.problems).toEqual([])

  const holed = reloaded(parts.filter((_, index) => index !== 3))
  expect(Object.keys(holed.all)).toEqual(['k0', 'k1', 'k2'])
  expect(holed.problems).toEqual(['Something is missing in the copy.'])
})

test('[PERSIST10] what is malformed or refused is left out and told, the rest is used', () => {
  const ana = openReplica('ana', 7)
  const { keeper, parts } = openKeeper(ana)
  ana.store.set('a', 1)
  keeper.flush()
  keeper.stop()
  const [part = new Uint8Array()] = parts
  const bad = [
    new Uint8Array(),
    Uint8Array.of(255, 255, 1),
    part.subarray(0, part.length - 1),
    encodeMessage({ type: 'bye' }),
    encodeMessage({ type: 'update', update: Uint8Array.of(1, 2, 3) }),
  ]
  for (const strange of bad) {
    const { all, problems } = reloaded([strange, part])
    expect(all).toEqual({ a: 1 })
    expect(problems.length).toBe(1)
  }
  // A log in the name of the writer that reads it.
  expect(reloaded(parts, 7).problems).toEqual([expect.stringContaining('refused')])
})

/** A page of one origin: it goes on from the copy, under a writer of its own. */
const openPage = async (persistence: MemoryPersistence, writer: number, clock: ManualClock) => {
  const copy = await persistence.open({
    room: 'room',
    clock,
    random: Math.random,
    onFailure: cause => expect(cause).toBe(null),
  })
  const replica = openReplica(`page ${writer}`, writer)
  const found = await copy.read(() => true)
  const keeper = createKeeper({
    copy,
    replica: replica.replica,
    clock,
    life: () => ({ sessionId: 's', aliveAt: clock.now(), connectedAt: clock.now() }),
    onFailure: cause => expect(cause).toBe(null),
  })
  if (found) keeper.load(found)
  const turn = async () => {
    await settlePromises()
    keeper.onTurn()
    await clock.advance(300)
  }
  await turn()
  const close = async () => {
    keeper.flush()
    keeper.stop()
    await copy.close()
  }
  return { ...replica, turn, close }
}

test('[PERSIST10] thirty lives, one after the other and two at once, each as a new writer, lose nothing', async () => {
  const persistence = createMemoryPersistence()
  const clock = createManualClock()
  const other = await openPage(persistence, 500, clock)
  other.store.counter('loads').increment()
  await other.turn()
  for (let life = 1; life <= 30; life++) {
    const page = await openPage(persistence, life, clock)
    page.store.counter('loads').increment()
    page.store.list('list').push(life)
    page.store.text('notes').insert(0, `${life} `)
    await page.turn()
    page.store.set('last', life)
    await settlePromises()
    await page.close()
  }
  other.store.set('other', 'still here')
  await other.turn()
  await other.close()
  const last = await openPage(persistence, 1000, clock)
  expect(last.store.getAll()).toEqual({
    loads: 31,
    list: Array.from({ length: 30 }, (_, index) => index + 1),
    notes: Array.from({ length: 30 }, (_, index) => `${30 - index} `).join(''),
    last: 30,
    other: 'still here',
  })
  await last.close()
})
