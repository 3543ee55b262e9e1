import * as Y from 'yjs'
import { systemClock } from '../src/clock.js'
import { defaultLimits } from '../src/store/limits.js'
import { openStore } from '../src/store/session-store.js'
import { printTable } from './table.js'

/** A replica as the load sees it. */
type Subject = {
  set(key: string, value: number): void
  /** What the last write put on the wire. */
  takeUpdate(): Uint8Array
  apply(update: Uint8Array): void
  state(): Uint8Array
}

const keys = Array.from({ length: 20 }, (_, i) => `key-${i}`)

function hearth(writer: number): Subject {
  const { store, replica } = openStore({
    peerId: `peer-${writer}`,
    writer: 1_000_000_000 + writer,
    limits: defaultLimits,
    clock: systemClock,
    random: Math.random,
    onError: error => {
      throw error
    },
  })
  return {
    set: (key, value) => store.set(key, value),
    takeUpdate: () => replica.takeLocalUpdate() ?? new Uint8Array(),
    apply: update => void replica.receive(update, () => true),
    state: () => replica.updateSince(new Uint8Array([0])) ?? new Uint8Array(),
  }
}

/** A plain Y.Map in a Y.Doc: also what a plain y-webrtc app holds, which adds nothing to the document. */
function plainMap(writer: number): Subject {
  const doc = new Y.Doc()
  doc.clientID = 1_000_000_000 + writer
  const map = doc.getMap<number>('store')
  let last: Uint8Array = new Uint8Array()
  doc.on('update', update => (last = update))
  return {
    set: (key, value) => map.set(key, value),
    takeUpdate: () => last,
    apply: update => Y.applyUpdate(doc, update),
    state: () => Y.encodeStateAsUpdate(doc),
  }
}

/** Sizes after each of `counts` writes: 5 writers, each write at once to all, random keys from a fixed seed. */
function measure(make: (writer: number) => Subject, counts: readonly number[]): string[] {
  const writers = [0, 1, 2, 3, 4].map(make)
  let seed = 42
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    return Math.floor((seed / 2 ** 32) * below)
  }
  const sizes: string[] = []
  for (let write = 1; write <= Math.max(...counts); write++) {
    const author = writers[random(5)]
    author?.set(keys[random(20)] ?? '', write)
    const update = author?.takeUpdate()
    for (const other of writers) if (update && other !== author) other.apply(update)
    if (!counts.includes(write)) continue
    const state = writers[0]?.state() ?? new Uint8Array()
    sizes.push(`${state.length} B, ${Y.decodeUpdate(state).structs.length} structs`)
  }
  return sizes
}

/** State after many writes: must stay flat (aim: at 100,000 writes at most 1.5 times the bytes at 1,000, and under 2 KB). */
export function run(): void {
  const counts = [1_000, 10_000, 100_000]
  const rows = [
    ['writes', ...counts.map(count => count.toLocaleString('en'))],
    ['Hearth', ...measure(hearth, counts)],
    ['plain Y.Map, and so plain y-webrtc', ...measure(plainMap, counts)],
  ]
  printTable(rows)
}
