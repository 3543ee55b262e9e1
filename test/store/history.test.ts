import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { encodedState, exchange, openReplica, type TestReplica } from '../support/replicas.js'
import type { JsonObject } from '../../src/store/value.js'
import { createRandom } from '../support/random.js'

test('[HISTORY1] undo takes back the last transaction, redo takes back the undo, and both say whether they did', () => {
  const { store } = openReplica('ana', 1)
  const { history } = store
  expect([history.undo(), history.redo(), history.canUndo, history.canRedo]).toEqual([false, false, false, false])
  store.set('a', 1)
  store.transact(() => {
    store.set('a', 2)
    store.set('b', { c: [1, 2] })
  })
  expect(history.canUndo).toBe(true)
  expect(history.undo()).toBe(true)
  expect(store.getAll()).toEqual({ a: 1 })
  expect(history.undo()).toBe(true)
  expect(store.getAll()).toEqual({})
  expect(history.undo()).toBe(false)
  expect(history.redo()).toBe(true)
  expect(history.redo()).toBe(true)
  expect(store.getAll()).toEqual({ a: 2, b: { c: [1, 2] } })
  expect(history.canRedo).toBe(false)
})

test('[HISTORY1] an undo that breaks a limit throws, changes nothing, and can be tried again', () => {
  const ana = openReplica('ana', 1, { limits: { maxKeys: 2 } })
  const bo = openReplica('bo', 2, { limits: { maxKeys: 2 } })
  ana.store.set('a', 1)
  ana.store.delete('a')
  bo.store.transact(() => {
    bo.store.set('b', 1)
    bo.store.set('c', 1)
  })
  exchange(ana, bo)
  expect(() => ana.store.history.undo()).toThrow('keys')
  expect(ana.store.getAll()).toEqual({ b: 1, c: 1 })
  bo.store.delete('b')
  exchange(ana, bo)
  expect(ana.store.history.undo()).toBe(true)
  expect(ana.store.getAll()).toEqual({ a: 1, c: 1 })
})

test('[HISTORY1] undo is no part of another transaction', () => {
  const { store } = openReplica('ana', 1)
  store.set('a', 1)
  expect(() => store.transact(() => store.history.undo())).toThrow('part of another')
  expect(store.get('a')).toBe(1)
  expect(store.history.undo()).toBe(true)
})

test('[HISTORY2] what somebody else wrote since is never undone', () => {
  const ana = openReplica('ana', 1)
  const bo = openReplica('bo', 2)
  ana.store.set('a', 1)
  ana.store.set('poll', { q: 'Food?', votes: {} })
  ana.store.set('list', ['x', 'y'])
  exchange(ana, bo)
  bo.store.set('a', 2)
  bo.store.update('poll', poll => ({ ...(poll as object), votes: { bo: 'pizza' } }))
  bo.store.list('list').push('z')
  exchange(ana, bo)
  expect(ana.store.history.undo()).toBe(true)
  expect(ana.store.get('list')).toEqual(['z'])
  expect(ana.store.history.undo()).toBe(true)
  expect(ana.store.get('poll')).toEqual({ votes: { bo: 'pizza' } })
  expect(ana.store.history.undo()).toBe(false)
  expect(ana.store.get('a')).toBe(2)
})

test('[HISTORY2] a value that somebody else has deleted does not come back by an undo of what was before it', () => {
  const ana = openReplica('ana', 1)
  const bo = openReplica('bo', 2)
  ana.store.set('a', 1)
  ana.store.set('a', 2)
  exchange(ana, bo)
  bo.store.delete('a')
  exchange(ana, bo)
  expect(ana.store.history.undo()).toBe(false)
  expect(ana.store.get('a')).toBeNull()
})

test('[HISTORY2] what lost in an object that two had made at once does not come back in place of what had won', () => {
  const ana = openReplica('ana', 1)
  const bo = openReplica('bo', 2, { nowMs: 2_000_000 })
  ana.store.set('poll', { q: 'a', list: [{ id: 1, at: 'a' }] })
  bo.store.set('poll', { q: 'b', list: [{ id: 1, at: 'b' }] })
  exchange(ana, bo)
  ana.store.delete('poll')
  ana.store.history.undo()
  expect(ana.store.get('poll')).toEqual({ q: 'b', list: [{ id: 1, at: 'b' }] })
  ana.store.set('poll', { q: 'c', list: [] })
  ana.store.history.undo()
  exchange(ana, bo)
  expect(bo.store.get('poll')).toEqual({ q: 'b', list: [{ id: 1, at: 'b' }] })
})

test('[HISTORY2] what somebody else did to what was gone is cleared away, and does not come back with it', () => {
  const ana = openReplica('ana', 1)
  const bo = openReplica('bo', 2)
  ana.store.set('list', ['x', 'y', { id: 1, a: 1 }])
  exchange(ana, bo)
  bo.store.list('list').move(0, 1)
  bo.store.set('list', ['y', 'x', { id: 1, a: 1, b: 2 }])
  ana.store.delete('list')
  ana.store.history.undo()
  exchange(ana, bo)
  ana.store.set('other', 1)
  ana.store.history.undo()
  expect(ana.store.getAll()).toEqual({ list: ['x', 'y', { id: 1, a: 1 }] })
})

test('[HISTORY3] what was made before a deletion is undone in what came back', () => {
  const { store } = openReplica('ana', 1)
  store.set('poll', { q: 'a', list: [{ id: 1, text: 'x' }] })
  store.update('poll', poll => ({ ...(poll as object), q: 'b' }))
  store.list('pins').push('p', 'q', 'r')
  store.list('pins').move(0, 2)
  store.transact(() => {
    store.delete('poll')
    store.delete('pins')
  })
  const { history } = store
  history.undo()
  expect(store.getAll()).toEqual({ pins: ['q', 'r', 'p'], poll: { q: 'b', list: [{ id: 1, text: 'x' }] } })
  history.undo()
  expect(store.get('pins')).toEqual(['p', 'q', 'r'])
  history.undo()
  history.undo()
  expect(store.getAll()).toEqual({ poll: { q: 'a', list: [{ id: 1, text: 'x' }] } })
  history.undo()
  expect(store.getAll()).toEqual({})
  while (history.redo());
  expect(store.getAll()).toEqual({})
  while (history.undo());
  expect(store.getAll()).toEqual({})
})

test('[HISTORY4] an undone step of a counter is a step back, also after others have counted or reset', () => {
  const ana = openReplica('ana', 1)
  const bo = openReplica('bo', 2)
  ana.store.counter('claps').increment(3)
  exchange(ana, bo)
  bo.store.counter('claps').increment(10)
  exchange(ana, bo)
  expect(ana.store.history.undo()).toBe(true)
  expect(ana.store.get('claps')).toBe(10)
  ana.store.history.redo()
  expect(ana.store.get('claps')).toBe(13)
  bo.store.counter('claps').reset()
  exchange(ana, bo)
  ana.store.counter('claps').increment()
  exchange(ana, bo)
  expect(bo.store.get('claps')).toBe(1)
})

test('[HISTORY4] a counter, members or a bounded list that was deleted comes back as that', () => {
  const ana = openReplica('ana', 1)
  const bo = openReplica('bo', 2)
  ana.store.counter('claps').increment(3)
  bo.store.counter('claps').increment(4)
  bo.store.members('hands').add('bo')
  bo.store.list('pins', { max: 2 }).push('x', 'y')
  exchange(ana, bo)
  ana.store.transact(() => ana.store.keys().forEach(key => ana.store.delete(key)))
  exchange(ana, bo)
  expect(bo.store.getAll()).toEqual({})
  ana.store.history.undo()
  exchange(ana, bo)
  expect(bo.store.getAll()).toEqual({ claps: 7, hands: ['bo'], pins: ['x', 'y'] })
  bo.store.counter('claps').increment()
  bo.store.members('hands').remove('bo')
  bo.store.list('pins').push('z')
  exchange(ana, bo)
  expect(ana.store.getAll()).toEqual({ claps: 8, hands: [], pins: ['y', 'z'] })
})

test('[HISTORY4] a number that became a counter in a step that is undone keeps what others have counted', () => {
  const ana = openReplica('ana', 1)
  const bo = openReplica('bo', 2)
  bo.store.set('claps', 5)
  exchange(ana, bo)
  ana.store.counter('claps').increment()
  exchange(ana, bo)
  bo.store.counter('claps').increment(2)
  exchange(ana, bo)
  ana.store.history.undo()
  expect(ana.store.get('claps')).toBe(7)
})

test('[HISTORY2] an element that was pushed out of a bounded list comes back only where there is room', () => {
  const ana = openReplica('ana', 1)
  const bo = openReplica('bo', 2)
  ana.store.list('pins', { max: 2 }).push(1, 2)
  ana.store.list('pins').push(3)
  expect(ana.store.get('pins')).toEqual([2, 3])
  ana.store.history.undo()
  expect(ana.store.get('pins')).toEqual([1, 2])
  ana.store.history.redo()
  exchange(ana, bo)
  bo.store.list('pins').push(4, 5)
  exchange(ana, bo)
  expect(ana.store.history.undo()).toBe(false)
  expect(ana.store.get('pins')).toEqual([4, 5])
})

test('[HISTORY5] random transactions of a peer that is alone are undone and redone one by one, to what was there', () => {
  const first = Number(process.env['HEARTH_SEED'] ?? 1)
  const runs = Number(process.env['HEARTH_RUNS'] ?? 100)
  for (let seed = first; seed < first + runs; seed++) {
    const random = createRandom(seed)
    const whole = (below: number) => Math.floor(random() * below)
    const { store, replica } = openReplica('ana', 1, { nowMs: 1000 })
    const ignoring = (write: () => void) => {
      try {
        write()
      } catch (error) {
        expect((error as { code?: string }).code, String(error)).toMatch(/type-mismatch|invalid-option/)
      }
    }
    const json = () =>
      [whole(3), 'text', [whole(3), whole(3), { id: whole(3), at: whole(2) }], { a: whole(2), b: [whole(2)] }][whole(4)]
    const key = () => 'abc'[whole(3)] ?? 'a'
    const writes = [
      () => store.set(key(), json() ?? null),
      () => store.delete(key()),
      () => store.counter(key()).increment(whole(5) - 2),
      () => store.counter(key()).reset(),
      () => store.list(key(), random() < 0.3 ? { max: 3 } : {}).push(whole(9), whole(9)),
      () => store.list(key()).insert(0, whole(9)),
      () => store.list(key()).move(0, 1),
      () => store.list(key()).remove(0),
      () => store.members(key()).add(whole(4)),
      () => store.members(key()).remove(whole(4)),
    ]
    const write = () => ignoring(() => writes[whole(writes.length)]?.())
    const states = [store.getAll()]
    for (let step = 0; step < 12; step++) {
      const before = replica.clock()
      if (random() < 0.3)
        store.transact(() => {
          write()
          write()
        })
      else write()
      if (replica.clock() > before) states.push(store.getAll())
    }
    const again = `Repeat it: HEARTH_SEED=${seed} HEARTH_RUNS=1 npx vitest run --project unit test/store/history.test.ts`
    for (let round = 0; round < 2; round++) {
      for (const state of states.slice(0, -1).reverse()) {
        store.history.undo()
        expect(store.getAll(), again).toEqual(state)
      }
      for (const state of states.slice(1)) {
        store.history.redo()
        expect(store.getAll(), again).toEqual(state)
      }
    }
  }
})

test('[HISTORY5] a transaction after an undo ends what could be redone', () => {
  const { store } = openReplica('ana', 1)
  store.set('a', 1)
  store.history.undo()
  store.set('b', 1)
  expect(store.history.canRedo).toBe(false)
  expect(store.history.redo()).toBe(false)
})

test('[HISTORY6] the last hundred transactions can be undone', () => {
  const { store } = openReplica('ana', 1)
  for (let value = 1; value <= 150; value++) store.set('a', value)
  let undone = 0
  while (store.history.undo()) undone++
  expect([undone, store.get('a')]).toEqual([100, 50])
})

test('[HISTORY2] [MERGE14] undo and redo among others delete nothing that others wrote, and all end with the same', () => {
  const first = Number(process.env['HEARTH_SEED'] ?? 1)
  const runs = Number(process.env['HEARTH_RUNS'] ?? 60)
  for (let seed = first; seed < first + runs; seed++) {
    const again = `Repeat it: HEARTH_SEED=${seed} HEARTH_RUNS=1 npx vitest run --project unit test/store/history.test.ts`
    const random = createRandom(seed)
    const whole = (below: number) => Math.floor(random() * below)
    const replicas = [1, 2, 3].map(writer => openReplica(`peer ${writer}`, writer, { nowMs: 1000 }))
    const key = () => 'ab'[whole(2)] ?? 'a'
    for (let step = 0; step < 40; step++) {
      const replica = replicas[whole(3)] ?? replicas[0]
      if (!replica) throw new Error('there are three')
      const { store } = replica
      replica.wallClock.nowMs += whole(3)
      const writes = [
        () => store.set(key(), whole(3)),
        () => store.set(key(), { a: whole(2), b: [whole(2), { id: 1, c: whole(2) }] }),
        () =>
          store.update(key(), value =>
            typeof value === 'object' ? { ...(value as JsonObject), [`f${whole(3)}`]: whole(9) } : value,
          ),
        () => store.delete(key()),
        () => store.counter(key()).increment(whole(4)),
        () => store.list(key()).push(whole(9)),
        () => store.list(key()).move(0, 1),
        () => store.members(key()).add(whole(3)),
        () => {
          // What others have left behind is cleared away by the next write, whatever it is.
          store.set('sweep', random())
          const before = logsOfOthers(replica)
          if (random() < 0.3) store.history.redo()
          else for (let count = 2 + whole(4); count > 0; count--) store.history.undo()
          expect(logsOfOthers(replica), again).toEqual(before)
        },
      ]
      try {
        writes[whole(writes.length + 2)]?.()
      } catch (error) {
        expect((error as { code?: string }).code, `${again} ${String(error)}`).toMatch(/type-mismatch|invalid-option/)
      }
      if (random() < 0.6) exchange(...replicas)
    }
    exchange(...replicas)
    for (const { store } of replicas) expect(store.getAll(), again).toEqual(replicas[0]?.store.getAll())
  }
})

/** The live entries of everybody else, by log. */
function logsOfOthers(replica: TestReplica): Record<string, unknown> {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, encodedState(replica))
  const { [String(replica.replica.writer)]: _, ...others } = doc.getMap('session').toJSON()
  return others
}
