import { SessionError } from '../errors.js'
import { counterValue, foldCounter, type CounterBody } from './counter-fold.js'
import { nextTally, restartCounter, writeTally } from './counter-write.js'
import type { Body } from './fold.js'
import { mismatch, type KeyEditor } from './key-editor.js'
import { removePlace } from './write-new.js'

/**
 * A number that everybody counts up and down at once: what is counted at the same time all counts (SPEC COUNTER).
 * Every call throws `type-mismatch` while the key holds another kind of value.
 */
export type Counter = {
  /** 0 if the key is not set. */
  readonly value: number
  /** Counts up by a safe integer. @throws SessionError `invalid-value` if it, or what comes of it, is none */
  increment(by?: number): void
  /** Counts down by a safe integer. @throws SessionError `invalid-value` if it, or what comes of it, is none */
  decrement(by?: number): void
  /** Back to 0. What others count meanwhile counts on from there. */
  reset(): void
}

export function createCounter(editor: KeyEditor): Counter {
  const valueOf = (body: Body): number => {
    if (body.is === 'counter') return counterValue(body)
    if (body.is === 'scalar' && Number.isSafeInteger(body.scalar)) return body.scalar as number
    throw mismatch(editor.key, 'counter', body)
  }

  const step = (by: number) => {
    checkSafe(by, 'a step')
    editor.edit((draft, spot, place) => {
      const body = place?.winner.body
      const value = body ? valueOf(body) : 0
      checkSafe(value + by, 'the value')
      let counter: CounterBody
      if (body?.is === 'counter') counter = body
      else {
        if (place) removePlace(draft, place)
        const { container } = draft.append(spot.containers, spot.field, { is: 'container', kind: 'counter' })
        const containers = container ? [container] : []
        counter = foldCounter(containers, [], undefined)
        if (value !== 0) draft.append(containers, { on: 'field', name: '' }, { is: 'scalar', scalar: value })
      }
      const tally = nextTally(counter, draft.writer, by)
      checkSafe(tally.total, 'all that this peer has counted')
      writeTally(draft, counter, tally)
    })
  }

  return {
    get value() {
      const place = editor.place()
      return place ? valueOf(place.winner.body) : 0
    },
    increment: (by = 1) => step(by),
    decrement: (by = 1) => step(-by),
    reset: () =>
      editor.edit((draft, spot, place) => {
        const body = place?.winner.body
        if (body?.is === 'counter') return restartCounter(draft, body, 0)
        if (!place || valueOf(place.winner.body) === 0) return
        removePlace(draft, place)
        draft.append(spot.containers, spot.field, { is: 'container', kind: 'counter' })
      }),
  }
}

function checkSafe(number: number, what: string): void {
  if (Number.isSafeInteger(number)) return
  const reason = `${what} must be a safe integer, and is ${String(number)}`
  throw new SessionError('invalid-value', `Not counted: ${reason}.`, { path: [], reason })
}
