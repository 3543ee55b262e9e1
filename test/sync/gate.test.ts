import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import type { SessionError } from '../../src/errors.js'
import type { Room } from '../../src/room.js'
import { maxStrikes } from '../../src/sync/gate.js'
import { encodeMessage } from '../../src/wire/peer-messages.js'
import { encodedState, exchange, openReplica } from '../support/replicas.js'
import { settlePromises } from '../support/manual-clock.js'
import { createRoomLab, type RoomLab } from '../support/room-lab.js'
import { createStranger, type Stranger } from '../support/stranger.js'

let lab: RoomLab
let ana: Room
let errors: SessionError[]

beforeEach(async () => {
  lab = createRoomLab()
  ana = await lab.join({ name: 'Ana' })
  errors = []
  ana.on('error', error => errors.push(error))
})
afterEach(async () => {
  await lab.close()
  expect(lab.clock.timers, 'timers left behind').toBe(0)
})

const codes = () => errors.map(({ code }) => code)
const meet = async (peerId = 'stranger', writer = 666): Promise<Stranger> => {
  const stranger = createStranger(lab, peerId, writer)
  await lab.settle()
  stranger.sayHello()
  await lab.settle()
  return stranger
}
/** What a peer would send after writing this. */
const written = (peerId: string, writer: number, key: string, value: string) => {
  const replica = openReplica(peerId, writer)
  replica.store.set(key, value)
  return encodedState(replica)
}

describe('bad input', () => {
  test('[GATE5] is counted, told and ignored, and what comes around it counts', async () => {
    const stranger = await meet()
    const good = encodeMessage({ type: 'update', update: written('stranger', 666, 'key', 'value') })
    // One frame: something unknown, something good, something cut short.
    stranger.sayBytes(Uint8Array.from([0, 1, 99, good.length, ...good, 2, 0, 2]))
    await lab.settle()
    expect(ana.store.get('key')).toBe('value')
    expect(errors.map(({ code, details }) => [code, details])).toEqual([
      ['bad-input', { peerId: 'stranger', reason: 'malformed or unknown message', count: 1 }],
      ['bad-input', { peerId: 'stranger', reason: 'malformed or unknown message', count: 2 }],
    ])
  })

  test.each([
    ['an empty frame', (stranger: Stranger) => stranger.sayBytes(new Uint8Array())],
    ['a frame over 16 KB', (stranger: Stranger) => stranger.sayBytes(new Uint8Array(16 * 1024 + 1))],
    ['a frame of an unknown kind', (stranger: Stranger) => stranger.sayBytes(Uint8Array.of(9, 1, 1))],
    ['a second hello', (stranger: Stranger) => stranger.sayHello()],
    ['no state vector', (stranger: Stranger) => stranger.say({ type: 'check', stateVector: Uint8Array.of(9) })],
    ['no update', (stranger: Stranger) => stranger.say({ type: 'update', update: Uint8Array.of(200, 1, 9) })],
    ['no state', (stranger: Stranger) => stranger.say({ type: 'sync-step-2', update: new Uint8Array() })],
    [
      'a post of unknown content',
      (stranger: Stranger) =>
        stranger.say({ type: 'post', from: 'stranger', to: '', hops: 9, body: Uint8Array.of(24) }),
    ],
    [
      'an app message outside of a post',
      (stranger: Stranger) => stranger.say({ type: 'app', sequence: 1, sentAt: 0, data: 1 }),
    ],
  ])('[GATE5] %s is told and nothing more', async (_, say) => {
    const stranger = await meet()
    say(stranger)
    await lab.settle()
    expect(codes()).toEqual(['bad-input'])
    expect(ana.store.getAll()).toEqual({})
    expect(ana.peers.map(({ id }) => id)).toEqual(['stranger'])
  })

  test('[GATE5] a message before the hello is bad', async () => {
    const stranger = createStranger(lab)
    await lab.settle()
    stranger.say({ type: 'update', update: written('stranger', 666, 'key', 'value') })
    await lab.settle()
    expect(codes()).toEqual(['bad-input'])
    expect(ana.store.has('key')).toBe(false)
  })

  test('[GATE5] no frames at all make a handler throw, or change what others have', async () => {
    const bo = await lab.join({ name: 'Bo' })
    ana.store.set('key', 'value')
    await lab.settle()
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 30 }), async frames => {
        const stranger = createStranger(lab, 'random')
        await lab.settle()
        stranger.sayHello()
        // Half of the frames with a proper beginning, so that they get further.
        for (const [index, frame] of frames.entries())
          stranger.sayBytes(index % 2 === 0 ? frame : Uint8Array.from([0, frame.length, ...frame]))
        await lab.settle()
        stranger.leave()
        await lab.settle()
      }),
      { numRuns: 50 },
    )
    ana.store.set('other', 1)
    await lab.settle()
    expect(bo.store.getAll()).toEqual({ key: 'value', other: 1 })
    expect(bo.peers.map(({ name }) => name)).toContain('Ana')
  })

  test('[GATE6] ten times gets a link cut off for good, and nobody else', async () => {
    const bo = await lab.join({ name: 'Bo' })
    const stranger = await meet()
    for (let strike = 0; strike < maxStrikes + 5; strike++) stranger.sayBytes(Uint8Array.of(9), ana.self.id)
    stranger.say({ type: 'update', update: written('stranger', 666, 'key', 'value') }, ana.self.id)
    await lab.settle()
    expect(codes()).toEqual([...Array<string>(maxStrikes).fill('bad-input'), 'cut-off'])
    expect([...stranger.links.keys()]).toEqual([bo.self.id])
    expect(ana.peers.map(({ name }) => name)).toEqual(['Bo'])
    expect(ana.store.has('key')).toBe(false)
    await lab.advance(60_000)
    expect([...stranger.links.keys()]).not.toContain(ana.self.id)
    bo.store.set('after', 1)
    await lab.settle()
    expect(ana.store.get('after')).toBe(1)
  })
})

describe('who wrote it', () => {
  test('[GATE7] entries of a writer with a link of its own are taken from that link only', async () => {
    const bo = await lab.join({ name: 'Bo' })
    bo.store.set('key', 'true')
    await lab.settle()
    const stranger = await meet()
    // Everything there is, and then more in the name of Bo.
    const forged = new Y.Doc()
    Y.applyUpdate(forged, await stateOf(stranger))
    forged.clientID = writerOf(bo)
    const log = forged.getMap('session').get(String(writerOf(bo)))
    if (!(log instanceof Y.Array)) throw new Error('Bo wrote nothing')
    log.push([['key', lab.clock.now() + 1, 'forged']])
    stranger.say({ type: 'update', update: Y.encodeStateAsUpdate(forged) }, ana.self.id)
    await lab.settle()
    expect(ana.store.get('key')).toBe('true')
    bo.store.set('key', 'true as well')
    await lab.settle()
    expect(ana.store.get('key')).toBe('true as well')
  })

  test('[GATE7] what comes mixed with entries that a linked writer withholds is taken alone, after a while', async () => {
    const bo = await lab.join({ name: 'Bo' })
    const stranger = await meet()
    const own = openReplica('stranger', 666)
    const forged = openReplica(bo.self.id, writerOf(bo))
    own.store.set('own', 1)
    forged.store.set('forged', 1)
    exchange(own, forged)
    stranger.say({ type: 'update', update: encodedState(own) }, ana.self.id)
    await lab.settle()
    expect(ana.store.getAll()).toEqual({})
    await lab.advance(4000)
    expect(ana.store.getAll()).toEqual({ own: 1 })
  })

  test('[GATE7] a newcomer waits a few seconds, no longer, for what one peer has and another withholds', async () => {
    const stranger = await meet()
    stranger.say({ type: 'update', update: written('stranger', 666, 'withheld', 'from the newcomer') }, ana.self.id)
    ana.store.set('own', 1)
    await lab.settle()
    expect(ana.store.keys()).toEqual(['own', 'withheld'])
    let joined: Room | null = null
    const joining = lab.start({ name: 'Newcomer', joinTimeoutMs: 60_000 }).then(room => (joined = room))
    // The stranger greets the newcomer before anything else reaches it, and answers no question for its state.
    const greeted = new Set([ana.self.id])
    for (let i = 0; i < 10_000 && !joined && lab.network.deliver(); i++) {
      for (const id of stranger.links.keys()) if (!greeted.has(id)) stranger.sayHello({}, id)
      for (const id of stranger.links.keys()) greeted.add(id)
      await settlePromises()
    }
    await lab.settle()
    expect(joined).toBeNull()
    for (let waited = 0; waited < 5000 && !joined; waited += 500) {
      stranger.say({ type: 'pong' })
      await lab.advance(500)
    }
    expect((await joining).store.getAll()).toEqual({ own: 1 })
  })

  test('[GATE8] a second link that claims a writer is refused, and may try again later', async () => {
    await meet('first', 777)
    const second = await meet('second', 777)
    second.say({ type: 'update', update: written('first', 777, 'key', 'forged') }, ana.self.id)
    await lab.settle()
    expect(errors.map(({ code, details }) => [code, details])).toEqual([
      ['duplicate-writer', { peerId: 'second', writer: 777 }],
    ])
    expect(ana.store.has('key')).toBe(false)
    expect(ana.peers.map(({ id }) => id)).toEqual(['first'])
    const [refused] = second.links.values()
    await lab.advance(9000)
    expect(second.links.get(ana.self.id)).toBe(refused)
    await lab.advance(2000)
    expect(second.links.get(ana.self.id)).not.toBe(refused)
  })

  test('[GATE8] a hello that claims the receiver’s own writer is refused', async () => {
    await meet('mirror', writerOf(ana))
    expect(codes()).toEqual(['duplicate-writer'])
  })

  test('[GATE8] a hello that claims the log of a peer that is away is refused', async () => {
    const bo = await lab.join({ name: 'Bo' })
    bo.store.set('key', 'true')
    await lab.settle()
    const writer = writerOf(bo)
    const leaving = bo.leave()
    await lab.settle()
    await leaving
    await meet('not bo', writer)
    expect(codes()).toEqual(['duplicate-writer'])
  })

  test('[GATE5] a hello in another peer’s name is bad, and the end of the link', async () => {
    const stranger = createStranger(lab)
    await lab.settle()
    stranger.sayHello({ peerId: 'somebody else' })
    await lab.settle()
    expect(codes()).toEqual(['bad-input'])
    expect(stranger.links.size).toBe(0)
  })

  test('[GATE9] the link is blamed, never the writer that a bad part names', async () => {
    const bo = await lab.join({ name: 'Bo' })
    const stranger = await meet()
    const tampered = written(bo.self.id, writerOf(bo), 'key', 'value').map(byte => (byte === 0x76 ? 0xff : byte))
    for (let strike = 0; strike < maxStrikes; strike++) stranger.say({ type: 'update', update: tampered }, ana.self.id)
    await lab.settle()
    expect(errors.at(-1)?.details).toMatchObject({ peerId: 'stranger' })
    expect(ana.peers.map(({ name }) => name)).toEqual(['Bo'])
    bo.store.set('key', 'from bo')
    await lab.settle()
    expect(ana.store.get('key')).toBe('from bo')
  })

  test('[GATE10] an awareness state is taken from its owner only', async () => {
    const bo = await lab.join({ name: 'Bo' })
    bo.awareness.setLocalState({ cursor: 1 })
    await lab.settle()
    const stranger = await meet()
    const client = bo.awareness.clientID
    const update = Uint8Array.from(encodeAwareness(client, 99, { cursor: 'forged' }))
    stranger.say({ type: 'awareness', client, update }, ana.self.id)
    await lab.settle()
    expect(ana.awareness.getStates().get(client)).toEqual({ cursor: 1 })
    expect(codes()).toEqual(['bad-input'])
  })
})

describe('how much', () => {
  const flood = async (stranger: Stranger, data: string, first: number, last: number) => {
    for (let sequence = first; sequence <= last; sequence++) {
      const body = encodeMessage({ type: 'app', sequence, sentAt: 0, data })
      stranger.say({ type: 'post', from: stranger.peerId, to: '', hops: 9, body }, ana.self.id)
    }
    await lab.settle()
  }

  test('[GATE11] what a link costs beyond its budget is bad input', async () => {
    const stranger = await meet()
    let heard = 0
    ana.on('message', () => heard++)
    await flood(stranger, 'x'.repeat(16_000), 1, 600)
    expect(heard).toBeGreaterThan(500)
    expect(heard).toBeLessThan(530)
    expect(codes().at(-1)).toBe('cut-off')
  })

  test('[GATE11] a budget fills up again with time', async () => {
    const stranger = await meet()
    let heard = 0
    ana.on('message', () => heard++)
    await flood(stranger, 'x'.repeat(16_000), 1, 500)
    for (let second = 0; second < 4; second++) {
      stranger.say({ type: 'ping' })
      await lab.advance(1000)
    }
    await flood(stranger, 'x'.repeat(16_000), 501, 1000)
    expect(heard).toBeGreaterThan(950)
  })

  test('[GATE11] asking for state over and over is bad input', async () => {
    const stranger = await meet()
    for (let count = 0; count < 600; count++) stranger.say({ type: 'sync-step-1', stateVector: Uint8Array.of(0) })
    await lab.settle()
    expect(codes().at(-1)).toBe('cut-off')
  })
})

describe('what waits', () => {
  test('[SYNC10] is kept, its sender asked for its state, and taken once what it builds on is here', async () => {
    const stranger = await meet()
    const replica = openReplica('stranger', 666)
    replica.store.set('first', 1)
    const first = replica.updates.at(-1) ?? new Uint8Array()
    replica.store.set('second', 2)
    const second = replica.updates.at(-1) ?? new Uint8Array()
    stranger.heard.length = 0
    stranger.say({ type: 'update', update: second })
    await lab.settle()
    expect(ana.store.getAll()).toEqual({})
    expect(stranger.heard).toEqual([])
    await lab.advance(3000)
    expect(stranger.heard.filter(({ message }) => message.type === 'sync-step-1')).toHaveLength(1)
    stranger.say({ type: 'update', update: first })
    await lab.settle()
    expect(ana.store.getAll()).toEqual({ first: 1, second: 2 })
    expect(codes()).toEqual([])
  })

  test('[SYNC10] is asked for every two seconds at most, and bounded', async () => {
    const stranger = await meet()
    const replica = openReplica('stranger', 666)
    replica.store.set('first', 1)
    for (let value = 0; value < 40; value++) {
      replica.store.set(`key ${value}`, value)
      stranger.say({ type: 'update', update: replica.updates.at(-1) ?? new Uint8Array() })
    }
    await lab.settle()
    stranger.heard.length = 0
    for (let beat = 0; beat < 10; beat++) {
      stranger.say({ type: 'ping' })
      await lab.advance(1000)
    }
    expect(stranger.heard.filter(({ message }) => message.type === 'sync-step-1').length).toBeLessThanOrEqual(5)
    // More than it kept came; the state that it asked for has all.
    stranger.say({ type: 'sync-step-2', update: encodedState(replica) })
    await lab.settle()
    expect(ana.store.keys()).toHaveLength(41)
    expect(codes()).toEqual([])
  })
})

const writerOf = (room: Room): number => room.awareness.clientID

/** The state that a stranger was sent last. */
const stateOf = async (stranger: Stranger): Promise<Uint8Array> => {
  stranger.say({ type: 'sync-step-1', stateVector: Uint8Array.of(0) })
  await lab.settle()
  const states = stranger.heard.flatMap(({ message }) => (message.type === 'sync-step-2' ? [message.update] : []))
  return states.at(-1) ?? new Uint8Array()
}

const encodeAwareness = (client: number, clock: number, state: unknown): number[] => {
  const text = new TextEncoder().encode(JSON.stringify(state))
  return [1, ...varUint(client), ...varUint(clock), ...varUint(text.length), ...text]
}
const varUint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varUint(Math.floor(value / 128))]
