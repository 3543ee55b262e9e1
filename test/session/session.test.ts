import { describe, expect, test } from 'vitest'
import type { Room } from '../../src/room.js'
import { createIdentity, createSessionId } from '../../src/session/identity.js'
import { roomLabOfFile } from '../support/room-lab.js'
import { at, chainAll, joinAll } from './many.js'
import { createStranger } from '../support/stranger.js'
import { encodeMessage, type Presence } from '../../src/wire/peer-messages.js'

const lab = roomLabOfFile()
const joinMany = (names: readonly string[]) => joinAll(lab(), names)

const chain = (rooms: readonly Room[]) => chainAll(lab(), rooms)
const namesOf = (room: Room) => room.peers.map(({ name }) => name).sort()
const eventsOf = (room: Room): string[] => {
  const told: string[] = []
  for (const event of ['peer-joined', 'peer-left', 'peer-updated'] as const)
    room.on(event, ({ peer }) => told.push(`${event} ${peer.name}`))
  return told
}

/** What a stranger says of somebody. */
const presenceOf = (links: readonly string[]): Presence => ({
  clock: 1,
  name: '',
  role: '',
  metadata: {},
  joinedAt: 0,
  sessionId: 'zzz-later',
  founded: false,
  links,
})

describe('which session', () => {
  test('[SESSION1] ids sort by the time when the session began', () => {
    const times = [0, 1, 35, 36, 1e9, Date.UTC(2026, 0, 1), Date.UTC(2080, 0, 1)]
    const ids = times.map((time, index) => createSessionId(time, () => (index % 2 === 0 ? 0.99 : 0.01)))
    expect(ids.toSorted()).toEqual(ids)
  })

  test.each([
    ['a session beats an older proposal', true, 'b', false, 'a', 'b'],
    ['a proposal yields to a younger session', false, 'a', true, 'b', 'b'],
    ['of two sessions the older goes on', true, 'b', true, 'a', 'a'],
    ['of two proposals the older goes on', false, 'b', false, 'a', 'a'],
  ])('[SESSION1] %s', (_, oursFounded, ours, theirsFounded, theirs, result) => {
    const identity = createIdentity({ sessionId: ours, founded: oursFounded })
    expect(identity.meet({ sessionId: theirs, founded: theirsFounded })).toBe(result !== ours)
    expect(identity.claim.sessionId).toBe(result)
  })

  test('[SESSION1] a newcomer adopts the session that it finds, also when its clock is slow', async () => {
    const a = await lab().join()
    const founded = a.sessionId
    const slow = { ...lab().clock, now: () => lab().clock.now() - 86_400_000 }
    const b = await lab().join({ clock: slow })
    expect([a.sessionId, b.sessionId]).toEqual([founded, founded])
  })

  test('[SESSION1] two that join at once agree', async () => {
    const joining = [lab().start(), lab().start(), lab().start()]
    await lab().settle()
    const rooms = await Promise.all(joining)
    expect(new Set(rooms.map(room => room.sessionId)).size).toBe(1)
  })

  test('[SESSION2] sessions that meet hold the union, and the older id goes on everywhere', async () => {
    lab().network.setSignaling('unreachable')
    const starting: Promise<Room>[] = []
    for (let index = 0; index < 4; index++) {
      starting.push(lab().start({ joinTimeoutMs: 0 }))
      await lab().advance(10)
    }
    const rooms = await Promise.all(starting)
    for (const [index, room] of rooms.entries()) room.store.set(`key ${index}`, index)
    // Two and two first, and then one link between them.
    for (const left of [0, 1])
      for (const right of [2, 3]) lab().network.cut(at(rooms, left).self.id, at(rooms, right).self.id)
    const oldest = at(rooms, 0).sessionId
    lab().network.setSignaling('reachable')
    await lab().settle()
    expect(new Set(rooms.map(room => room.sessionId)).size).toBe(2)
    lab().network.mend(at(rooms, 1).self.id, at(rooms, 3).self.id)
    await lab().settle()
    expect(rooms.map(room => room.sessionId)).toEqual([oldest, oldest, oldest, oldest])
    for (const room of rooms) expect(room.store.getAll()).toEqual({ 'key 0': 0, 'key 1': 1, 'key 2': 2, 'key 3': 3 })
  })
})

describe('who is here', () => {
  test('[SESSION3] name, metadata and time of joining are seen by all, and their changes told', async () => {
    const [a, b] = [await lab().join({ name: 'Ana', metadata: { seat: 1 } }), await lab().join({ name: 'Bo' })]
    expect(b.peers).toEqual([a.self])
    expect(a.peers).toEqual([b.self])
    expect(a.self).toMatchObject({ name: 'Ana', metadata: { seat: 1 }, joinedAt: lab().clock.now() })
    const told = eventsOf(b)
    a.setMetadata({ handRaised: true })
    a.setName('Anna')
    await lab().settle()
    expect(b.peers).toEqual([{ ...a.self, name: 'Anna', metadata: { handRaised: true } }])
    expect(told).toEqual(['peer-updated Anna'])
  })

  test('[SESSION3] a role is what its peer says, and who is told of a change is told what was before', async () => {
    const [host, guest] = [await lab().join({ name: 'Ana', role: 'host' }), await lab().join({ name: 'Bo' })]
    expect([guest.peers[0]?.role, host.self.role, guest.self.role]).toEqual(['host', 'host', ''])
    const told: unknown[] = []
    host.on('peer-updated', ({ peer, previous }) => told.push([previous.role, peer.role, previous.name, peer.name]))
    guest.setRole('speaker')
    await lab().settle()
    guest.setName('Bob')
    await lab().settle()
    expect(told).toEqual([
      ['', 'speaker', 'Bo', 'Bo'],
      ['speaker', 'speaker', 'Bo', 'Bob'],
    ])
    expect(() => guest.setRole('x'.repeat(65))).toThrow(expect.objectContaining({ code: 'invalid-option' }))
    expect(guest.self.role).toBe('speaker')
    const late = await lab().join()
    await lab().settle()
    expect(late.peers.map(({ role }) => role).sort()).toEqual(['host', 'speaker'])
  })

  test('[SESSION3] what is told late and is older is no news', async () => {
    const a = await lab().join()
    const stranger = createStranger(lab())
    await lab().settle()
    const presence = {
      clock: 9,
      name: 'New',
      role: '',
      metadata: {},
      joinedAt: 0,
      sessionId: 'z',
      founded: false,
      links: [],
    }
    stranger.sayHello({ presence })
    await lab().settle()
    const told = eventsOf(a)
    const old = { type: 'presence', presence: { ...presence, clock: 8, name: 'Old' } } as const
    stranger.sayPost(old)
    await lab().settle()
    expect([told, namesOf(a)]).toEqual([[], ['New']])
    stranger.sayPost({ ...old, presence: { ...old.presence, clock: 10 } })
    await lab().settle()
    expect(namesOf(a)).toEqual(['Old'])
  })

  test('[SESSION4] [SESSION5] in a chain everybody knows everybody, also newcomers at its end', async () => {
    const rooms = await joinMany(['Ana', 'Bo', 'Cy', 'Di'])
    await chain(rooms)
    for (const room of rooms) expect(room.peers).toHaveLength(3)
    const newcomer = lab().start({ name: 'Ed' })
    const told = eventsOf(at(rooms, 0))
    await lab().settle()
    const ed = await newcomer
    for (const room of rooms.slice(0, 3)) lab().network.cut(ed.self.id, room.self.id)
    await lab().settle()
    at(rooms, 0).setName('Anna')
    await lab().settle()
    expect(namesOf(ed)).toEqual(['Anna', 'Bo', 'Cy', 'Di'])
    expect(namesOf(at(rooms, 0))).toEqual(['Bo', 'Cy', 'Di', 'Ed'])
    expect(told).toEqual(['peer-joined Ed'])
  })

  test('[SESSION4] presence is taken from its owner where it has a link', async () => {
    const [a, b] = [await lab().join({ name: 'Ana' }), await lab().join({ name: 'Bo' })]
    const stranger = createStranger(lab())
    await lab().settle()
    stranger.sayHello()
    await lab().settle()
    const told = eventsOf(a)
    const forged = {
      clock: 99,
      name: 'Forged',
      role: '',
      metadata: {},
      joinedAt: 0,
      sessionId: 'a',
      founded: true,
      links: [],
    }
    stranger.sayPost({ type: 'presence', presence: forged }, b.self.id)
    await lab().settle()
    expect(told).toEqual([])
    expect(namesOf(a)).toEqual(['Bo', 'Stranger'])
  })

  test('[SESSION5] a link that comes back in time goes unnoticed', async () => {
    const rooms = await joinMany(['Ana', 'Bo', 'Cy'])
    const told = rooms.map(eventsOf)
    for (let round = 0; round < 5; round++) {
      lab().network.closeLink(at(rooms, 0).self.id, at(rooms, 1).self.id)
      await lab().advance(2000)
    }
    expect(told.flat()).toEqual([])
    expect(rooms.map(room => room.peers.length)).toEqual([2, 2, 2])
  })

  test('[SESSION5] a peer that nobody reaches any more has left, and joins again when it is back', async () => {
    const rooms = await joinMany(['Ana', 'Bo', 'Cy'])
    await chain(rooms)
    const told = eventsOf(at(rooms, 0))
    at(rooms, 2).disconnect()
    await lab().advance(5000)
    expect(told).toEqual(['peer-left Cy'])
    at(rooms, 2).connect()
    await lab().settle()
    expect(told).toEqual(['peer-left Cy', 'peer-joined Cy'])
  })

  test('[SESSION5] who is linked is here, however many others a peer invents', async () => {
    const ana = await lab().join()
    const stranger = createStranger(lab())
    await lab().settle()
    stranger.sayHello()
    await lab().settle()
    for (let count = 0; count < 1100; count++)
      stranger.sayPost({ type: 'presence', presence: presenceOf([stranger.peerId]) }, `invented ${count}`)
    await lab().settle()
    const bo = await lab().join({ name: 'Bo' })
    expect(ana.peers.map(({ id }) => id)).toContain(bo.self.id)
    stranger.leave()
  })

  test('[SESSION4] [GATE11] who passes on what a peer invents stays within what its neighbours take', async () => {
    const rooms = [await lab().join(), await lab().join(), await lab().join()]
    const blamed: unknown[] = []
    for (const room of rooms)
      room.on('error', ({ code, details }) => {
        if (code === 'cut-off') blamed.push('peerId' in details && details.peerId)
      })
    const stranger = createStranger(lab())
    await lab().settle()
    stranger.sayHello()
    await lab().settle()
    const links = Array.from({ length: 500 }, (_, index) => `${index}`.padEnd(60, '-'))
    for (const [index, { self }] of rooms.entries())
      for (let count = 0; count < 240; count++) {
        const body = encodeMessage({ type: 'presence', presence: presenceOf(links) })
        stranger.say({ type: 'post', from: `${index} ${count}`, to: '', hops: 9, body }, self.id)
        await lab().settle()
      }
    expect(blamed).toEqual([])
    stranger.leave()
  })

  test('[SESSION5] who said bye does not come back by what others tell who have not heard it', async () => {
    const rooms = await joinMany(['Ana', 'Bo'])
    const stranger = createStranger(lab())
    await lab().settle()
    stranger.sayHello()
    await lab().settle()
    const told = eventsOf(at(rooms, 0))
    stranger.say({ type: 'bye' }, at(rooms, 0).self.id)
    await lab().settle()
    expect(told).toEqual(['peer-left Stranger'])
    // Bo tells of its link, and hands on what the stranger says.
    at(rooms, 1).setName('Bob')
    const presence = {
      clock: 9,
      name: 'Ghost',
      role: '',
      metadata: {},
      joinedAt: 0,
      sessionId: 'z',
      founded: false,
      links: [],
    }
    stranger.sayPost({ type: 'presence', presence })
    await lab().advance(3000)
    expect(told).toEqual(['peer-left Stranger', 'peer-updated Bob'])
    expect(namesOf(at(rooms, 1))).toEqual(['Ana', 'Ghost'])
  })

  test('[SESSION5] who said bye is gone at once, though others still tell of a link to it', async () => {
    const rooms = await joinMany(['Ana', 'Bo', 'Cy'])
    const cy = at(rooms, 2)
    const told = eventsOf(at(rooms, 0))
    const leaving = cy.leave()
    // Only what goes from Cy to Ana.
    await lab().settle()
    await leaving
    expect(told).toEqual(['peer-left Cy'])
    await lab().advance(5000)
    expect(told).toEqual(['peer-left Cy'])
  })

  test('[SESSION5] who left is told from who is missed', async () => {
    const rooms = await joinMany(['Ana', 'Bo', 'Cy', 'Di'])
    const told: string[] = []
    at(rooms, 0).on('peer-left', ({ peer, reason }) => told.push(`${peer.name} ${reason}`))
    await Promise.all([at(rooms, 1).leave(), lab().settle()])
    at(rooms, 2).disconnect()
    await lab().advance(5000)
    // Di has left while Ana has no link to it.
    lab().network.cut(at(rooms, 0).self.id, at(rooms, 3).self.id)
    await Promise.all([at(rooms, 3).leave(), lab().settle()])
    await lab().advance(5000)
    expect(told).toEqual(['Bo left', 'Cy lost', 'Di lost'])
  })
})
