import { expectTypeOf } from 'vitest'
import type { Counter, List, Members, RoomStore, Text } from '../../src/index.js'

type Standup = {
  spotlight: string
  pinned: List<{ id: string; text: string }>
  poll: { q: string; votes: Record<string, string> }
  claps: Counter
  score: number
  hands: Members<string>
  queue: string[]
  notes: Text
}
declare const store: RoomStore<Standup>

expectTypeOf(store.get('poll')).toEqualTypeOf<{ q: string; votes: Record<string, string> } | null>()
expectTypeOf(store.get('pinned')).toEqualTypeOf<readonly { id: string; text: string }[] | null>()
expectTypeOf(store.get('hands')).toEqualTypeOf<readonly string[] | null>()
expectTypeOf(store.get('claps')).toEqualTypeOf<number | null>()
expectTypeOf(store.get('notes')).toEqualTypeOf<string | null>()
expectTypeOf(store.list('queue')).toEqualTypeOf<List<string>>()
expectTypeOf(store.list('pinned')).toEqualTypeOf<List<{ id: string; text: string }>>()
expectTypeOf(store.members('hands')).toEqualTypeOf<Members<string>>()
expectTypeOf(store.counter('score')).toEqualTypeOf<Counter>()
expectTypeOf(store.text('notes')).toEqualTypeOf<Text>()
expectTypeOf(store.text('spotlight')).toEqualTypeOf<Text>()

// What handles made is set as what it is read as, and null removes any key.
store.set('claps', 3)
store.set('pinned', [{ id: '1', text: 'Hi' }])
store.set('hands', ['ana'])
store.set('notes', 'Hi')
store.set('poll', null)
store.update('claps', claps => claps + 1)

// @ts-expect-error there is no such key
store.get('spotlihgt')
// @ts-expect-error there is no such key
store.delete('spotlihgt')
// @ts-expect-error another type
store.set('spotlight', 1)
// @ts-expect-error a field is missing
store.set('poll', { q: 'Food?' })
// @ts-expect-error another type
store.set('claps', 'three')
// @ts-expect-error a part is of another type
store.set('pinned', [{ id: 1, text: 'Hi' }])
// @ts-expect-error another type
store.compareAndSet('spotlight', null, 1)
// @ts-expect-error another type
store.update('poll', poll => poll.q)
// @ts-expect-error it may not be set
store.get('spotlight').trim()

// @ts-expect-error a text is no counter
store.counter('spotlight')
// @ts-expect-error a list is no counter
store.counter('pinned')
// @ts-expect-error a number is no list
store.list('claps')
// @ts-expect-error an object is no list
store.list('poll')
// @ts-expect-error a number is no text
store.text('claps')
// @ts-expect-error an object is no text
store.text('poll')
// @ts-expect-error a text is no set
store.members('notes')
// @ts-expect-error another type
store.list('pinned').push({ id: 1, text: 'Hi' })
// @ts-expect-error another type
store.members('hands').add(1)

store.observe(['spotlight', 'claps'], change => {
  expectTypeOf(change.key).toEqualTypeOf<'spotlight' | 'claps'>()
  if (change.key === 'claps') expectTypeOf(change.value).toEqualTypeOf<number | null>()
  else expectTypeOf(change.previousValue).toEqualTypeOf<string | null>()
  // @ts-expect-error it was not asked for
  return change.key === 'poll'
})
// @ts-expect-error there is no such key
store.observe(['spotlihgt'], () => undefined)
