import type { Step } from '../steps.js'
import { createTypists } from '../typists.js'
import type { Replica } from './replica.js'

export type Load = {
  readonly name: string
  /** Begins the load in a new room; gives how a peer of it takes a step, null if its system has no type for that. */
  begin(): (replica: Replica) => ((step: Step) => void) | null
  /** What is there afterwards. */
  result(replica: Replica): unknown
}

const keys: readonly string[] = Array.from({ length: 20 }, (_, i) => `key-${i}`)
const maxQueueLength = 10
const maxTextLength = 2_000

const sets: Load = {
  name: `set of one of ${keys.length} keys`,
  begin:
    () =>
    ({ map }) =>
    ({ number, which }) =>
      map.set(keys[Math.floor(which * keys.length)] ?? '', number),
  result: ({ map }) => map.toJSON(),
}

const increments: Load = {
  name: 'increment of one counter',
  begin:
    () =>
    ({ counter }) =>
      counter && (({ which }) => counter.increment(1 + Math.floor(which * 3))),
  result: ({ counter }) => counter?.toJSON(),
}

const queue: Load = {
  name: `push onto a list, or removal of its first, up to ${maxQueueLength} items`,
  begin:
    () =>
    ({ queue }) =>
      queue &&
      (({ number, which }) => {
        const isPush = queue.length === 0 || (queue.length < maxQueueLength && which < 0.5)
        if (isPush) queue.push(number)
        else queue.shift()
      }),
  result: ({ queue }) => queue?.toJSON(),
}

const typing: Load = {
  name: `a character typed into one text or taken out, up to ${maxTextLength.toLocaleString('en')}`,
  begin() {
    const type = createTypists(maxTextLength)
    return ({ text }) => text && (step => type(text, step))
  },
  result: ({ text }) => text?.toJSON(),
}

export const loads: readonly Load[] = [sets, increments, queue, typing]
