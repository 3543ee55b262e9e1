import { expect, test } from 'vitest'
import { diffUpdate, encodeStateVector } from 'yjs'
import { createManualClock } from '../support/manual-clock.js'
import { createRandom } from '../support/random.js'
import { defaultLimits } from '../../src/store/limits.js'
import { openStore, type OpenStore } from '../../src/store/session-store.js'

const open = (peerId: string, seed: number) =>
  openStore({
    peerId,
    limits: defaultLimits,
    clock: createManualClock(),
    random: createRandom(seed),
    defer: run => run(),
    onError: error => {
      throw error
    },
  })

const stateOf = ({ replica }: OpenStore): Uint8Array => {
  const update = replica.updateSince(new Uint8Array([0]))
  if (!update) throw new Error('no state')
  return update
}
const receive = (to: OpenStore, from: OpenStore) =>
  to.replica.receive(stateOf(from), () => true, undefined, from.replica.texts.updatesSince([]))

test('[TEXT3] [GATE7] typing is not taken for gone while the entry that names it anew is withheld', () => {
  const [a, b, c] = [open('a', 1), open('b', 2), open('c', 3)]
  a.store.text('notes').insert(0, 'one ')
  receive(b, a)
  a.store.text('notes').insert(4, 'two')
  receive(c, a)
  c.store.set('other', 1)
  // What c has, less the entries of a: those only the link to a may bring.
  const { writer } = a.replica
  const withheld = new Map([[writer, Number.MAX_SAFE_INTEGER]])
  b.replica.expect(new Map([[writer, a.replica.clock()]]))
  expect(b.replica.receive(diffUpdate(stateOf(c), encodeStateVector(withheld)), () => true).outcome).toBe('applied')
  expect(b.store.get('other')).toBe(1)
  expect(b.store.text('notes').toJSON()).toBe('one ')
  receive(b, a)
  for (const each of [a, b]) expect(each.store.get('notes')).toBe('one two')
  expect(b.store.text('notes').toJSON()).toBe('one two')
})
