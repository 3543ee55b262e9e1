import { expect, test } from 'vitest'
import { block, blockedIn } from '../../demo/recipes/block-list.js'
import { chatStateIn, pauseChat } from '../../demo/recipes/chat-pause.js'
import { hide, hiddenIn } from '../../demo/recipes/hidden-messages.js'
import { mostPins, pin, pinnedIn } from '../../demo/recipes/pinned-messages.js'
import { beginPoll, pollIn, vote } from '../../demo/recipes/polls.js'
import { beginGame, gameIn, play } from '../../demo/recipes/tic-tac-toe.js'
import { HMSSDK, type HMSSessionStore, type JsonValue } from '../../src/hms/index.js'
import { threeRooms, type Rooms } from './rooms.js'

const keys = [
  'spotlight',
  'pinnedMessages',
  'chatPeerBlacklist',
  'chatMessageBlacklist',
  'chatState',
  'poll',
  'ticTacToe',
]

/** An app of the SDK's names in the same room: the values that it was told last, and its way to write them. */
const joinByName = async ({ network }: Rooms) => {
  const sdk = new HMSSDK({ joinRoom: options => network.join(options) })
  const values: Record<string, JsonValue> = {}
  const stores: HMSSessionStore[] = []
  sdk.addUpdateListener({
    listener: { onSessionStoreAvailable: ({ hmsSessionStore }) => void stores.push(hmsSessionStore) },
  })
  await sdk.join({ config: { room: 'recipes', userName: 'Dev' } })
  await network.settle()
  const onKeyChanged = ({ key, value }: { key: string; value: JsonValue }) => {
    values[key] = value
  }
  await stores[0]?.addKeyChangeListener({ keys, hmsKeyChangeListener: { onKeyChanged } })
  const set = async (key: string, data: unknown) => {
    await stores[0]?.setSessionMetadataForKey({ key, data })
  }
  return { values, set }
}
const message = (id: string) => ({ id, text: `Bo: ${id}`, pinnedBy: 'Ana', authorId: 'bo' })
const ana = { peerId: 'peer', userId: 'ana', userName: 'Ana' }

test('[RECIPE13] by the SDK’s names each key reads as the JSON of the schema', async () => {
  const rooms = await threeRooms()
  const { store, self } = rooms.ana
  const { values } = await joinByName(rooms)
  expect(values).toEqual(Object.fromEntries(keys.map(key => [key, null])))
  store.set('spotlight', self.id)
  pin(store, message('m'))
  block(store, 'mallory')
  hide(store, 'n')
  pauseChat(store, ana, 5)
  beginPoll(store, { q: 'Lunch?', options: ['Pizza', 'Ramen'] })
  vote(store, 'ana', 'Pizza')
  beginGame(store)
  play(store, 4, 'ana')
  await rooms.network.settle()
  expect(values).toEqual({
    spotlight: self.id,
    pinnedMessages: [message('m')],
    chatPeerBlacklist: ['mallory'],
    chatMessageBlacklist: ['n'],
    chatState: { enabled: false, updatedBy: ana, updatedAt: 5 },
    poll: { q: 'Lunch?', options: ['Pizza', 'Ramen'], votes: { ana: 'Pizza' } },
    ticTacToe: { cells: { 4: 'X' }, players: { X: 'ana' } },
  })
})

test('[RECIPE13] what is rewritten by the SDK’s names while a recipe writes merges with that', async () => {
  const rooms = await threeRooms()
  const { store } = rooms.ana
  const { values, set } = await joinByName(rooms)
  block(store, 'mallory')
  hide(store, 'n')
  pin(store, message('first'))
  beginPoll(store, { q: 'Lunch?', options: ['Pizza', 'Ramen'] })
  beginGame(store)
  await rooms.network.settle()

  block(store, 'trudy')
  hide(store, 'o')
  pin(store, message('second'))
  vote(store, 'ana', 'Pizza')
  play(store, 0, 'ana')
  const arrayIn = (key: string) => values[key] as readonly JsonValue[]
  const writes = [
    set('chatPeerBlacklist', [...arrayIn('chatPeerBlacklist'), 'oscar']),
    set('chatMessageBlacklist', [...arrayIn('chatMessageBlacklist'), 'p']),
    set('pinnedMessages', [...arrayIn('pinnedMessages'), message('third')].slice(-mostPins)),
    set('poll', { ...(values['poll'] as object), votes: { dev: 'Ramen' } }),
    set('ticTacToe', { ...(values['ticTacToe'] as object), cells: { 8: 'X' } }),
    set('chatState', { enabled: false, updatedBy: { peerID: 'spelled otherwise' }, updatedAt: 1 }),
  ]
  await Promise.all(writes)
  await rooms.network.settle()
  for (const { store } of [rooms.ana, rooms.bo, rooms.cleo]) {
    expect([...blockedIn(store)]).toEqual(['mallory', 'oscar', 'trudy'])
    expect([...hiddenIn(store)]).toEqual(['n', 'o', 'p'])
    expect(pinnedIn(store).map(({ id }) => id)).toEqual(expect.arrayContaining(['first', 'second', 'third']))
    expect([...(pollIn(store)?.votes ?? [])]).toEqual([
      ['ana', 'Pizza'],
      ['dev', 'Ramen'],
    ])
    expect(gameIn(store)?.cells.filter(mark => mark === 'X')).toHaveLength(2)
    expect(chatStateIn(store)?.enabled).toBe(false)
  }
})
