import * as Y from 'yjs'
import { clockOf, readUpdate } from './document-reader.js'
import type { Id, Write } from './oracle.js'
import type { Transaction } from './transaction.js'

/** Something under way: an update, several as one, or a whole state; and what it brings, and needs to be of use. */
export type Message = {
  readonly bytes: Uint8Array
  readonly carries: readonly Transaction[]
  readonly needs: readonly Id[]
  readonly isState: boolean
}

export const updateMessage = (bytes: Uint8Array, carries: readonly Transaction[]): Message => ({
  bytes,
  carries: [...new Set(carries)],
  needs: readUpdate(bytes).needs,
  isState: false,
})

export const stateMessage = (bytes: Uint8Array, carries: readonly Transaction[]): Message => ({
  ...updateMessage(bytes, carries),
  isState: true,
})

export const mergeMessages = (messages: readonly Message[]): Message => {
  const bytes = messages.map(one => one.bytes)
  const carries = messages.flatMap(one => one.carries)
  return updateMessage(bytes.length === 1 && bytes[0] ? bytes[0] : Y.mergeUpdates(bytes), carries)
}

/** What is live for who holds these: everything written in them, but for what was deleted in them. */
export function seenIn(holds: ReadonlySet<Transaction>): ReadonlyMap<Id, Write> {
  const deleted = new Set([...holds].flatMap(({ deletes }) => deletes))
  const writes = [...holds].flatMap(one => one.writes)
  return new Map(writes.filter(({ id }) => !deleted.has(id)).map(write => [write.id, write]))
}

/** GATE3: what a message leaves a gap before, or builds on, and that is neither in it nor here. */
export function missingFor(holds: ReadonlySet<Transaction>, { carries, needs }: Message): string[] {
  const all = [...holds, ...carries]
  const isCovered = (id: Id): boolean => {
    const [writer, clock] = clockOf(id)
    return all.some(one => one.writer === writer && clock >= one.span[0] && clock < one.span[1])
  }
  const fresh = carries.filter(one => !holds.has(one))
  const before = fresh.flatMap(({ writer, span: [from] }) => (from > 0 ? [`${writer}:${from - 1}`] : []))
  return [...before, ...needs].filter(id => !isCovered(id))
}
