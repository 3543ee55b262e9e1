import { describe, expect, test } from 'vitest'
import type { Room } from '../../src/room.js'
import { roomLabOfFile } from '../support/room-lab.js'
import { at, joinAll } from './many.js'

const lab = roomLabOfFile()
const joinMany = (names: readonly string[]) => joinAll(lab(), names)
const windowMs = 60_000
const join = (name: string) => lab().join({ name, resumeWindowMs: windowMs })

describe('states', () => {
  const stateOf = (room: Room, of: Room) => room.awareness.getStates().get(of.awareness.clientID)

  test('[SESSION8] states reach the peers that are linked, changed or not since they joined', async () => {
    const [a, b] = await joinMany(['Ana', 'Bo'])
    a?.awareness.setLocalStateField('cursor', 1)
    await lab().settle()
    expect(stateOf(b as Room, a as Room)).toEqual({ cursor: 1 })
    const c = await lab().join({ name: 'Cy' })
    expect(stateOf(c, a as Room)).toEqual({ cursor: 1 })
    expect(stateOf(c, b as Room)).toEqual({})
  })

  test('[SESSION8] many changes in one tick are one message to each link, and nobody repeats them', async () => {
    const rooms = await joinMany(['Ana', 'Bo', 'Cy'])
    lab().sent.length = 0
    for (let cursor = 0; cursor < 50; cursor++) at(rooms, 0).awareness.setLocalStateField('cursor', cursor)
    await lab().settle()
    expect(lab().sent.map(({ message }) => message.type)).toEqual(['awareness', 'awareness'])
    lab().sent.length = 0
    await lab().advance(120_000)
    expect(lab().sent.filter(({ message }) => message.type === 'awareness')).toEqual([])
    expect(stateOf(at(rooms, 2), at(rooms, 0))).toEqual({ cursor: 49 })
  })

  test('[SESSION8] a state goes with its owner, be it with a bye or without', async () => {
    const rooms = await joinMany(['Ana', 'Bo', 'Cy'])
    const leaving = at(rooms, 1).leave()
    await lab().settle()
    await leaving
    expect(stateOf(at(rooms, 0), at(rooms, 1))).toBeUndefined()
    lab().network.kill(at(rooms, 2).self.id)
    await lab().advance(5000)
    expect([...at(rooms, 0).awareness.getStates().keys()]).toEqual([at(rooms, 0).awareness.clientID])
    expect([...at(rooms, 0).awareness.meta.keys()]).toEqual([at(rooms, 0).awareness.clientID])
  })

  test('[SESSION8] a state survives a link that comes back', async () => {
    const rooms = await joinMany(['Ana', 'Bo'])
    at(rooms, 0).awareness.setLocalState({ cursor: 1 })
    await lab().settle()
    lab().network.closeLink(at(rooms, 0).self.id, at(rooms, 1).self.id)
    await lab().advance(10_000)
    expect(stateOf(at(rooms, 1), at(rooms, 0))).toEqual({ cursor: 1 })
  })

  test('[ROOM10] a listener of awareness that throws is told, and breaks nothing', async () => {
    const rooms = await joinMany(['Ana', 'Bo'])
    const errors: string[] = []
    at(rooms, 1).on('error', ({ code }) => errors.push(code))
    at(rooms, 1).awareness.on('change', () => {
      throw new Error('from the app')
    })
    at(rooms, 0).awareness.setLocalState({ cursor: 1 })
    at(rooms, 0).store.set('key', 1)
    await lab().settle()
    expect(errors).toEqual(['listener-failed'])
    expect(at(rooms, 1).store.get('key')).toBe(1)
  })
})

describe('over several lives', () => {
  test('[SESSION8] [SESSION10] is the same object in the next life, with its own state and no other', async () => {
    const a = await join('a')
    const b = await join('b')
    const { awareness } = a
    awareness.setLocalState({ cursor: 3 })
    b.awareness.setLocalState({ cursor: 5 })
    await lab().settle()
    const client = awareness.clientID
    a.disconnect()
    await lab().advance(windowMs + 1000)
    a.connect()
    await lab().settle()
    await lab().advance(1000)
    expect(a.awareness).toBe(awareness)
    expect(awareness.clientID).not.toBe(client)
    expect([...awareness.getStates().values()]).toEqual([{ cursor: 3 }, { cursor: 5 }])
    expect(b.awareness.getStates().get(awareness.clientID)).toEqual({ cursor: 3 })
    expect(b.awareness.getStates().get(client)).toBeUndefined()
  })
})
