import { expect, test } from 'vitest'
import { beginPoll, pollIn, tallyOf, vote } from '../../demo/recipes/polls.js'
import { oddValues, putOdd, threeRooms, type RecipeRoom } from './rooms.js'

const lunch = { q: 'Lunch?', options: ['Pizza', 'Ramen'] }
const resultOn = ({ store }: RecipeRoom) => {
  const poll = pollIn(store)
  return poll && Object.fromEntries(tallyOf(poll).map(({ option, voterIds }) => [option, voterIds.join()]))
}

test('[RECIPE7] votes that are cast at once all count, each voter has one, and can change it', async () => {
  const { network, ana, bo, cleo, join } = await threeRooms()
  beginPoll(ana.store, lunch)
  await network.settle()
  vote(ana.store, 'ana', 'Pizza')
  vote(bo.store, 'bo', 'Pizza')
  vote(cleo.store, 'cleo', 'Ramen')
  await network.settle()
  for (const room of [ana, bo, cleo]) expect(resultOn(room)).toEqual({ Pizza: 'ana,bo', Ramen: 'cleo' })
  await network.partition([ana, cleo], [bo])
  vote(bo.store, 'bo', 'Ramen')
  vote(ana.store, 'ana', 'Ramen')
  await network.heal()
  await network.settle()
  for (const room of [ana, bo, cleo, await join('Dev')])
    expect(resultOn(room)).toEqual({ Pizza: '', Ramen: 'ana,bo,cleo' })
})

test('[RECIPE7] who votes from two pages at once has one vote', async () => {
  const { network, ana, bo, cleo } = await threeRooms()
  beginPoll(ana.store, lunch)
  await network.settle()
  vote(ana.store, 'ana', 'Pizza')
  vote(bo.store, 'ana', 'Ramen')
  await network.settle()
  const votes = [ana, bo, cleo].map(({ store }) => [...(pollIn(store)?.votes ?? [])])
  expect(votes[0]).toHaveLength(1)
  expect(votes[1]).toEqual(votes[0])
  expect(votes[2]).toEqual(votes[0])
})

test('[RECIPE7] a vote in a poll that another replaces at that moment does not count in the new one', async () => {
  const { network, ana, bo } = await threeRooms()
  beginPoll(ana.store, lunch)
  await network.settle()
  const lost: string[] = []
  bo.on('conflict', ({ rule, key }) => lost.push(`${rule} ${key}`))
  beginPoll(ana.store, { ...lunch, q: 'Dinner?' })
  vote(bo.store, 'bo', 'Pizza')
  await network.settle()
  for (const room of [ana, bo]) expect(resultOn(room)).toEqual({ Pizza: '', Ramen: '' })
  expect(lost).toEqual(['deleted poll'])
})

test('[RECIPE7] two polls that are begun at once are one: the options of both, one question, the other a conflict', async () => {
  const { network, ana, bo } = await threeRooms()
  beginPoll(ana.store, { q: 'Tea?', options: ['Yes', 'No'] })
  beginPoll(bo.store, { q: 'Coffee?', options: ['Yes', 'Maybe'] })
  await network.settle()
  for (const { store } of [ana, bo]) {
    expect([...(pollIn(store)?.options ?? [])].sort()).toEqual(['Maybe', 'No', 'Yes'])
    expect([pollIn(store)?.q, store.conflicts('poll')[0]?.value].sort()).toEqual(['Coffee?', 'Tea?'])
  }
})

test('[RECIPE7] a vote for what is no option, or in no poll, writes nothing', async () => {
  const { ana } = await threeRooms()
  vote(ana.store, 'ana', 'Pizza')
  expect(ana.store.get('poll')).toBeNull()
  beginPoll(ana.store, lunch)
  vote(ana.store, 'ana', 'Soup')
  expect(pollIn(ana.store)?.votes.size).toBe(0)
})

test('[RECIPE7] a poll in a key of its own stands beside the usual one', async () => {
  const { network, ana, bo } = await threeRooms()
  beginPoll(ana.store, lunch)
  beginPoll(bo.store, { q: 'Where?', options: ['Here'] }, 'poll:place')
  vote(bo.store, 'bo', 'Here', 'poll:place')
  await network.settle()
  expect(pollIn(ana.store, 'poll:place')?.votes.get('bo')).toBe('Here')
  expect(pollIn(ana.store)?.votes.size).toBe(0)
})

test('[RECIPE12] whatever stands in the key, what can be read counts, under any name, and a poll can be begun', async () => {
  const { network, ana, bo } = await threeRooms()
  for (const value of oddValues) {
    putOdd(ana, 'poll', value)
    await network.settle()
    vote(bo.store, 'bo', 'only')
    await network.settle()
    const hasOption = JSON.stringify(value).includes('"only"')
    expect(resultOn(ana)).toEqual(hasOption ? { only: 'bo' } : null)
    beginPoll(bo.store, lunch)
    for (const voter of ['__proto__', 'constructor', '']) vote(bo.store, voter, 'Ramen')
    await network.settle()
    expect(resultOn(ana)).toEqual({ Pizza: '', Ramen: ',__proto__,constructor' })
  }
})
