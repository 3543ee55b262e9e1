import { describe, expect, test } from 'vitest'
import type { Room } from '../../src/room.js'
import type { JoinOptions } from '../../src/room-options.js'
import { packFrames } from '../../src/wire/frames.js'
import { encodeMessage } from '../../src/wire/peer-messages.js'
import { createManualClock, settlePromises, type ManualClock } from '../support/manual-clock.js'
import { roomLabOfFile } from '../support/room-lab.js'
import { createStranger } from '../support/stranger.js'

const lab = roomLabOfFile()

const joinMany = async (count: number, options: Partial<JoinOptions> = {}): Promise<Room[]> => {
  const rooms: Room[] = []
  for (let index = 0; index < count; index++) rooms.push(await lab().join({ name: `peer ${index}`, ...options }))
  return rooms
}
/** What was sent, by type. */
const counts = (): Record<string, number> => {
  const byType: Record<string, number> = {}
  for (const { message } of lab().sent) byType[message.type] = (byType[message.type] ?? 0) + 1
  return byType
}
const forgetSent = () => void lab().sent.splice(0)
const values = (rooms: readonly Room[], key: string) => rooms.map(room => room.store.get(key))
/** No link between any two, but from each to the next. */
const chain = async (rooms: readonly Room[]) => {
  for (const [index, a] of rooms.entries())
    for (const b of rooms.slice(index + 2)) lab().network.cut(a.self.id, b.self.id)
  await lab().settle()
}

describe('a new link', () => {
  test('[SYNC5] acknowledges what its writer wrote and others brought before', async () => {
    const [a, b, c] = (await joinMany(3)) as [Room, Room, Room]
    await chain([a, b, c])
    const deliver = async (from: Room, to: Room, most = Infinity) => {
      await settlePromises()
      for (let count = 0; count < most; count++)
        if (!lab().network.deliver({ from: from.self.id, to: to.self.id })) break
      await settlePromises()
    }
    lab().network.mend(a.self.id, c.self.id)
    // Each hears that it is dialled, then of its link, into which it asks for state.
    await deliver(a, c, 2)
    await deliver(c, a, 2)
    a.store.set('topic', 'Food?')
    await deliver(a, b)
    await deliver(b, c)
    expect(c.store.get('topic')).toBe('Food?')
    await deliver(a, c)
    await deliver(c, a)
    await lab().settle()
    const delivered = a.store.whenDelivered({ to: 'all', timeoutMs: 1 })
    await lab().advance(1)
    await delivered
  })

  test('[SYNC1] begins with hello and step 1 of both sides, in one frame each', async () => {
    const [a] = await joinMany(1)
    const stranger = createStranger(lab())
    await lab().settle()
    expect(stranger.heard.map(({ from, message }) => [from, message.type])).toEqual([
      [a?.self.id, 'hello'],
      [a?.self.id, 'sync-step-1'],
    ])
    stranger.leave()
  })

  test('[SYNC1] that brings no hello in time is closed and dialled again', async () => {
    await joinMany(1)
    const stranger = createStranger(lab())
    await lab().settle()
    const [first] = stranger.links.values()
    await lab().advance(3500)
    expect([...stranger.links.values()]).toEqual([first])
    stranger.say({ type: 'ping' })
    await lab().advance(1000)
    const [second] = stranger.links.values()
    expect(second).toBeDefined()
    expect(second).not.toBe(first)
    stranger.leave()
  })

  test('[SYNC2] gives each side what the other had, both ways at once', async () => {
    const [a, b] = await joinMany(2)
    a?.store.set('from a', 1)
    await lab().settle()
    a?.disconnect()
    await lab().settle()
    a?.store.set('apart', 'a')
    b?.store.set('from b', 2)
    b?.store.delete('from a')
    a?.connect()
    await lab().settle()
    for (const room of [a, b]) expect(room?.store.getAll()).toEqual({ apart: 'a', 'from b': 2 })
  })

  test('[SYNC2] brings a state of many frames', async () => {
    const [a] = await joinMany(1)
    for (let key = 0; key < 60; key++) a?.store.set(`key ${key}`, 'x'.repeat(1000))
    const b = await lab().join()
    expect(b.store.getAll()).toEqual(a?.store.getAll())
    expect(b.store.usage.bytes).toBeGreaterThan(60_000)
  })

  test('[SYNC11] several at once bring states that each build on the other', async () => {
    const [a, b] = await joinMany(2)
    a?.store.set('key', 'a1')
    await lab().settle()
    b?.store.set('key', 'b1')
    await lab().settle()
    a?.store.set('key', 'a2')
    await lab().settle()
    // A newcomer that both let in before either state is there: a's entries come over the link to a alone.
    for (let seed = 2; seed < 12; seed++) {
      const c = await lab().join({ name: `newcomer ${seed}` })
      expect(c.store.get('key')).toBe('a2')
      expect(c.status.sync).toBe('synced')
      const leaving = c.leave()
      await lab().settle()
      await leaving
    }
  })
})

describe('a write', () => {
  test.each([2, 3, 5, 8])('[SYNC3] costs N - 1 updates in a full mesh of %i', async count => {
    const rooms = await joinMany(count)
    forgetSent()
    rooms[0]?.store.set('key', 1)
    await lab().settle()
    expect(counts()).toEqual({ update: count - 1, ack: count - 1 })
    expect(values(rooms, 'key')).toEqual(rooms.map(() => 1))
  })

  test('[SYNC3] of the same tick travels in the same update', async () => {
    const rooms = await joinMany(3)
    forgetSent()
    for (let value = 0; value < 50; value++) rooms[0]?.store.set(`key ${value % 7}`, value)
    await lab().settle()
    expect(counts()).toEqual({ update: 2, ack: 2 })
    expect(rooms[2]?.store.getAll()).toEqual(rooms[0]?.store.getAll())
  })

  test('[SYNC4] reaches everybody in a chain, and each link carries it once', async () => {
    const rooms = await joinMany(5)
    await chain(rooms)
    await lab().advance(5000)
    forgetSent()
    rooms[1]?.store.set('key', 'from the second')
    await lab().settle()
    expect(values(rooms, 'key')).toEqual(rooms.map(() => 'from the second'))
    expect(counts()['update']).toBe(4)
  })

  test('[SYNC4] goes round a ring from both sides, and no further', async () => {
    const rooms = await joinMany(4)
    const [a, b, c, d] = rooms.map(room => room.self.id)
    lab().network.cut(a ?? '', c ?? '')
    lab().network.cut(b ?? '', d ?? '')
    await lab().settle()
    await lab().advance(5000)
    forgetSent()
    rooms[0]?.store.set('key', 1)
    await lab().settle()
    expect(values(rooms, 'key')).toEqual([1, 1, 1, 1])
    // To both neighbours, who each pass it on to the one across; that one may pass the first on to the other.
    expect(counts()['update']).toBe(4)
  })

  test('[SYNC4] made before two parts of a room met reaches all of both when one link joins them', async () => {
    const rooms = await joinMany(4)
    const [a, b, c, d] = rooms.map(room => room.self.id)
    for (const left of [a, b]) for (const right of [c, d]) lab().network.cut(left ?? '', right ?? '')
    await lab().settle()
    rooms[0]?.store.set('left', 1)
    rooms[3]?.store.set('right', 2)
    await lab().settle()
    expect(values(rooms, 'left')).toEqual([1, 1, null, null])
    lab().network.mend(b ?? '', c ?? '')
    await lab().settle()
    expect(values(rooms, 'left')).toEqual([1, 1, 1, 1])
    expect(values(rooms, 'right')).toEqual([2, 2, 2, 2])
  })

  test('[SYNC4] of one who left reaches who had lost the link to the author by then', async () => {
    const [a, b, c] = (await joinMany(3)) as [Room, Room, Room]
    c.disconnect()
    a.store.set('key', 'last words')
    void a.leave()
    c.connect()
    await lab().settleBut({ from: a, to: b })
    expect(c.status.sync).toBe('synced')
    await lab().settle()
    expect(values([b, c], 'key')).toEqual(['last words', 'last words'])
  })

  test('[SYNC10] is asked for once there is room again, if more came than may wait', async () => {
    const [a, b, c] = (await joinMany(3)) as [Room, Room, Room]
    a.store.set('key', 'first')
    await lab().settleBut({ from: a, to: c })
    for (let round = 0; round < 20; round++) {
      b.store.set('key', round)
      await lab().settleBut({ from: a, to: c })
    }
    expect(c.store.get('key')).toBeNull()
    forgetSent()
    await lab().settle()
    expect(c.store.get('key')).toBe(19)
    expect(counts()['sync-step-1']).toBe(1)
  })

  test('[SYNC5] is acknowledged once per turn, with the author’s clock, and nothing is scheduled for it', async () => {
    const [a, b] = await joinMany(2)
    const timers = lab().clock.timers
    forgetSent()
    a?.store.set('key', 1)
    await lab().settle()
    const acks = lab().sent.filter(({ message }) => message.type === 'ack')
    expect(acks).toMatchObject([{ from: b?.self.id, to: a?.self.id, message: { clock: 3 } }])
    expect(lab().clock.timers).toBe(timers)
  })

  test('[SYNC5] is acknowledged through others to an author without a link', async () => {
    const rooms = await joinMany(3)
    await chain(rooms)
    await lab().advance(5000)
    rooms[0]?.store.set('key', 1)
    const delivered = rooms[0]?.store.whenDelivered({ timeoutMs: 1000 })
    await lab().settle()
    await expect(delivered).resolves.toBeUndefined()
  })

  test('[SYNC12] waits where the link is full, and arrives when it has drained', async () => {
    const [a, b] = await joinMany(2)
    forgetSent()
    // Each is taken out of the store again, so that only what is on the way is large.
    for (let round = 0; round < 400; round++) {
      a?.store.set('key', `${round} ${'x'.repeat(1000)}`)
      await Promise.resolve()
      await Promise.resolve()
    }
    const before = counts()['update'] ?? 0
    expect(before).toBeGreaterThan(200)
    expect(before).toBeLessThan(300)
    await lab().settle()
    expect(b?.store.get('key')).toEqual(a?.store.get('key'))
    expect(counts()['check']).toBeGreaterThan(0)
  })

  test('[SYNC12] [GATE11] in no more updates than its receiver takes, however many are made at once', async () => {
    const [a, b] = await joinMany(2)
    const errors: string[] = []
    for (const room of [a, b]) room?.on('error', ({ code }) => errors.push(code))
    forgetSent()
    // Most of what may be sent at once goes on messages.
    for (let count = 0; count < 240; count++) {
      a?.send('x'.repeat(16_000))
      await lab().settle()
    }
    for (let round = 0; round < 2000; round++) {
      a?.store.set('key', round)
      await Promise.resolve()
      lab().network.deliver()
    }
    await lab().settle()
    expect(counts()['update']).toBeLessThan(1500)
    await lab().advance(1000)
    expect(b?.store.get('key')).toBe(1999)
    expect(errors).toEqual([])
  })

  test('[SYNC12] is sent once to who asks for it many times in one turn', async () => {
    const [a] = await joinMany(1)
    a?.store.set('key', 'x')
    const stranger = createStranger(lab())
    await lab().settle()
    stranger.sayHello()
    await lab().settle()
    const ask = encodeMessage({ type: 'sync-step-1', stateVector: Uint8Array.of(0) })
    forgetSent()
    for (const frame of packFrames(Array.from({ length: 100 }, () => ask))) stranger.sayBytes(frame)
    await lab().settle()
    expect(counts()['sync-step-2']).toBe(1)
    stranger.leave()
  })
})

describe('over time', () => {
  test('[SYNC6] a lost update is found by comparing states, and equal states are followed by nothing', async () => {
    const [a, b] = await joinMany(2)
    a?.store.set('key', 1)
    const [link] = [a?.self.id ?? '', b?.self.id ?? '']
    await Promise.resolve()
    await Promise.resolve()
    lab().network.lose(link, b?.self.id ?? '')
    await lab().settle()
    expect(b?.store.get('key')).toBeNull()
    await lab().advance(10_500)
    expect(b?.store.get('key')).toBe(1)
    forgetSent()
    await lab().advance(40_000)
    const { check, ...others } = counts()
    expect(check).toBeGreaterThanOrEqual(6)
    expect(check).toBeLessThanOrEqual(10)
    expect(Object.keys(others).sort()).toEqual(['ping', 'pong'])
  })

  test('[SYNC7] nothing but heartbeats and checks travels while nobody writes', async () => {
    await joinMany(4)
    await lab().advance(2000)
    forgetSent()
    await lab().advance(60_000)
    expect(Object.keys(counts()).sort()).toEqual(['check', 'ping', 'pong'])
  })

  test('[SYNC7] no ping is sent over a link on which something comes', async () => {
    const [a, b] = await joinMany(2)
    forgetSent()
    for (let second = 0; second < 20; second++) {
      a?.store.set('key', second)
      b?.store.set('other', second)
      await lab().advance(1000)
    }
    expect(counts()['ping']).toBeUndefined()
  })

  test('[SYNC8] a peer that crashes has left for everybody within 5 seconds', async () => {
    const rooms = await joinMany(3)
    await lab().advance(7300)
    const left: string[] = []
    rooms[0]?.on('peer-left', ({ peer }) => left.push(peer.name))
    // Nor does signaling notice.
    lab().network.setSignaling('unreachable')
    lab().network.kill(rooms[2]?.self.id ?? '')
    await lab().advance(1900)
    expect(left).toEqual([])
    await lab().advance(3100)
    expect(left).toEqual(['peer 2'])
    expect(rooms[1]?.peers.map(peer => peer.name)).toEqual(['peer 0'])
  })

  test('[SYNC8] a peer that crashes has left within 5 seconds for those that it has no link to', async () => {
    const rooms = await joinMany(4)
    await chain(rooms)
    await lab().advance(5000)
    expect(rooms[0]?.peers).toHaveLength(3)
    lab().network.setSignaling('unreachable')
    lab().network.kill(rooms[3]?.self.id ?? '')
    await lab().advance(5000)
    expect(rooms.slice(0, 3).map(room => room.peers.length)).toEqual([2, 2, 2])
  })

  test('[SYNC8] a peer that signaling says has left has a second to answer', async () => {
    const rooms = await joinMany(3)
    await lab().advance(5000)
    const left: string[] = []
    rooms[0]?.on('peer-left', ({ peer }) => left.push(peer.name))
    const [a = '', b = '', c = ''] = rooms.map(room => room.self.id)
    // Only its socket is gone, and comes back.
    lab().network.tellMembers(a, [b])
    await lab().advance(5000)
    lab().network.tellMembers(a, [b, c])
    await lab().advance(5000)
    expect(left).toEqual([])
    lab().network.kill(rooms[2]?.self.id ?? '')
    await lab().advance(1500)
    expect(left).toEqual(['peer 2'])
  })

  test('[SYNC8] a ping is answered on receipt', async () => {
    const [a] = await joinMany(1)
    const stranger = createStranger(lab())
    await lab().settle()
    stranger.sayHello()
    await lab().settle()
    stranger.heard.length = 0
    stranger.say({ type: 'ping' })
    await lab().settle()
    expect(stranger.heard).toEqual([{ from: a?.self.id, message: { type: 'pong' } }])
    stranger.leave()
  })

  test('[SYNC9] a peer that slept asks again before it declares others gone', async () => {
    const [a, b] = await joinMany(2, { resumeWindowMs: Infinity })
    const left: string[] = []
    a?.on('peer-left', ({ peer }) => left.push(peer.id))
    b?.on('peer-left', ({ peer }) => left.push(peer.id))
    // Both clocks are one here: both were asleep, as two tabs of one laptop.
    lab().clock.sleep(3_600_000)
    await lab().advance(10_000)
    expect(left).toEqual([])
  })

  test('[SYNC9] after its sleep a peer gives up those who do not answer', async () => {
    const [a, b] = await joinMany(2, { resumeWindowMs: Infinity })
    const left: string[] = []
    a?.on('peer-left', ({ peer }) => left.push(peer.id))
    lab().clock.sleep(3_600_000)
    lab().network.setSignaling('unreachable')
    lab().network.kill(b?.self.id ?? '')
    await lab().advance(1500)
    expect(left).toEqual([])
    await lab().advance(3500)
    expect(left).toEqual([b?.self.id])
  })

  test('[SYNC9] a page whose timers are always late notices who is gone, and keeps who is here', async () => {
    // A page in the background: its timers run once a minute, while what arrives is handled at once.
    const late: ManualClock = createManualClock()
    const [a, b, c] = [await lab().join({ clock: late }), await lab().join(), await lab().join()]
    lab().network.setSignaling('unreachable')
    lab().network.kill(c.self.id)
    const left: string[] = []
    a.on('peer-left', ({ peer }) => left.push(peer.id))
    for (let minute = 0; minute < 5; minute++) {
      for (let second = 0; second < 60; second++) {
        late.sleep(1000)
        await lab().advance(1000)
      }
      await late.advance(0, () => lab().settle())
    }
    expect(left).toEqual([c.self.id])
    expect(a.peers.map(({ id }) => id)).toEqual([b.self.id])
    const leaving = a.leave()
    await lab().settle()
    await leaving
    expect(late.timers).toBe(0)
  })

  test('[SYNC13] bye is heard at once', async () => {
    const [a, b] = await joinMany(2)
    const leaving = b?.leave()
    await lab().settle()
    expect(a?.peers).toEqual([])
    await leaving
  })
})

describe('a link that is lost', () => {
  test('[SYNC14] is made up for by those whom its last writes reached', async () => {
    const [a, b, c] = (await joinMany(3)) as [Room, Room, Room]
    const lastWords = async (write: () => void) => {
      write()
      await settlePromises()
      lab().network.deliver({ from: a.self.id, to: b.self.id })
      lab().network.partition([[b.self.id, c.self.id], [a.self.id]])
      await lab().settle()
    }
    await lastWords(() => a.store.set('topic', 'Food?'))
    expect(c.store.get('topic')).toBe('Food?')
    lab().network.heal()
    await lab().settle()
    await lastWords(() => a.store.delete('topic'))
    expect(c.store.get('topic')).toBeNull()
  })

  test('[SYNC14] asks for nothing after a bye', async () => {
    const [a] = await joinMany(3)
    forgetSent()
    void a?.leave()
    await lab().settle()
    expect(counts()).not.toHaveProperty('check')
  })
})
