import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exchange, openReplica, type TestReplica } from '../support/replicas.js'
import { demandSeen, type Counts } from './counts.js'
import { check, patienceMs } from './seed.js'

const items = ({ store }: TestReplica) => (store.get('list') ?? []) as readonly string[]

/** One author's run: so many items, one call each, put before, behind or anywhere among those made so far. */
const run = fc.record({
  length: fc.integer({ min: 1, max: 4 }),
  how: fc.constantFrom('forwards', 'backwards', 'at once', 'anyhow'),
  picks: fc.array(fc.nat(4), { minLength: 4, maxLength: 4 }),
})
const round = fc.record({
  gap: fc.nat(12),
  /** Before this round, these are taken out. */
  removed: fc.array(fc.nat(12), { maxLength: 3 }),
  runs: fc.array(run, { minLength: 1, maxLength: 3 }),
})

test('[MERGE7] runs made at one place at once, in whatever direction, stay whole', { timeout: patienceMs }, () => {
  const counts: Counts = new Map()
  const authors = fc.shuffledSubarray([1, 2, 3], { minLength: 3 })
  check(fc.record({ authors, rounds: fc.array(round, { maxLength: 6 }) }), 400, ({ authors, rounds }) => {
    const replicas = authors.map(writer => openReplica(`peer-${writer}`, writer))
    for (const [nth, { gap, removed, runs }] of rounds.entries()) {
      const [remover] = replicas
      for (const at of removed) remover?.store.set('list', items(remover).toSpliced(at, 1))
      exchange(...replicas)
      const before = remover ? items(remover) : []
      const at = gap % (before.length + 1)
      const made = runs.map(({ length, how, picks }, by) => {
        const replica = replicas[by]
        if (!replica) return []
        const names = Array.from({ length }, (_, i) => `${nth}.${by}.${i}`)
        if (how === 'at once') replica.store.set('list', before.toSpliced(at, 0, ...names))
        else
          for (const [i, name] of names.entries()) {
            const into = how === 'forwards' ? i : how === 'backwards' ? 0 : (picks[i] ?? 0) % (i + 1)
            replica.store.set('list', items(replica).toSpliced(at + into, 0, name))
          }
        return items(replica).slice(at, at + length)
      })
      exchange(...replicas)
      const after = remover ? items(remover) : []
      if (made.length > 1) counts.set('runs at once', 1)
      expect([...after.slice(0, at), ...after.slice(at + made.flat().length)]).toEqual(before)
      const middle = after.slice(at, at + made.flat().length)
      for (const names of made) expect(middle.join('|')).toContain(names.join('|'))
      for (const replica of replicas) expect(items(replica)).toEqual(after)
    }
  })
  demandSeen(counts, 'runs at once')
})

const ids = ['p', 'q', 'r', 1, '1']
type Item = { readonly id: string | number; readonly x?: number }
const change = fc.record({
  who: fc.nat(2),
  change: fc.constantFrom('add', 'remove', 'edit', 'move', 'rewrite', 'meet'),
  id: fc.constantFrom(...ids),
  at: fc.nat(5),
  x: fc.nat(3),
})

test('[MERGE6] a list to which everybody only ever adds new ids never has an id twice', { timeout: patienceMs }, () => {
  const counts: Counts = new Map()
  check(fc.array(change, { maxLength: 40 }), 300, changes => {
    const replicas = [1, 2, 3].map(writer => openReplica(`peer-${writer}`, writer))
    for (const { who, change, id, at, x } of changes) {
      const replica = replicas[who]
      if (!replica) continue
      const list = items(replica) as unknown as readonly Item[]
      const others = list.filter(item => item.id !== id)
      const set = (next: readonly Item[]) => replica.store.set('list', next)
      if (change === 'add') set(others.toSpliced(at, 0, { id, x }))
      else if (change === 'remove') set(others)
      else if (change === 'edit') set(list.map(item => (item.id === id ? { ...item, x } : item)))
      else if (change === 'move') set([...list.slice(at), ...list.slice(0, at)])
      else if (change === 'rewrite') set(ids.slice(at).map(other => ({ id: other, x })))
      else {
        const lengths = replicas.map(other => items(other).length)
        exchange(...replicas)
        if (items(replica).length < lengths.reduce((sum, length) => sum + length, 0)) counts.set('united ids', 1)
      }
    }
    exchange(...replicas)
    for (const replica of replicas) {
      const seen = (items(replica) as unknown as readonly Item[]).map(item => item.id)
      expect(new Set(seen).size).toBe(seen.length)
      expect(items(replica)).toEqual(items(replicas[0] ?? replica))
    }
  })
  demandSeen(counts, 'united ids')
})
