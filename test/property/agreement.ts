import type { TestReplica } from '../support/replicas.js'
import { readDocument } from './document-reader.js'
import { greatestFirst, takenFor, type Group, type Id, type Json, type Place, type Write } from './oracle.js'
import type { Replay } from './replay.js'
import { canonical } from './rewrite.js'

/** Holds everything that a replica says against what SPEC makes of the entries that it holds. */
export function checkReplica(
  { store, name, replays, errors, replica }: TestReplica & { readonly replays: readonly Replay[] },
  model: ReadonlyMap<Id, Write>,
  tree: ReadonlyMap<string, Place>,
  state: Uint8Array,
): void {
  const fail = (what: string, is: unknown, shouldBe: unknown): never => {
    throw new Error(`${what} of ${name} is ${JSON.stringify(is)} and not ${JSON.stringify(shouldBe)}`)
  }
  const demandSame = (what: string, is: unknown, shouldBe: unknown) => {
    if (JSON.stringify(is) !== JSON.stringify(shouldBe)) fail(what, is, shouldBe)
  }

  demandSame('the document', inOrder(readDocument(state)), inOrder(model))
  const values = new Map([...tree].map(([key, place]) => [key, place.winner.value]))
  demandSame('keys', store.keys(), [...values.keys()])
  const all = Object.fromEntries(values)
  if (canonical(store.getAll() as Json) !== canonical(all)) fail('the values', store.getAll(), all)
  const { limits } = store.usage
  const used = usage(values)
  const isOver = [...values.values()].some(value => utf8(JSON.stringify(value)) > limits.maxValueBytes)
  const overLimit = isOver || used.keys > limits.maxKeys || used.bytes > limits.maxTotalBytes
  demandSame('usage', store.usage, { ...used, limits, historyBytes: 0, overLimit })
  const peerOf = (writer: number) => replica.peerOf(writer)
  for (const [key, place] of tree) {
    const conflicts = conflictsOf(place).map(rival => toConflict(rival, peerOf))
    demandSame(`the conflicts of ${key}`, store.conflicts(key), conflicts)
  }
  demandSame('errors', errors, [])

  for (const replay of replays) {
    if (canonical(Object.fromEntries(replay.values) as Json) !== canonical(all))
      fail('what was told', [...replay.values], all)
    if (new Set(replay.told).size < replay.told.length) fail('what was told at once', replay.told, 'each key once')
    for (const key of replay.told.splice(0)) {
      const change = replay.last.get(key)
      const newest = newestIn(tree.get(key))
      demandSame(`who wrote ${key} last`, change?.updatedBy, newest ? peerOf(newest.writer) : null)
      demandSame(`when ${key} was written`, change?.updatedAt, newest?.stamp ?? null)
      demandSame(`the conflicts told of ${key}`, change?.conflicts, store.conflicts(key))
    }
  }
}

const inOrder = (writes: ReadonlyMap<Id, Write>) =>
  [...writes.values()].sort((a, b) => a.writer - b.writer || a.clock - b.clock)

/** LIMIT3: keys and values in UTF-8. */
export function usage(values: ReadonlyMap<string, Json>) {
  const bytes = [...values].map(([key, value]) => utf8(key) + utf8(JSON.stringify(value)))
  return { keys: values.size, bytes: bytes.reduce((sum, more) => sum + more, 0) }
}

export const utf8 = (text: string): number => Buffer.byteLength(text)

export type Rival = { readonly path: readonly (string | number)[]; readonly group: Group }

/** MERGE10: the groups that lost in the visible value, the greatest first. */
export function conflictsOf(place: Place): Rival[] {
  return [...rivalsIn(place, [])].sort((a, b) => greatestFirst(a.group.top, b.group.top))
}

function* rivalsIn({ winner, rivals }: Place, path: Rival['path']): Generator<Rival> {
  for (const group of rivals) yield { path, group }
  const { is } = winner.top.says
  // COUNTER3: numbers set at once are conflicts of the counter itself.
  if (is === 'object' || is === 'counter')
    for (const [name, inner] of winner.fields) yield* rivalsIn(inner, is === 'object' ? [...path, name] : path)
  for (const [index, { place }] of winner.elements.entries()) yield* rivalsIn(place, [...path, index])
}

const toConflict = ({ path, group }: Rival, peerOf: (writer: number) => string | null) => ({
  path,
  value: group.value,
  updatedBy: peerOf(group.top.writer),
  updatedAt: group.top.stamp,
})

/** STORE3: the greatest entry visible in a key. */
function newestIn(place: Place | undefined): Write | undefined {
  if (!place) return undefined
  const { entries, fields, elements, tallies, baselines } = place.winner
  const visible = place.winner.top.says.is === 'list' ? [] : [...fields.values()]
  const below = [...visible, ...elements.map(element => element.place)].flatMap(inner => newestIn(inner) ?? [])
  const taken = baselines.filter(write => write.slot.is === 'baseline' && takenFor(write.slot.of, baselines) === write)
  const counted = [...tallies, ...taken]
  return [...entries, ...counted, ...elements.flatMap(({ moves }) => moves), ...below].sort(greatestFirst)[0]
}
