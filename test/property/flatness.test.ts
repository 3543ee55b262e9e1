import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { encodedState } from '../support/replicas.js'
import { demandSeen, type Counts } from './counts.js'
import { readDocument } from './document-reader.js'
import { fold } from './oracle.js'
import { script } from './script.js'
import { check, patienceMs } from './seed.js'
import { idsIn } from './tree.js'
import { World } from './world.js'

test(
  '[DATA6] [DATA8] once all is known and everybody wrote again, only what can be seen takes room',
  { timeout: patienceMs },
  () => {
    const counts: Counts = new Map()
    check(script, 25, ({ replicas, steps }) => {
      const world = new World({ replicas })
      world.play(steps)
      world.deliverAll()
      const [first] = world.peers
      if (!first) return
      const before = readDocument(encodedState(first)).size
      for (const key of ['last', ...first.store.keys()])
        world.write(first, 'set', [{ key, path: [], edit: { edit: 'field', name: 'last', value: 1 } }])
      world.deliverAll()

      const state = encodedState(first)
      const live = readDocument(state)
      const seen = idsIn(fold(live.values()))
      for (const id of live.keys()) expect(seen).toContain(id)
      if (live.size < before) counts.set('cleared', 1)

      // A struct for each live entry, one for what is deleted before it, and three for each log's beginning and end.
      const logs = world.peers.length
      const { structs, ds } = Y.decodeUpdate(state)
      expect(structs.length).toBeLessThanOrEqual(2 * live.size + 4 * logs)
      const written = [...live.values()].map(
        write => JSON.stringify(write.slot).length + JSON.stringify(write.says).length,
      )
      const bytes = written.reduce((sum, length) => sum + length, 0)
      expect(state.length).toBeLessThanOrEqual(bytes + 40 * live.size + 60 * logs)
      expect([...ds.clients.values()].flat().length).toBeLessThanOrEqual(live.size + 2 * logs)
    })
    demandSeen(counts, 'cleared')
  },
)

test('[DATA6] state does not grow with the number of writes', { timeout: patienceMs }, () => {
  check(fc.record({ script, times: fc.integer({ min: 3, max: 6 }) }), 5, ({ script: { replicas, steps }, times }) => {
    const world = new World({ replicas })
    const sizes = Array.from({ length: times }, () => {
      world.play(steps)
      world.deliverAll()
      // The same end each time, whatever was there.
      const [first] = world.peers
      for (const key of ['a', 'b', 'ü']) {
        if (!first) continue
        world.write(first, 'set', [{ key, path: [], edit: { edit: 'remove' } }])
        world.write(first, 'set', [{ key, path: [], edit: { edit: 'replace', value: { x: 1 } } }])
      }
      world.deliverAll()
      return first ? encodedState(first).length : 0
    })
    const [early = 0] = sizes
    for (const size of sizes) expect(size).toBeLessThanOrEqual(early + 40 * world.peers.length)
  })
})
