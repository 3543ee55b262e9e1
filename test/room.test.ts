import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { SessionError } from '../src/errors.js'
import type { RoomStatus } from '../src/room-status.js'
import { alsoTelling } from './support/altered-transport.js'
import { codesOf } from './support/error-codes.js'
import { createRoomLab, type RoomLab } from './support/room-lab.js'
import { createStranger } from './support/stranger.js'
import { watch } from './support/watched.js'

let lab: RoomLab

beforeEach(() => {
  lab = createRoomLab()
})
afterEach(async () => {
  await lab.close()
  expect(lab.clock.timers, 'timers left behind').toBe(0)
})

describe('leaving', () => {
  test('[ROOM6] says bye after all that was written', async () => {
    const [a, b] = [await lab.join(), await lab.join()]
    a.store.set('last', 'words')
    const leaving = a.leave()
    await lab.settle()
    await leaving
    expect(b.store.get('last')).toBe('words')
    expect(b.peers).toEqual([])
  })

  test('[ROOM6] ends though nobody closes the link, and leaves no timer', async () => {
    const a = await lab.join()
    const silent = createStranger(lab)
    await lab.settle()
    const leaving = watch(a.leave())
    await lab.settle()
    expect(leaving.state).toBe('open')
    await lab.advance(500)
    expect(leaving.state).toBe('resolved')
    expect(lab.clock.timers).toBe(0)
    silent.leave()
  })

  test('[ROOM6] may be asked for twice, and every call after it throws left', async () => {
    const a = await lab.join()
    const { store } = a
    const leaving = a.leave()
    expect(a.leave()).toBe(leaving)
    const calls: (() => unknown)[] = [
      () => store.get('key'),
      () => store.set('key', 1),
      () => store.delete('key'),
      () => store.update('key', () => 1),
      () => store.transact(() => {}),
      () => store.observe('*', () => {}),
      () => store.keys(),
      () => store.getAll(),
      () => store.usage,
      () => store.conflicts('key'),
      () => store.whenDelivered(),
      () => a.send('hi'),
      () => a.on('message', () => {}),
      () => a.setMetadata({}),
      () => a.setName('x'),
      () => a.setRole('x'),
      () => a.connect(),
      () => a.disconnect(),
    ]
    for (const call of calls) expect(call, call.toString()).toThrow(expect.objectContaining({ code: 'left' }))
    await leaving
  })

  test.each(['observe', 'message', 'peer-joined', 'peer-left', 'status', 'awareness'])(
    '[ROOM6] may be done from within a listener of %s',
    async from => {
      const [a, b, c] = [await lab.join(), await lab.join(), await lab.join()]
      const codes = [codesOf(b), codesOf(c)]
      const leavings: Promise<void>[] = []
      const leave = () => void leavings.push(a.leave())
      if (from === 'observe') a.store.observe('key', change => change.source === 'remote' && leave())
      else if (from === 'awareness') a.awareness.on('change', leave)
      else a.on(from as 'message' | 'peer-joined' | 'peer-left' | 'status', leave)
      b.send('hi')
      b.store.set('key', 1)
      b.awareness.setLocalState({ cursor: 1 })
      const leavingToo = c.leave()
      await lab.join()
      // Two that leave at once do not hear each other's goodbye.
      await lab.advance(500)
      await leavingToo
      expect(leavings.length).toBeGreaterThan(0)
      await Promise.all(leavings)
      expect(b.peers).toHaveLength(1)
      expect(codes).toEqual([[], []])
    },
  )

  test('[ROOM6] the last one out leaves nothing for a newcomer', async () => {
    const a = await lab.join()
    a.store.set('key', 1)
    const first = a.sessionId
    await a.leave()
    await lab.advance(1)
    const b = await lab.join()
    expect(b.store.getAll()).toEqual({})
    expect(b.sessionId > first).toBe(true)
  })

  test('[ROOM7] a page that goes away has left', async () => {
    const page = new EventTarget()
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
    try {
      const a = await lab.join()
      vi.unstubAllGlobals()
      const b = await lab.join()
      page.dispatchEvent(new Event('pagehide'))
      await lab.settle()
      expect(b.peers).toEqual([])
      expect(() => a.send('hi')).toThrow(expect.objectContaining({ code: 'left' }))
    } finally {
      vi.unstubAllGlobals()
    }
  })
})

describe('away and back', () => {
  test('[ROOM8] reading and writing go on, and merge', async () => {
    const [a, b] = [await lab.join(), await lab.join()]
    a.store.set('list', ['both'])
    await lab.settle()
    a.disconnect()
    await lab.settle()
    expect(a.status).toEqual({ signaling: 'disconnected', links: [], sync: 'offline' })
    a.store.update('list', list => [...(list as string[]), 'from a'])
    b.store.update('list', list => [...(list as string[]), 'from b'])
    await lab.advance(10_000)
    expect([a.peers.length, b.peers.length]).toEqual([0, 0])
    a.connect()
    await lab.settle()
    expect(a.store.get('list')).toEqual(b.store.get('list'))
    expect(a.store.get('list')).toHaveLength(3)
    expect([a.peers.length, b.peers.length]).toEqual([1, 1])
  })

  test('[ROOM8] ten times in a row', async () => {
    const [a, b] = [await lab.join(), await lab.join()]
    for (let round = 0; round < 10; round++) {
      if (round % 2 === 0) lab.network.closeLink(a.self.id, b.self.id)
      else b.disconnect()
      a.store.set(`a ${round}`, round)
      b.store.set(`b ${round}`, round)
      b.connect()
      await lab.settle()
      expect(a.store.getAll()).toEqual(b.store.getAll())
      expect(a.store.keys()).toHaveLength(2 * round + 2)
    }
  })
})

describe('telling', () => {
  test('[ROOM9] status follows links and signaling, with one event per change', async () => {
    const a = await lab.join()
    const told: RoomStatus[] = []
    a.on('status', status => told.push(status))
    expect(a.status).toEqual({ signaling: 'connected', links: [], sync: 'alone' })
    const b = await lab.join()
    expect(told.map(({ sync }) => sync)).toEqual(expect.arrayContaining(['syncing', 'synced']))
    expect(told.at(-1)).toEqual(a.status)
    expect(a.status).toEqual({
      signaling: 'connected',
      links: [{ peerId: b.self.id, state: 'open' }],
      sync: 'synced',
    })
    for (const [index, status] of told.entries()) expect(status).not.toEqual(told[index + 1])
    lab.network.setSignaling('unreachable')
    await lab.settle()
    expect(a.status).toMatchObject({ signaling: 'connecting', sync: 'synced' })
    lab.network.cut(a.self.id, b.self.id)
    await lab.settle()
    expect(a.status).toEqual({ signaling: 'connecting', links: [], sync: 'offline' })
    lab.network.setSignaling('reachable')
    await lab.advance(5000)
    expect(a.status).toEqual({ signaling: 'connected', links: [], sync: 'syncing' })
  })

  test('[ROOM9] a link that is being made shows as connecting', async () => {
    const a = await lab.join()
    const silent = createStranger(lab)
    await lab.settle()
    expect(a.status.links).toEqual([{ peerId: 'stranger', state: 'connecting' }])
    silent.leave()
  })

  test('[ROOM10] a listener that throws is told and stops no other', async () => {
    const [a, b] = [await lab.join(), await lab.join()]
    const details: unknown[] = []
    a.on('error', error => details.push(error.details))
    const heard: unknown[] = []
    a.on('message', () => {
      throw new Error('from the app')
    })
    a.on('message', ({ data }) => heard.push(data))
    b.send(1)
    b.send(2)
    await lab.settle()
    expect(heard).toEqual([1, 2])
    expect(details).toEqual([{ event: 'message' }, { event: 'message' }])
  })

  test('[ROOM10] a listener that stopped is told no more, and the same function may listen twice', async () => {
    const [a, b] = [await lab.join(), await lab.join()]
    let calls = 0
    const listener = () => calls++
    const stop = a.on('message', listener)
    a.on('message', listener)
    b.send(1)
    await lab.settle()
    expect(calls).toBe(2)
    stop()
    stop()
    b.send(2)
    await lab.settle()
    expect(calls).toBe(3)
  })

  test('[ROOM10] a listener that listens anew whenever it is told hears each event once', async () => {
    const [a, b] = [await lab.join(), await lab.join()]
    const heard: unknown[] = []
    let stop = () => {}
    const listen = () => {
      stop = a.on('message', ({ data }) => {
        heard.push(data)
        stop()
        if (heard.length < 10) listen()
      })
    }
    listen()
    b.send(1)
    b.send(2)
    await lab.settle()
    expect(heard).toEqual([1, 2])
  })

  test('[ROOM10] what went wrong while joining is told once the room is there', async () => {
    const transport = alsoTelling(lab.network.transport(), { code: 'signaling-failed', url: 'ws://x', reason: 'gone' })
    const joining = lab.start({ transport })
    const codes: string[] = []
    const heard = joining.then(room => room.on('error', ({ code }) => codes.push(code)))
    await lab.settle()
    await heard
    expect(codes).toEqual([])
    await lab.advance(0)
    expect(codes).toEqual(['signaling-failed'])
  })

  test('[ROOM10] no error has the query of an address in it, where a token may be', async () => {
    const url = 'ws://signaling.test/?token=secret'
    const transport = alsoTelling(lab.network.transport(), { code: 'signaling-failed', url, reason: 'not allowed' })
    const told: SessionError[] = []
    const joining = lab.start({ transport }).then(room => room.on('error', error => told.push(error)))
    await lab.settle()
    await joining
    await lab.advance(0)
    const wrong = await lab.start({ signaling: 'http://signaling.test/?token=secret' }).catch((cause: unknown) => cause)
    expect(told).toMatchObject([{ code: 'signaling-failed', details: { url: 'ws://signaling.test/' } }])
    for (const error of [...told, wrong]) expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('secret')
  })

  test('[ROOM10] conflicts are told', async () => {
    const [a, b] = [await lab.join(), await lab.join()]
    const told: unknown[] = []
    for (const room of [a, b]) room.on('conflict', ({ key }) => told.push(key))
    a.store.set('key', 'a')
    b.store.set('key', 'b')
    await lab.settle()
    expect(told).toEqual(['key', 'key'])
  })
})
