import type { List } from '../../src/store/list.js'
import type { OpenStore } from '../../src/store/session-store.js'
import type { Step } from '../steps.js'
import { createTypists } from '../typists.js'
import type { Size } from './size.js'

type Store = OpenStore['store']

/** What people do all day with one kind of value. */
export type KindLoad = {
  readonly name: string
  /** No state on the way may be larger. What is left out must stay 0. */
  readonly bound: Partial<Size>
  /** The part of the steps after which others write on before they have seen them; 0.2 if not given. With 0 all write in turn. */
  readonly apart?: number
  /** Begins in a new room; gives how a store of it takes a step. */
  begin(): (store: Store, step: Step) => void
}

const pick = (chance: number, count: number): number => Math.floor(chance * count)

const registers: KindLoad = {
  name: 'registers: set of one of 20 keys',
  bound: { bytes: 2_000, structs: 60 },
  begin:
    () =>
    (store, { number, which }) =>
      store.set(`key-${pick(which, 20)}`, number),
}

const objects: KindLoad = {
  name: 'objects: update of one of 20 votes in a poll',
  bound: { bytes: 2_000, structs: 60 },
  begin:
    () =>
    (store, { number, which }) =>
      store.update('poll', poll => ({ ...(poll as object | null), [`voter-${pick(which, 20)}`]: number })),
}

const arrays: KindLoad = {
  name: 'arrays: update that adds an item or leaves one out, up to 10',
  bound: { bytes: 2_000, structs: 60, segments: 4, pathBytes: 60 },
  begin:
    () =>
    (store, { number, which, where }) =>
      store.update('blocked', blocked => {
        const items = (blocked ?? []) as number[]
        const isAdded = items.length < 10 && which < 0.5
        return isAdded ? [...items, number] : items.toSpliced(pick(where, items.length), 1)
      }),
}

const counters: KindLoad = {
  name: 'counter: steps up and down, and a reset now and then',
  bound: { bytes: 1_000, structs: 40 },
  begin:
    () =>
    (store, { which, where }) => {
      const claps = store.counter('claps')
      if (which < 0.01) claps.reset()
      else if (which < 0.8) claps.increment(1 + pick(where, 10))
      else claps.decrement()
    },
}

const queue: KindLoad = {
  name: 'list: a queue of three, pushed onto in turn',
  apart: 0,
  bound: { bytes: 1_000, structs: 30, segments: 1, pathBytes: 12 },
  begin:
    () =>
    (store, { number }) => {
      const speakers = store.list('speakers')
      speakers.push(number)
      if (speakers.items.length > 3) speakers.remove(0)
    },
}

const onePlace: KindLoad = {
  name: 'list: inserted at one place, behind the first of ten',
  bound: { bytes: 2_000, structs: 60, segments: 4, pathBytes: 60 },
  begin:
    () =>
    (store, { number }) => {
      const list = store.list('list')
      if (list.items.length < 2) list.push(-number)
      list.insert(1, number)
      // Where some were inserted apart, there are more than one too many.
      if (list.items.length > 10) list.remove(9, list.items.length - 10)
    },
}

/** The worst place: no number is ever free there, so paths grow to what they may be, and then their neighbours move. */
const zigzag: KindLoad = {
  name: 'list: inserted between the latest item and its neighbour on either side',
  bound: { bytes: 10_000, structs: 60, segments: 24, pathBytes: 400 },
  begin:
    () =>
    (store, { number, which }) => {
      const list = store.list('list')
      const at = list.items.indexOf(Math.max(...(list.items as number[])))
      list.insert(list.items.length === 0 ? 0 : at + pick(which, 2), number)
      const surplus = list.items.length - 10
      if (surplus > 0) list.remove(at < 5 ? 10 : 0, surplus)
    },
}

const moves: KindLoad = {
  name: 'list: ten items, moved from anywhere to anywhere',
  bound: { bytes: 4_000, structs: 80, segments: 24, pathBytes: 400 },
  begin:
    () =>
    (store, { number, which, where }) => {
      const list = store.list('list')
      if (list.items.length < 10) list.push(number)
      else list.move(pick(which, list.items.length), pick(where, list.items.length))
    },
}

const bounded: KindLoad = {
  name: 'list of at most three: pushed onto',
  bound: { bytes: 1_500, structs: 40, segments: 4, pathBytes: 60 },
  begin:
    () =>
    (store, { number }) =>
      store.list('pinned', { max: 3 }).push(number),
}

const members: KindLoad = {
  name: 'members: ten hands raised and taken down',
  bound: { bytes: 1_500, structs: 50 },
  begin:
    () =>
    (store, { which, where }) => {
      const hands = store.members('hands')
      const name = `person-${pick(where, 10)}`
      if (which < 0.5) hands.add(name)
      else hands.remove(name)
    },
}

/** Many characters travel at once, or the bench would take hours: each costs as much as the text is long. */
const texts: KindLoad = {
  name: 'text: typed and taken out by five people, up to 2,000 characters',
  bound: { bytes: 1_500, structs: 40, historyBytes: 256 * 1024 },
  apart: 0.98,
  begin() {
    const type = createTypists(2_000)
    return (store, step) => {
      const text = store.text('notes')
      type(
        {
          get length() {
            return text.length
          },
          insert: (at, typed) => text.insert(at, typed),
          remove: at => text.delete(at, 1),
        },
        step,
      )
    }
  },
}

const histories: KindLoad = {
  name: 'history: changes of all these kinds, undone and redone',
  bound: { bytes: 4_000, structs: 120, segments: 24, pathBytes: 400 },
  begin: () => (store, step) => {
    if (step.which < 0.3) store.history.undo()
    else if (step.which < 0.5) store.history.redo()
    else change(store, step)
  },
}

function change(store: Store, { number, which, where }: Step): void {
  const part = pick(where, 5)
  if (which < 0.6) store.set(`key-${part}`, number)
  else if (which < 0.7) store.set('poll', { ...(store.get('poll') as object | null), [`voter-${part}`]: number })
  else if (which < 0.8) store.counter('claps').increment()
  else if (which < 0.85) store.members('hands').add(part)
  else if (which < 0.9) store.members('hands').remove(part)
  else changeList(store.list('list'), number, where)
}

function changeList(list: List, number: number, where: number): void {
  const { length } = list.items
  if (length < 5) list.insert(pick(where, length + 1), number)
  else if (where < 0.5) list.remove(pick(where, length), 1)
  else list.move(0, pick(where, length))
}

export const kindLoads: readonly KindLoad[] = [
  registers,
  objects,
  arrays,
  counters,
  queue,
  onePlace,
  zigzag,
  moves,
  bounded,
  members,
  texts,
  histories,
]
