import { describe, expect, test, vi } from 'vitest'
import type { Room } from '../../src/room.js'
import type { JoinOptions } from '../../src/room-options.js'
import { createNetwork, type TestNetwork } from '../../src/testing/index.js'

const joinMany = async (network: TestNetwork, count: number): Promise<Room[]> => {
  const rooms: Room[] = []
  for (let index = 0; index < count; index++) rooms.push(await network.join({ room: 'lab', name: `peer ${index}` }))
  await network.settle()
  return rooms
}
const joinThree = async (network: TestNetwork) => (await joinMany(network, 3)) as [Room, Room, Room]
const linked = ({ status }: Room) => status.links.flatMap(({ peerId, state }) => (state === 'open' ? [peerId] : []))

describe('join', () => {
  test('[TEST1] works with a room alone, and delivers what joining needs and no more', async () => {
    const network = createNetwork({ seed: 7 })
    const [a, b] = await joinThree(network)
    a.store.set('topic', 'Food?')
    expect(b.store.get('topic')).toBeNull()
    const late = await network.join({ room: 'lab' })
    expect(linked(late)).toHaveLength(1)
    expect(b.store.get('topic')).toBeNull()
    await network.settle()
    expect(linked(late)).toHaveLength(3)
    expect([b, late].map(({ store }) => store.get('topic'))).toEqual(['Food?', 'Food?'])
    expect(network.clock.monotonic()).toBe(0)
  })

  test('[TEST1] is not delayed by who has crashed and was not noticed', async () => {
    const network = createNetwork({ seed: 7 })
    const [a, b] = await joinThree(network)
    a.store.set('topic', 'Food?')
    await network.settle()
    await network.crash(b)
    const late = await network.join({ room: 'lab' })
    expect(late.store.get('topic')).toBe('Food?')
    expect(network.clock.monotonic()).toBe(0)
  })

  test('[TEST1] of several at once delivers for each', async () => {
    const network = createNetwork({ seed: 7 })
    const rooms = await Promise.all([1, 2, 3].map(() => network.join({ room: 'lab' })))
    await network.settle()
    for (const room of rooms) expect(linked(room)).toHaveLength(2)
    expect(network.clock.monotonic()).toBe(0)
  })

  test('[TEST1] rejects as joinRoom does', async () => {
    const network = createNetwork({ seed: 7 })
    await expect(network.join({ room: '' })).rejects.toMatchObject({ code: 'invalid-option' })
    await network.join({ room: 'lab' })
    const other = network.join({ room: 'lab', limits: { maxKeys: 1 } })
    await expect(other).rejects.toMatchObject({ code: 'limits-mismatch' })
    await expect(network.join({ room: 'lab', signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
  })

  test('[TEST1] moves the clock only where nothing else helps', async () => {
    const network = createNetwork({ seed: 7 })
    const [a] = await joinThree(network)
    a.store.set('topic', 'Food?')
    await network.settle()
    await network.faults({ delayMs: [100, 200] })
    const late = await network.join({ room: 'lab' })
    expect(late.store.get('topic')).toBe('Food?')
    expect(network.clock.monotonic()).toBeGreaterThanOrEqual(100)
    expect(network.clock.monotonic()).toBeLessThan(1000)
  })

  test('[TEST1] takes the place of transport and signaling, so that an app can be handed it for joinRoom', async () => {
    const network = createNetwork()
    const join = (options: JoinOptions) => network.join(options)
    const [a, b] = [await join({ room: 'lab', signaling: 'ws://localhost:4444' }), await join({ room: 'lab' })]
    expect(linked(b)).toEqual([a.self.id])
  })
})

describe('by hand', () => {
  test('[TEST2] a message is delivered at a time', async () => {
    const network = createNetwork({ seed: 7 })
    const [a, b, c] = await joinThree(network)
    expect(await network.deliver()).toBe(false)
    a.store.set('topic', 'Food?')
    expect(await network.deliver()).toBe(true)
    expect([b, c].filter(({ store }) => store.has('topic'))).toHaveLength(1)
    await network.settle()
    expect([b, c].filter(({ store }) => store.has('topic'))).toHaveLength(2)
    expect(await network.deliver()).toBe(false)
  })

  test('[TEST2] a long message is one message', async () => {
    const network = createNetwork({ seed: 7 })
    const [a, b] = (await joinMany(network, 2)) as [Room, Room]
    a.store.transact(() => {
      for (let index = 0; index < 60; index++) a.store.set(`key ${index}`, 'x'.repeat(1000))
    })
    await network.deliver()
    expect(b.store.keys()).toHaveLength(60)
  })

  test('[TEST2] time passes by advance alone', async () => {
    const network = createNetwork({ seed: 7 })
    const [a, b] = await joinThree(network)
    const before = network.clock.now()
    const delivered = a.store.whenDelivered({ to: 'any', timeoutMs: 60_000 })
    await network.advance(30_000)
    await delivered
    expect(network.clock.now()).toBe(before + 30_000)
    expect(a.peers).toHaveLength(2)
    expect(b.status.sync).toBe('synced')
  })

  test('[TEST2] settle waits for promises of the app, however long the chain', async () => {
    const network = createNetwork({ seed: 7 })
    const [a, b] = await joinThree(network)
    const answer = async () => {
      for (let step = 0; step < 1000; step++) await Promise.resolve()
      b.store.set('answer', 'Pizza')
    }
    b.on('message', () => void answer())
    a.send('Food?')
    await network.settle()
    expect(a.store.get('answer')).toBe('Pizza')
  })

  test('[TEST2] leaving ends at once, its goodbye on the way', async () => {
    const network = createNetwork({ seed: 7 })
    const [a, b, c] = await joinThree(network)
    a.store.set('topic', 'Food?')
    await a.leave()
    expect(b.peers).toHaveLength(2)
    await network.settle()
    for (const room of [b, c]) {
      expect(room.peers).toHaveLength(1)
      expect(room.store.get('topic')).toBe('Food?')
    }
  })
})

describe('a partition', () => {
  test('[TEST3] closes links before it returns, without a goodbye', async () => {
    const network = createNetwork({ seed: 7 })
    const [a, b, c] = await joinThree(network)
    const left: string[] = []
    a.on('peer-left', ({ peer }) => left.push(peer.id))
    void network.partition([a], [b, c])
    expect(linked(a)).toEqual([])
    expect(linked(b)).toEqual([c.self.id])
    await network.settle()
    expect(left).toEqual([])
    expect([a, b].map(({ status }) => [status.signaling, status.sync])).toEqual([
      ['connected', 'alone'],
      ['connecting', 'synced'],
    ])
  })

  test('[TEST3] loses what is on the way', async () => {
    const network = createNetwork({ seed: 7 })
    const [a, b, c] = await joinThree(network)
    b.send('lost')
    const heard: unknown[] = []
    for (const room of [a, c]) room.on('message', ({ data }) => heard.push(data))
    await network.partition([a], [b], [c])
    await network.settle()
    expect(heard).toEqual([])
    expect(await network.deliver()).toBe(false)
  })

  test('[TEST3] has in its first group who is in none, and who joins', async () => {
    const network = createNetwork({ seed: 7 })
    const [a, b, c] = await joinThree(network)
    await network.partition([a], [b])
    const late = await network.join({ room: 'lab' })
    await network.settle()
    expect(linked(late).sort()).toEqual([a.self.id, c.self.id].sort())
    expect(linked(b)).toEqual([])
    expect(b.status.sync).toBe('offline')
    await network.partition([b], [a, c])
    await network.settle()
    expect(linked(late)).toEqual([b.self.id])
  })

  test('[TEST3] heals at once, and all merge without time', async () => {
    const network = createNetwork({ seed: 7 })
    const rooms = await joinThree(network)
    const [a, b, c] = rooms
    await network.partition([a], [b, c])
    a.store.set('a', 1)
    b.store.set('b', 2)
    await network.settle()
    expect(c.store.getAll()).toEqual({ b: 2 })
    void network.heal()
    expect(await network.deliver()).toBe(true)
    await network.settle()
    for (const room of rooms) expect(room.store.getAll()).toEqual({ a: 1, b: 2 })
    await Promise.all(rooms.map(({ store }) => store.whenDelivered({ to: 'all' })))
    expect(network.clock.monotonic()).toBe(0)
  })
})

test('[TEST4] a room that crashes says nothing, and is noticed in time', async () => {
  const network = createNetwork({ seed: 7 })
  const [a, b, c] = await joinThree(network)
  a.store.set('topic', 'Food?')
  void network.crash(a)
  expect(() => a.store.get('topic')).toThrow(expect.objectContaining({ code: 'left' }))
  await network.settle()
  expect(b.peers.map(({ id }) => id).sort()).toEqual([a.self.id, c.self.id].sort())
  expect(b.store.get('topic')).toBeNull()
  await network.advance(5000)
  expect(b.peers.map(({ id }) => id)).toEqual([c.self.id])
  await network.crash(a)
  await a.leave()
})

describe('what repeats', () => {
  const play = async (seed: number) => {
    const network = createNetwork({ seed })
    const [a, b, c] = await joinThree(network)
    await network.faults({ drop: 0.2, duplicate: 0.2, reorder: 0.2, delayMs: [0, 50] })
    a.store.set('topic', 'Food?')
    b.store.set('topic', 'Drinks?')
    await network.deliver()
    await network.partition([a], [b, c])
    c.store.set('answer', 'Pizza')
    await network.advance(3000)
    await network.faults({})
    await network.heal()
    await network.crash(b)
    await network.settle()
    await a.leave()
    return network.trace
  }

  test('[TEST7] the same seed and calls give the same trace, ids included', async () => {
    const trace = await play(5)
    expect(await play(5)).toEqual(trace)
    expect(structuredClone(trace)).toEqual(trace)
    expect(new Set(trace.map(({ type }) => type))).toEqual(
      new Set(
        (
          'join leave crash partition heal faults advance link unlink ' +
          'sent arrived dropped duplicated overtaken delayed'
        ).split(' '),
      ),
    )
    expect(await play(6)).not.toEqual(trace)
  })
})

describe('clocks', () => {
  test('[TEST8] a room can have a wall clock that is wrong, or jumps', async () => {
    const network = createNetwork({ seed: 7 })
    let jumpMs = 0
    const slow = await network.join({ room: 'lab', skewMs: -60_000 })
    const jumping = await network.join({ room: 'lab', skewMs: () => jumpMs })
    const startedAt = network.clock.now()
    expect([slow, jumping].map(({ self }) => self.joinedAt - startedAt)).toEqual([-60_000, 0])
    jumpMs = 3_600_000
    await network.settle()
    jumping.send('now')
    const told = new Promise<number>(resolve => {
      slow.on('message', ({ sentAt }) => resolve(sentAt))
    })
    // A clock that jumps may be that of a laptop that slept. It takes an answer to tell, and no time (SPEC SESSION12).
    await network.settle()
    expect((await told) - startedAt).toBe(3_600_000)
    await network.advance(10_000)
    expect(slow.peers).toHaveLength(1)
  })

  test('[TEST8] no timer of the machine is needed or left', async () => {
    vi.useFakeTimers()
    try {
      const network = createNetwork({ seed: 7 })
      const rooms = await joinMany(network, 3)
      await network.advance(1000)
      await network.crash(rooms[0] as Room)
      for (const room of rooms) await room.leave()
      await network.settle()
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })
})
