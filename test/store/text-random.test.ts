import { describe, expect, test } from 'vitest'
import type { TextPart } from '../../src/store/texts.js'
import { createRandom } from '../support/random.js'
import { encodedState, exchange, openReplica, type TestReplica } from '../support/replicas.js'

const count = Number(process.env['TEXT_SEEDS'] ?? 150)
const first = Number(process.env['TEXT_FROM'] ?? 1)
const steps = 60

type Message = { readonly update: Uint8Array; readonly texts: readonly TextPart[] }

const words = ['a', 'bc', 'Ω', '😀', 'lunch ']

/** Peers that type, delete and set at random, with messages that are late, doubled or lost. */
function run(seed: number): TestReplica[] {
  const random = createRandom(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T
  const size = 2 + below(3)
  const peers = Array.from({ length: size }, (_, i) =>
    openReplica(`p${i}`, i + 1, { limits: { maxTextBytes: 24, maxTotalBytes: 90, maxValueBytes: 60 } }),
  )
  const lines = new Map<string, Message[]>()
  const sent = peers.map(() => 0)

  const attempt = (write: () => void) => {
    try {
      write()
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'SessionError') throw error
    }
  }
  const type = (peer: TestReplica, key: string) =>
    attempt(() => {
      const text = peer.store.text(key)
      const at = below(text.length + 1)
      const kind = below(10)
      if (kind < 6) text.insert(at, pick(words))
      else if (kind < 9)
        text.delete(Math.min(at, Math.max(text.length - 1, 0)), Math.min(1 + below(3), text.length - at))
      else
        text.doc?.transact(() => {
          text.delete(0, text.length)
          text.insert(0, pick(words).repeat(below(6)))
        })
    })
  const write = (peer: TestReplica) => {
    const key = pick(['n', 'm'])
    switch (below(12)) {
      case 0:
        return attempt(() => peer.store.delete(key))
      case 1:
        return attempt(() => peer.store.set(key, pick(['', 'hello', 'hello you'])))
      case 2:
        return attempt(() => peer.store.set(key, pick([1, [1]])))
      case 3:
        return attempt(() =>
          peer.store.transact(() => {
            type(peer, key)
            if (below(2)) peer.store.delete(key)
            type(peer, key)
            if (below(2)) peer.store.set(key, 'hi')
            if (below(3) === 0) throw new TypeError('no')
            type(peer, pick(['n', 'm']))
          }),
        )
      case 4:
        return void peer.replica.stateVector()
      default:
        return type(peer, key)
    }
  }
  const post = () => {
    for (const [i, from] of peers.entries()) {
      for (; (sent[i] ?? 0) < from.updates.length; sent[i] = (sent[i] ?? 0) + 1)
        for (const to of peers) {
          const at = sent[i] ?? 0
          const message = { update: from.updates[at] ?? new Uint8Array(), texts: from.textUpdates[at] ?? [] }
          const line = lines.get(`${from.name}>${to.name}`) ?? []
          if (from !== to)
            lines.set(`${from.name}>${to.name}`, [
              ...line,
              ...(below(20) ? [message] : []),
              ...(below(20) ? [] : [message]),
            ])
        }
    }
  }
  const deliver = () => {
    const [link, line] = pick([...lines].length ? [...lines] : [['', []]])
    const to = peers.find(peer => link.endsWith(`>${peer.name}`))
    const message = line.splice(below(Math.min(line.length, 2)), 1)[0]
    if (!message || !to) return
    const receipt = to.replica.receive(message.update, () => true, undefined, message.texts)
    if (receipt.outcome === 'refused') throw new Error(receipt.reason)
  }

  for (let step = 0; step < steps; step++) {
    const roll = below(10)
    if (roll < 5) ignoringFailures(() => write(pick(peers)))
    else if (roll < 9) deliver()
    else if (below(2)) {
      const [one, other] = [pick(peers), pick(peers)]
      if (one !== other) exchange(one, other)
    }
    for (const peer of peers) peer.replica.texts.settle()
    post()
  }
  return peers
}

function ignoringFailures(write: () => void) {
  try {
    write()
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
}

describe('texts of peers who type, delete, set and lose messages', () => {
  for (let seed = first; seed < first + count; seed++)
    test(`[TEXT3] [TEXT4] [MERGE14] all end with the same (seed ${seed}: TEXT_FROM=${seed} TEXT_SEEDS=1 npx vitest run test/store/text-random.test.ts)`, () => {
      const peers = run(seed)
      exchange(...peers)
      exchange(...peers)
      const [model, ...others] = peers
      if (!model) throw new Error('there are peers')
      const shown = (peer: TestReplica) => {
        const { historyBytes: _, ...usage } = peer.store.usage
        const texts = ['n', 'm'].map(key => {
          const value = peer.store.get(key)
          return typeof value === 'string' || value === null ? peer.store.text(key).toString() : value
        })
        return { all: peer.store.getAll(), usage, texts, conflicts: ['n', 'm'].map(key => peer.store.conflicts(key)) }
      }
      for (const other of others) {
        expect(encodedState(other)).toEqual(encodedState(model))
        expect(shown(other)).toEqual(shown(model))
      }
      for (const key of ['n', 'm']) {
        const value = model.store.get(key)
        if (typeof value === 'string' && model.store.conflicts(key).length === 0)
          expect(model.store.text(key).toString()).toBe(value)
        if (value === null) expect(model.store.text(key).toString()).toBe('')
      }
      expect(peers.flatMap(peer => peer.errors).filter(code => code === 'listener-failed')).toEqual([])
    })
})
