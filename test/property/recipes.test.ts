import fc from 'fast-check'
import { expect, test } from 'vitest'
import { block, blockedIn, unblock } from '../../demo/recipes/block-list.js'
import { chatStateIn, pauseChat, resumeChat } from '../../demo/recipes/chat-pause.js'
import { hiddenIn, hide, unhide } from '../../demo/recipes/hidden-messages.js'
import { mostPins, pin, pinnedIn, unpin } from '../../demo/recipes/pinned-messages.js'
import { beginPoll, pollIn, tallyOf, vote } from '../../demo/recipes/polls.js'
import type { RecipeStore } from '../../demo/recipes/recipe-store.js'
import { spotlightIn } from '../../demo/recipes/spotlight.js'
import { beginGame, gameIn, play } from '../../demo/recipes/tic-tac-toe.js'
import { exchange, openReplica } from '../support/replicas.js'
import { check, patienceMs } from './seed.js'

const keys = [
  'spotlight',
  'pinnedMessages',
  'chatPeerBlacklist',
  'chatMessageBlacklist',
  'chatState',
  'poll',
  'ticTacToe',
]

// So few names that peers meet in the same places all the time, and such as break what is careless with objects.
const ids = ['m', 'n', 'o', 'p', '__proto__']
const id = fc.constantFrom(...ids)
const option = fc.constantFrom('Yes', 'No')
/** It says when, too, so that what is mixed of two shows. */
const author = (userId: string, now: number) => ({ peerId: userId, userId, userName: `${userId} at ${now}` })

/** What people do, each with one store. */
const act = fc.oneof(
  { weight: 4, arbitrary: id.map(of => (store: RecipeStore) => pin(store, { id: of, text: 'said', pinnedBy: of })) },
  fc.constant((store: RecipeStore) => unpin(store, 'm')),
  id.map(of => (store: RecipeStore) => hide(store, of)),
  id.map(of => (store: RecipeStore) => unhide(store, of)),
  id.map(of => (store: RecipeStore) => block(store, of)),
  id.map(of => (store: RecipeStore) => unblock(store, of)),
  { weight: 3, arbitrary: id.map(by => (store: RecipeStore, now: number) => pauseChat(store, author(by, now), now)) },
  { weight: 2, arbitrary: id.map(by => (store: RecipeStore, now: number) => resumeChat(store, author(by, now), now)) },
  fc.constant((store: RecipeStore) => beginPoll(store, { q: 'Now?', options: ['Yes', 'No'] })),
  fc.tuple(id, option).map(
    ([voter, of]) =>
      (store: RecipeStore) =>
        vote(store, voter, of),
  ),
  fc.constant(beginGame),
  fc.tuple(fc.nat(8), id).map(
    ([cell, player]) =>
      (store: RecipeStore) =>
        void play(store, cell, player),
  ),
)

const names = [
  'id',
  'text',
  'enabled',
  'updatedBy',
  'options',
  'votes',
  'cells',
  'players',
  'X',
  'Yes',
  'm',
  '__proto__',
]
const { value: anyValue } = fc.letrec(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, 0, true, false, '', 'X', 'm', 'Yes', '[]'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))
const odd = fc.record({ key: fc.constantFrom(...keys), value: anyValue })

const seenIn = (store: RecipeStore) => {
  const poll = pollIn(store)
  return {
    spotlight: spotlightIn(store),
    pins: pinnedIn(store),
    blocked: [...blockedIn(store)],
    hidden: [...hiddenIn(store)],
    state: chatStateIn(store),
    tally: poll && tallyOf(poll),
    game: gameIn(store),
  }
}

test('[RECIPE12] whatever the keys hold, nothing throws, and all pages see the same', { timeout: patienceMs }, () => {
  const step = fc.record({
    by: fc.nat(2),
    change: fc.oneof({ weight: 3, arbitrary: act }, { weight: 1, arbitrary: odd }),
    isSeen: fc.boolean(),
  })
  check(fc.array(step, { maxLength: 40, size: 'max' }), 400, steps => {
    // Larger than usual: what is refused for its size is another matter.
    const replicas = [1, 2, 3].map(writer =>
      openReplica(`peer-${writer}`, writer, { limits: { maxValueBytes: 16_384, maxTotalBytes: 262_144 } }),
    )
    for (const [now, { by, change, isSeen }] of steps.entries()) {
      const store = replicas[by]?.store
      if (!store) continue
      if (typeof change === 'function') change(store, now)
      else store.set(change.key, change.value as never)
      seenIn(store)
      if (isSeen) exchange(...replicas)
    }
    exchange(...replicas)
    const [first, ...others] = replicas.map(({ store }) => seenIn(store))
    for (const other of others) expect(other).toEqual(first)
  })
})

test(
  '[RECIPE3] [RECIPE4] [RECIPE5] [RECIPE6] [RECIPE7] [RECIPE9] what people do at once keeps the shapes',
  { timeout: patienceMs },
  () => {
    const step = fc.record({ by: fc.nat(2), change: act, isSeen: fc.boolean() })
    check(fc.array(step, { maxLength: 40, size: 'max' }), 400, steps => {
      const replicas = [1, 2, 3].map(writer => openReplica(`peer-${writer}`, writer))
      for (const [now, { by, change, isSeen }] of steps.entries()) {
        const replica = replicas[by]
        if (replica) change(replica.store, now)
        if (isSeen) exchange(...replicas)
      }
      exchange(...replicas)
      for (const { store } of replicas) {
        const { pins, state, game } = seenIn(store)
        // In the keys, as other apps find them, and not only in what is read here.
        const listIn = (key: string) => (store.get(key) ?? []) as readonly (string | { readonly id: string })[]
        expect(listIn('pinnedMessages')).toEqual(expect.arrayContaining([...pins]))
        expect(listIn('pinnedMessages').length).toBeLessThanOrEqual(mostPins)
        for (const key of ['pinnedMessages', 'chatPeerBlacklist', 'chatMessageBlacklist']) {
          const ids = listIn(key).map(item => (typeof item === 'string' ? item : item.id))
          expect(new Set(ids).size, key).toBe(ids.length)
        }
        if (state) {
          const { updatedBy, updatedAt } = state
          expect(updatedBy).toEqual(author(updatedBy.peerId, updatedAt))
        }
        if (game) expect(game.cells).toHaveLength(9)
        const cells = Object.keys((store.get('ticTacToe') as { cells: object } | null)?.cells ?? {})
        expect(cells.every(cell => /^[0-8]$/.test(cell))).toBe(true)
      }
    })
  },
)
