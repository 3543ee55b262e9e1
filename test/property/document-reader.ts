import * as Y from 'yjs'
import type { Id, Position, Said, Slot, Write } from './oracle.js'

/** Reads documents and updates by SPEC.md (DATA), with nothing but Yjs; throws where they break a rule. */

/** One transaction, or several, as they travel. */
export type WireUpdate = {
  /** Of each writer with something in it: the first clock, and the one after the last. */
  readonly spans: ReadonlyMap<number, readonly [from: number, to: number]>
  /** The entries in it that it does not itself delete. */
  readonly writes: readonly Write[]
  readonly deletes: readonly Id[]
  /** Everything that must be here before it can be: containers, moved insertions, deleted entries. */
  readonly needs: readonly Id[]
}

export const idOf = (writer: number, clock: number): Id => `${writer}:${clock}`
export const clockOf = (id: Id): readonly [writer: number, clock: number] => {
  const [writer, clock] = id.split(':').map(Number)
  if (writer === undefined || clock === undefined) throw new Error(`no id: ${id}`)
  return [writer, clock]
}

export function readUpdate(update: Uint8Array): WireUpdate {
  const { structs, ds } = Y.decodeUpdate(update)
  const spans = new Map<number, readonly [number, number]>()
  const deletes = new Set<Id>()
  for (const [writer, ranges] of ds.clients)
    for (const { clock, len } of ranges) for (let i = 0; i < len; i++) deletes.add(idOf(writer, clock + i))
  const all: Write[] = []
  for (const struct of structs) {
    if (struct instanceof Y.Skip) continue
    if (!(struct instanceof Y.Item)) throw new Error('DATA2: a struct that is no item')
    const { client, clock } = struct.id
    const [from] = spans.get(client) ?? [clock]
    spans.set(client, [from, clock + struct.length])
    all.push(...readItem(struct))
  }
  const writes = all.filter(({ id }) => !deletes.has(id))
  const needs = all.flatMap(({ containers, slot }) => [...(containers ?? []), ...(slot.is === 'move' ? slot.of : [])])
  return { spans, writes, deletes: [...deletes], needs: [...needs, ...deletes] }
}

/** Every live entry of a document that is given as one update. */
export function readDocument(state: Uint8Array): Map<Id, Write> {
  if (Y.decodeUpdate(state).structs.some(struct => struct instanceof Y.Skip))
    throw new Error('GATE4: something rests in pending structs')
  return new Map(readUpdate(state).writes.map(write => [write.id, write]))
}

/** DATA2: every clock has one place. */
function readItem({ id: { client, clock }, content, origin, rightOrigin }: Y.Item): Write[] {
  if (rightOrigin !== null) throw new Error('DATA2: something is inserted before something')
  if (content instanceof Y.ContentType) {
    if (clock !== 0) throw new Error('DATA2: a log that does not begin at 0')
    return []
  }
  if (clock > 1 && (origin?.client !== client || origin.clock !== clock - 1)) throw new Error('DATA2: a wrong origin')
  if (!(content instanceof Y.ContentAny)) return []
  return content.arr.flatMap((element: unknown, i) => {
    if (clock + i === 1) return []
    const write = readElement(element, client, clock + i)
    return write ? [write] : []
  })
}

/** DATA3; null for a mark. */
function readElement(element: unknown, writer: number, clock: number): Write | null {
  if (element === 0) return null
  if (!Array.isArray(element)) throw new Error(`DATA3: no entry: ${JSON.stringify(element)}`)
  const [field, stamp, value, ...containers] = element as unknown[]
  if (typeof stamp !== 'number') throw new Error('DATA3: no stamp')
  const says = readValue(value, writer)
  return {
    id: idOf(writer, clock),
    writer,
    clock,
    stamp,
    containers:
      containers.length === 0 ? null : readIds(containers.length === 1 ? [writer, ...containers] : containers),
    slot: readSlot(field, writer, says),
    says,
  }
}

function readValue(value: unknown, writer: number): Said {
  if (!Array.isArray(value)) return { is: 'scalar', scalar: value as string | number | boolean | null }
  if (value.length === 2) return { is: 'tally', count: Number(value[0]), total: Number(value[1]) }
  if (value.length > 2) return { is: 'position', position: readPosition(value, writer) }
  const [kind] = value as unknown[]
  if (kind === 2 || kind === 6) return { is: 'list', isMadeByHandle: kind === 6 }
  const is = ([null, 'object', null, 'counter', 'members', 'text'] as const)[Number(kind)]
  if (is) return { is }
  throw new Error(`DATA3: no value: ${JSON.stringify(value)}`)
}

function readSlot(field: unknown, writer: number, says: Said): Slot {
  if (typeof field === 'string') return { is: 'field', name: field }
  if (typeof field === 'number') return field === 0 ? { is: 'own' } : { is: 'baseline', of: field }
  if (!Array.isArray(field)) throw new Error(`DATA3: no field: ${JSON.stringify(field)}`)
  const [key, numbers] = typeof field[0] === 'string' ? [field[0], field.slice(1)] : [null, field]
  return says.is === 'position'
    ? { is: 'move', key, of: readIds(numbers) }
    : { is: 'element', key, position: readPosition(numbers, writer) }
}

function readIds(numbers: readonly unknown[]): Id[] {
  if (numbers.length === 0 || numbers.length % 2 !== 0) throw new Error('DATA3: no pairs of writer and clock')
  return numbers.flatMap((writer, i) => (i % 2 === 0 ? [`${String(writer)}:${String(numbers[i + 1])}`] : []))
}

function readPosition(numbers: readonly unknown[], writer: number): Position {
  if (numbers.length === 0 || numbers.length % 3 !== 0) throw new Error('DATA3: no position')
  return numbers.map((number, i) => (i % 3 === 1 && number === 0 ? writer : Number(number)))
}
