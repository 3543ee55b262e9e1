import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { encodedState, exchange, openReplica, type TestReplica } from '../support/replicas.js'

const everyone = () => true

/** The update of a document that somebody wrote by hand, against the rules. */
function forge(writer: number, write: (doc: Y.Doc, logs: Y.Map<Y.Array<unknown>>) => void): Uint8Array {
  const doc = new Y.Doc({ gc: true })
  doc.clientID = writer
  write(doc, doc.getMap('session'))
  return Y.encodeStateAsUpdate(doc)
}

/** A forged log that begins as it must and goes on with these elements. */
const forgeLog = (writer: number, ...elements: unknown[]) =>
  forge(writer, (_, logs) => {
    const log = new Y.Array<unknown>()
    logs.set(String(writer), log)
    log.push(['mallory', ...elements])
  })

const logOf = (elements: unknown[]): Y.Array<unknown> => {
  const log = new Y.Array<unknown>()
  log.push(elements)
  return log
}

const receive = ({ replica }: TestReplica, update: Uint8Array) => replica.receive(update, everyone)

describe('what no honest writer could have made is refused, and nothing of it is taken', () => {
  const stamp = 1_000_000
  const cases: [string, () => Uint8Array][] = [
    ['no bytes', () => new Uint8Array()],
    ['bytes that are no update', () => new Uint8Array([7, 255, 1, 2, 3, 250, 250])],
    ['a truncated update', () => forgeLog(66, ['x', stamp, 1]).slice(0, -9)],
    ['another root type', () => forge(66, doc => doc.getMap('other').set('x', 1))],
    ['a root map entry that is no log', () => forge(66, doc => doc.getMap('session').set('66', 1))],
    ['a log under the name of another writer', () => forge(66, (_, logs) => logs.set('67', new Y.Array()))],
    ['a log that is a map', () => forge(66, doc => doc.getMap('session').set('66', new Y.Map()))],
    [
      'a log that is set twice',
      () => forge(66, (_, logs) => (logs.set('66', new Y.Array()), logs.set('66', new Y.Array()))),
    ],
    ['a log without a peer id', () => forge(66, (_, logs) => logs.set('66', logOf([['x', stamp, 1]])))],
    ['an empty peer id', () => forge(66, (_, logs) => logs.set('66', logOf([''])))],
    ['a peer id of 65 characters', () => forge(66, (_, logs) => logs.set('66', logOf(['p'.repeat(65)])))],
    [
      'an insertion at the front',
      () =>
        forge(66, (_, logs) => {
          const log = logs.set('66', logOf(['mallory', ['x', stamp, 1]]))
          log.insert(1, [['y', stamp, 1]])
        }),
    ],
    ['text instead of an entry', () => forgeLog(66, 'an entry is an array')],
    ['a number that is no mark', () => forgeLog(66, 1)],
    ['bytes instead of an entry', () => forgeLog(66, new Uint8Array(3))],
    ['an object instead of an entry', () => forgeLog(66, { x: 1 })],
    ['a shared type inside a log', () => forgeLog(66, new Y.Map())],
    ['an entry that is too short', () => forgeLog(66, ['x', stamp])],
    ['an empty key', () => forgeLog(66, ['', stamp, 1])],
    ['a key of 129 bytes', () => forgeLog(66, ['k'.repeat(129), stamp, 1])],
    ['a value of 1,025 bytes', () => forgeLog(66, ['x', stamp, 'v'.repeat(1023)])],
    ['a negative stamp', () => forgeLog(66, ['x', -1, 1])],
    ['a stamp that is no integer', () => forgeLog(66, ['x', 1.5, 1])],
    ['a stamp beyond the bound', () => forgeLog(66, ['x', 2 ** 49, 1])],
    ['NaN', () => forgeLog(66, ['x', stamp, NaN])],
    ['undefined', () => forgeLog(66, ['x', stamp, undefined])],
    ['an object as a value', () => forgeLog(66, ['x', stamp, { a: 1 }])],
    ['an unknown kind', () => forgeLog(66, ['x', stamp, [9]])],
    ['a position outside a list', () => forgeLog(66, ['x', stamp, [0, 0, 0]])],
    ['a broken position', () => forgeLog(66, ['x', stamp, [2]], [[1, 2], stamp, 'v', 2])],
    ['a position nested at 0', () => forgeLog(66, ['x', stamp, [2]], [[1, 0, 0, 0, 0, 0], stamp, 'v', 2])],
    ['a position that is too long', () => forgeLog(66, ['x', stamp, [2]], [Array(75).fill(1), stamp, 'v', 2])],
    ['an element at the root', () => forgeLog(66, [[1, 0, 0], stamp, 'v'])],
    ['a container of its own future', () => forgeLog(66, ['x', stamp, 1, 3])],
    ['itself as its container', () => forgeLog(66, ['x', stamp, [1], 2])],
    ['half a container id', () => forgeLog(66, ['x', stamp, 1, 66, 2, 66])],
    ['more containers than peers', () => forgeLog(66, ['x', stamp, 1, ...Array(600).fill(1)])],
    [
      'text under the name of the root map',
      () => {
        const doc = new Y.Doc()
        doc.getText('session').insert(0, 'hello')
        return Y.encodeStateAsUpdate(doc)
      },
    ],
  ]
  test.each(cases)('[GATE2] %s', (_, makeUpdate) => {
    const victim = openReplica('victim', 1)
    victim.store.set('mine', 1)
    const before = encodedState(victim)
    expect(receive(victim, makeUpdate()).outcome).toBe('refused')
    expect(encodedState(victim)).toEqual(before)
    expect(victim.store.getAll()).toEqual({ mine: 1 })
  })

  test('[GATE2] the deletion of a log', () => {
    const [ana, bo] = [openReplica('ana', 1), openReplica('bo', 2)]
    ana.store.set('x', 1)
    exchange(ana, bo)
    const doc = new Y.Doc()
    doc.clientID = 66
    Y.applyUpdate(doc, encodedState(bo))
    const vector = Y.encodeStateVector(doc)
    doc.getMap('session').delete('1')
    const alsoWrites = Y.mergeUpdates([Y.encodeStateAsUpdate(doc, vector), forgeLog(66, ['y', stamp, 1])])
    expect(receive(bo, alsoWrites).outcome).toBe('refused')
    expect(bo.store.getAll()).toEqual({ x: 1 })
  })

  test('[GATE2] entries in the name of the one who receives them', () => {
    const ana = openReplica('ana', 1)
    ana.store.set('x', 1)
    const imposter = openReplica('ana', 1)
    for (let i = 0; i < 5; i++) imposter.store.set('x', i + 10)
    expect(receive(ana, encodedState(imposter)).outcome).toBe('refused')
    expect(ana.store.get('x')).toBe(1)
  })

  test('[GATE2] a log in the name of a peer other than the one at the end of the link', () => {
    const victim = openReplica('victim', 1)
    const mallory = openReplica('ana', 66)
    mallory.store.set('x', 1)
    const bound = { writer: 66, peerId: 'mallory' }
    expect(victim.replica.receive(encodedState(mallory), everyone, bound).outcome).toBe('refused')
    expect(victim.replica.receive(encodedState(mallory), everyone, { writer: 66, peerId: 'ana' }).outcome).toBe(
      'applied',
    )
  })

  test('[GATE1] no bytes at all make it throw', () => {
    const victim = openReplica('victim', 1)
    const ana = openReplica('ana', 2)
    ana.store.set('o', { a: [1, { id: 'x' }, 'text'] })
    const honest = encodedState(ana)
    const seed = Number(process.env['HEARTH_SEED'] ?? Date.now() % 2 ** 31)
    let state = seed
    const random = (below: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
      return state % below
    }
    for (let i = 0; i < 3_000; i++) {
      const bytes = honest.slice()
      for (let flips = 1 + random(6); flips > 0; flips--) bytes[random(bytes.length)] = random(256)
      const cut = random(4) === 0 ? bytes.slice(0, random(bytes.length)) : bytes
      expect(() => receive(victim, cut), `repeat with HEARTH_SEED=${seed} npx vitest run test/store/gate`).not.toThrow()
    }
    // Whatever was let in by chance, an honest peer is still understood.
    const bo = openReplica('bo', 3)
    bo.store.set('fine', true)
    expect(receive(victim, encodedState(bo)).outcome).toBe('applied')
  })
})

describe('waiting', () => {
  test('[GATE3] what leaves a gap in a log waits, and goes in once the gap is filled', () => {
    const [ana, bo] = [openReplica('ana', 1), openReplica('bo', 2)]
    ana.store.set('x', 1)
    ana.store.set('y', 2)
    const [first, second] = ana.updates as [Uint8Array, Uint8Array]
    expect(receive(bo, second)).toEqual({ outcome: 'waiting', missing: [1] })
    expect(bo.store.getAll()).toEqual({})
    expect(receive(bo, first).outcome).toBe('applied')
    expect(receive(bo, second).outcome).toBe('applied')
    expect(receive(bo, second).outcome).toBe('known')
    expect(bo.store.getAll()).toEqual({ x: 1, y: 2 })
  })

  test('[GATE3] a write into a container that is not here waits for it', () => {
    const [ana, bo, cy] = [openReplica('ana', 1), openReplica('bo', 2), openReplica('cy', 3)]
    ana.store.set('o', { a: 1 })
    exchange(ana, bo)
    bo.store.set('o', { a: 1, b: 2 })
    const [fromBo] = bo.updates as [Uint8Array]
    expect(receive(cy, fromBo)).toEqual({ outcome: 'waiting', missing: [1] })
    exchange(ana, cy)
    expect(receive(cy, fromBo).outcome).toBe('applied')
    expect(cy.store.get('o')).toEqual({ a: 1, b: 2 })
  })

  test('[GATE3] a deletion of what is not here waits, so that a write is never seen in half', () => {
    const [ana, bo, cy] = [openReplica('ana', 1), openReplica('bo', 2), openReplica('cy', 3)]
    ana.store.set('x', 'old')
    exchange(ana, bo)
    bo.store.set('x', 'new')
    const [fromBo] = bo.updates as [Uint8Array]
    expect(receive(cy, fromBo)).toEqual({ outcome: 'waiting', missing: [1] })
    expect(cy.store.getAll()).toEqual({})
    const [fromAna] = ana.updates as [Uint8Array]
    receive(cy, fromAna)
    receive(cy, fromBo)
    expect(cy.store.get('x')).toBe('new')
    expect(cy.store.conflicts('x')).toEqual([])
  })

  test('[GATE3] the move of an element that is not here waits for it', () => {
    const [ana, bo, cy] = [openReplica('ana', 1), openReplica('bo', 2), openReplica('cy', 3)]
    ana.store.set('l', ['a', 'b'])
    exchange(ana, bo, cy)
    ana.store.set('l', ['a', 'b', 'c'])
    exchange(ana, bo)
    bo.store.set('l', ['c', 'a', 'b'])
    const [move] = bo.updates as [Uint8Array]
    expect(receive(cy, move)).toEqual({ outcome: 'waiting', missing: [1] })
    exchange(ana, cy)
    receive(cy, move)
    expect(cy.store.get('l')).toEqual(['c', 'a', 'b'])
  })

  test('[GATE3] what is ahead in the log of a writer with a link of its own waits for that link', () => {
    const [ana, bo, cy] = [openReplica('ana', 1), openReplica('bo', 2), openReplica('cy', 3)]
    ana.store.set('x', 1)
    exchange(ana, bo)
    bo.store.set('y', 2)
    const notFromAna = (writer: number) => writer !== 1
    expect(cy.replica.receive(encodedState(bo), notFromAna)).toEqual({ outcome: 'waiting', missing: [1] })
    receive(cy, encodedState(ana))
    expect(cy.replica.receive(encodedState(bo), notFromAna).outcome).toBe('applied')
    expect(cy.store.getAll()).toEqual({ x: 1, y: 2 })
  })

  test('[GATE4] nothing that waits or was refused is passed on', () => {
    const [ana, bo] = [openReplica('ana', 1), openReplica('bo', 2)]
    ana.store.set('x', 1)
    ana.store.set('x', 2)
    bo.store.set('mine', 1)
    const before = encodedState(bo)
    receive(bo, ana.updates[1] ?? new Uint8Array())
    receive(bo, forgeLog(66, ['x', 1, 'v'.repeat(2_000)]))
    expect(encodedState(bo)).toEqual(before)
  })
})

test('[DATA1] [DATA2] [DATA3] the document is laid out as the specification says', () => {
  const [ana, bo] = [
    openReplica('ana', 7, { nowMs: 1_760_000_000_000 }),
    openReplica('bo', 9, { nowMs: 1_760_000_001_000 }),
  ]
  ana.store.set('poll', { q: 'Food?' })
  exchange(ana, bo)
  bo.store.set('poll', { q: 'Food?', votes: {} })
  exchange(ana, bo)
  ana.wallClock.nowMs = 1_760_000_002_000
  ana.store.set('spotlight', 'ana')
  ana.wallClock.nowMs += 500
  ana.store.set('spotlight', 'bo')
  exchange(ana, bo)
  const doc = new Y.Doc()
  Y.applyUpdate(doc, encodedState(bo))
  expect(doc.getMap('session').toJSON()).toEqual({
    7: [
      'ana',
      ['poll', 1_760_000_000_000, [1]],
      ['q', 1_760_000_000_000, 'Food?', 2],
      ['spotlight', 1_760_000_002_500, 'bo'],
    ],
    9: ['bo', ['votes', 1_760_000_001_000, [1], 7, 2]],
  })
})

test('[DATA5] a write deletes every entry of its field that it sees, in whatever log', () => {
  const replicas = [1, 2, 3].map(n => openReplica(`peer-${n}`, n))
  for (const { store, name } of replicas) store.set('x', name)
  exchange(...replicas)
  replicas[0]?.store.set('x', 'settled')
  exchange(...replicas)
  const doc = new Y.Doc()
  const [, second] = replicas
  if (second) Y.applyUpdate(doc, encodedState(second))
  const logs = Object.values<unknown[]>(doc.getMap('session').toJSON())
  expect(logs.map(log => log.length).sort()).toEqual([1, 1, 2])
})

test('[MERGE14] order, repetition and batching of updates make no difference', () => {
  const [ana, bo] = [openReplica('ana', 1), openReplica('bo', 2)]
  ana.store.set('o', { l: [1, 2] })
  exchange(ana, bo)
  ana.store.set('o', { l: [2, 1, 3] })
  bo.store.set('o', { l: [1], b: true })
  ana.store.delete('o')
  bo.store.set('x', [{ id: 1 }])
  const updates = [...ana.updates, ...bo.updates]
  const states = [updates, updates.toReversed(), [...updates, ...updates], [Y.mergeUpdates(updates)]].map(
    (order, i) => {
      const reader = openReplica('reader', 50 + i)
      let waiting = order
      for (let left = -1; left !== waiting.length && waiting.length > 0;) {
        left = waiting.length
        waiting = waiting.filter(update => receive(reader, update).outcome === 'waiting')
      }
      return encodedState(reader)
    },
  )
  for (const state of states) expect(state).toEqual(states[0])
})
