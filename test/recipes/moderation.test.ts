import { describe, expect, test } from 'vitest'
import { block, blockedIn, unblock } from '../../demo/recipes/block-list.js'
import { chatStateIn, isPaused, pauseChat, resumeChat } from '../../demo/recipes/chat-pause.js'
import { hiddenIn, hide, unhide } from '../../demo/recipes/hidden-messages.js'
import { mostPins, pin, pinnedIn, unpin } from '../../demo/recipes/pinned-messages.js'
import { oddValues, putOdd, threeRooms, type RecipeRoom } from './rooms.js'

const message = (id: string, pinnedBy = 'Ana') => ({ id, text: `Bo: ${id}`, pinnedBy })
const pinIds = ({ store }: RecipeRoom) => pinnedIn(store).map(({ id }) => id)
const author = ({ self: { id, name } }: RecipeRoom) => ({ peerId: id, userId: `user ${name}`, userName: name })
/** A user id as most apps have it: 36 characters. */
const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`

describe('pinned messages', () => {
  test('[RECIPE3] the newest three stay, in order, also for who joins late', async () => {
    const { network, ana, bo, join } = await threeRooms()
    for (const id of ['1', '2', '3', '4']) {
      pin(ana.store, message(id))
      await network.settle()
    }
    expect(pinIds(bo)).toEqual(['2', '3', '4'])
    expect(pinIds(await join('Dev'))).toEqual(['2', '3', '4'])
    unpin(bo.store, '3')
    await network.settle()
    expect(pinIds(ana)).toEqual(['2', '4'])
    expect(ana.store.get('pinnedMessages')).toEqual([message('2'), message('4')])
  })

  test('[RECIPE3] two who pin at once both stick; of more than fit everybody keeps the same three', async () => {
    const { network, ana, bo, cleo } = await threeRooms()
    pin(ana.store, message('a'))
    pin(bo.store, message('b'))
    await network.settle()
    expect(pinIds(cleo).sort()).toEqual(['a', 'b'])
    await network.partition([ana], [bo, cleo])
    for (const id of ['a2', 'a3']) pin(ana.store, message(id))
    for (const id of ['b2', 'b3']) pin(bo.store, message(id))
    await network.heal()
    await network.settle()
    expect(pinIds(ana)).toHaveLength(mostPins)
    for (const room of [bo, cleo]) expect(pinIds(room)).toEqual(pinIds(ana))
    expect(pinIds(ana)).toEqual(expect.arrayContaining(['a3', 'b3']))
  })

  test('[RECIPE3] a message that two pin at once, or one twice, is pinned once', async () => {
    const { network, ana, bo, cleo } = await threeRooms()
    pin(ana.store, message('m', 'Ana'))
    pin(bo.store, message('m', 'Bo'))
    await network.settle()
    pin(cleo.store, message('m', 'Cleo'))
    await network.settle()
    for (const { store } of [ana, bo, cleo]) {
      expect(store.get('pinnedMessages')).toHaveLength(1)
      expect(['Ana', 'Bo']).toContain(pinnedIn(store)[0]?.pinnedBy)
    }
  })

  test('[RECIPE3] a pin that does not fit into the key is refused, and the pins before it stay', async () => {
    const { ana } = await threeRooms()
    pin(ana.store, message('short'))
    expect(() => pin(ana.store, message('long'.repeat(300)))).toThrow(
      expect.objectContaining({ code: 'value-too-large' }),
    )
    expect(pinIds(ana)).toEqual(['short'])
  })

  test('[RECIPE12] whatever stands in the key, what can be read is shown, and pinning goes on', async () => {
    const { network, ana, bo } = await threeRooms()
    for (const value of [...oddValues, [message('known'), 3, { id: 'known', text: 'twice' }]]) {
      putOdd(ana, 'pinnedMessages', value)
      await network.settle()
      expect(pinIds(bo).length).toBeLessThanOrEqual(1)
      unpin(bo.store, 'not there')
      pin(bo.store, message('new'))
      await network.settle()
      for (const room of [ana, bo]) expect(pinIds(room)).toContain('new')
      unpin(bo.store, 'new')
      await network.settle()
      expect(pinIds(ana)).not.toContain('new')
    }
  })
})

describe('block list', () => {
  test('[RECIPE4] two moderators who block two users at once both stick', async () => {
    const { network, ana, bo, cleo, join } = await threeRooms()
    block(ana.store, 'mallory')
    block(bo.store, 'trudy')
    await network.settle()
    for (const { store } of [ana, bo, cleo, await join('Dev')])
      expect([...blockedIn(store)]).toEqual(['mallory', 'trudy'])
    await network.partition([ana, cleo], [bo])
    block(ana.store, 'oscar')
    unblock(bo.store, 'mallory')
    await network.heal()
    await network.settle()
    for (const { store } of [ana, bo, cleo]) expect([...blockedIn(store)]).toEqual(['oscar', 'trudy'])
  })

  test('[RECIPE4] who is blocked and unblocked at once is blocked', async () => {
    const { network, ana, bo } = await threeRooms()
    block(ana.store, 'mallory')
    await network.settle()
    block(ana.store, 'mallory')
    unblock(bo.store, 'mallory')
    await network.settle()
    for (const { store } of [ana, bo]) expect([...blockedIn(store)]).toEqual(['mallory'])
  })

  test('[RECIPE4] it reads as an array, and takes what was written as one, also with an id in it twice', async () => {
    const { network, ana, bo } = await threeRooms()
    ana.store.set('chatPeerBlacklist', ['mallory'])
    await network.settle()
    // The habit of the original: two at once block the same one.
    for (const { store } of [ana, bo]) store.update('chatPeerBlacklist', list => [...list, 'trudy'])
    await network.settle()
    expect(ana.store.get('chatPeerBlacklist')).toEqual(['mallory', 'trudy', 'trudy'])
    block(bo.store, 'oscar')
    await network.settle()
    expect(ana.store.get('chatPeerBlacklist')).toEqual(['mallory', 'oscar', 'trudy'])
  })

  test('[RECIPE11] 26 UUIDs fit into a key as it is, the next is refused; with more bytes for each room more do', async () => {
    const { network, ana } = await threeRooms()
    for (let number = 0; number < 26; number++) block(ana.store, uuid(number))
    expect(() => block(ana.store, uuid(26))).toThrow(expect.objectContaining({ code: 'value-too-large' }))
    expect(blockedIn(ana.store).size).toBe(26)
    const { store } = await network.join({ room: 'larger', limits: { maxValueBytes: 4096 } })
    for (let number = 0; number < 104; number++) block(store, uuid(number))
    expect(blockedIn(store).size).toBe(104)
  })

  test('[RECIPE12] whatever stands in the keys, the ids in it count, and blocking and hiding go on', async () => {
    const { network, ana, bo } = await threeRooms()
    for (const value of oddValues) {
      for (const key of ['chatPeerBlacklist', 'chatMessageBlacklist', 'pinnedMessages'] as const)
        putOdd(ana, key, value)
      await network.settle()
      const before = [...blockedIn(bo.store)]
      block(bo.store, 'mallory')
      hide(bo.store, 'message')
      await network.settle()
      expect([...blockedIn(ana.store)].sort()).toEqual([...before, 'mallory'].sort())
      unblock(bo.store, 'mallory')
      unhide(bo.store, 'message')
      await network.settle()
      expect([...blockedIn(ana.store)].sort()).toEqual(before.sort())
      expect(hiddenIn(ana.store).has('message')).toBe(false)
    }
  })
})

describe('hidden messages', () => {
  test('[RECIPE5] a message that is hidden is unpinned in the same change', async () => {
    const { network, ana, bo } = await threeRooms()
    for (const id of ['m', 'other']) pin(ana.store, message(id))
    await network.settle()
    const seen: string[] = []
    const note = () =>
      seen.push(
        `${hiddenIn(bo.store).has('m') ? 'hidden' : 'shown'} ${pinIds(bo).includes('m') ? 'pinned' : 'not pinned'}`,
      )
    bo.store.observe(['chatMessageBlacklist', 'pinnedMessages'], note)
    hide(ana.store, 'm')
    expect(ana.store.get('pinnedMessages')).toEqual([message('other')])
    while (await network.deliver()) note()
    expect(new Set(seen)).toEqual(new Set(['shown pinned', 'hidden not pinned']))
    ana.store.history.undo()
    await network.settle()
    expect(pinIds(bo)).toContain('m')
    expect(hiddenIn(bo.store).size).toBe(0)
  })

  test('[RECIPE5] what one pins while another hides it is not shown, and cannot be pinned again', async () => {
    const { network, ana, bo, cleo } = await threeRooms()
    hide(ana.store, 'm')
    pin(bo.store, message('m'))
    await network.settle()
    for (const room of [ana, bo, cleo]) expect(pinIds(room)).toEqual([])
    unpin(cleo.store, 'm')
    pin(cleo.store, message('m'))
    await network.settle()
    expect(ana.store.get('pinnedMessages')).toEqual([])
  })

  test('[RECIPE5] what several hide at once, out of sight of each other, is all hidden', async () => {
    const { network, ana, bo, cleo } = await threeRooms()
    await network.partition([ana], [bo], [cleo])
    for (const [index, { store }] of [ana, bo, cleo].entries()) for (const id of ['all', `of ${index}`]) hide(store, id)
    await network.heal()
    await network.settle()
    for (const { store } of [ana, bo, cleo]) expect([...hiddenIn(store)]).toEqual(['all', 'of 0', 'of 1', 'of 2'])
  })

  test('[RECIPE5] a message that does not fit into the key any more stays pinned', async () => {
    const { ana } = await threeRooms()
    for (let number = 0; number < 26; number++) hide(ana.store, uuid(number))
    pin(ana.store, message(uuid(26)))
    expect(() => hide(ana.store, uuid(26))).toThrow(expect.objectContaining({ code: 'value-too-large' }))
    expect(pinIds(ana)).toEqual([uuid(26)])
  })
})

describe('chat pause', () => {
  test('[RECIPE6] who pauses the chat pauses it for everybody, late joiners too, and anybody resumes it', async () => {
    const { network, ana, bo, join } = await threeRooms()
    expect(isPaused(ana.store)).toBe(false)
    pauseChat(ana.store, author(ana), 1000)
    await network.settle()
    expect(chatStateIn((await join('Dev')).store)).toEqual({ enabled: false, updatedBy: author(ana), updatedAt: 1000 })
    pauseChat(bo.store, author(bo), 2000)
    expect(chatStateIn(bo.store)?.updatedAt).toBe(1000)
    resumeChat(bo.store, author(bo), 3000)
    await network.settle()
    expect(chatStateIn(ana.store)).toEqual({ enabled: true, updatedBy: author(bo), updatedAt: 3000 })
  })

  test('[RECIPE6] two who change it at once leave the state of one of them, whole', async () => {
    const { network, ana, bo, cleo } = await threeRooms()
    const stateBy = (room: RecipeRoom) => ({ enabled: false, updatedBy: author(room), updatedAt: room === ana ? 1 : 2 })
    for (let round = 0; round < 6; round++) {
      // Whoever wrote last, one of the two changes less of it than the other.
      await network.partition([ana], [bo], [cleo])
      for (const room of round % 2 === 0 ? [ana, bo] : [bo, ana]) {
        await network.advance(1)
        pauseChat(room.store, author(room), stateBy(room).updatedAt)
      }
      await network.heal()
      await network.settle()
      const state = chatStateIn(ana.store)
      expect([ana, bo].map(stateBy)).toContainEqual(state)
      for (const { store } of [bo, cleo]) expect(chatStateIn(store)).toEqual(state)
      resumeChat(ana.store, author(ana), 0)
      await network.settle()
    }
  })

  test('[RECIPE12] whatever stands in the key, the chat is open unless that says otherwise, and can be paused', async () => {
    const { network, ana, bo } = await threeRooms()
    for (const value of oddValues) {
      putOdd(ana, 'chatState', value)
      await network.settle()
      expect(isPaused(bo.store)).toBe(JSON.stringify(value).includes('"enabled":false'))
      pauseChat(bo.store, author(bo), 0)
      await network.settle()
      expect(isPaused(ana.store)).toBe(true)
    }
  })
})
