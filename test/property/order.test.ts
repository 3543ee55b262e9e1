import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodedState } from '../support/replicas.js'
import { createRandom } from '../support/random.js'
import { script } from './script.js'
import { check, patienceMs } from './seed.js'
import { World } from './world.js'

test(
  '[MERGE14] the same updates in any order, some twice, some as one, make the same document byte for byte',
  { timeout: patienceMs },
  () => {
    check(fc.record({ script, seed: fc.nat() }), 30, ({ script: { replicas, steps }, seed }) => {
      const world = new World({ replicas })
      world.play(steps)
      world.deliverAll()
      const [first] = world.peers
      if (!first) return
      const state = Buffer.from(encodedState(first)).toString('hex')
      const random = createRandom(seed)
      for (let reader = 2 ** 31 - 3; reader < 2 ** 31; reader++) {
        const peer = world.join(reader)
        const order = world.transactions.map(one => ({ one, rank: random() })).sort((a, b) => a.rank - b.rank)
        while (order.length > 0) {
          const together = order.splice(0, random() < 0.3 ? 3 : 1).map(({ one }) => one)
          world.deliver(peer, together)
          if (random() < 0.2) world.deliver(peer, together)
        }
        world.retryTogether(peer)
        expect(peer.inbox).toEqual([])
        expect(Buffer.from(encodedState(peer)).toString('hex')).toBe(state)
      }
    })
  },
)
