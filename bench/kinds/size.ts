import { encoding } from 'lib0'
import * as Y from 'yjs'
import { mark, readEntry } from '../../src/store/entry.js'
import { defaultLimits } from '../../src/store/limits.js'
import type { OpenStore } from '../../src/store/session-store.js'
import { stateOf, textBytesOf } from '../hearth-peer.js'

/**
 * What the log takes, of the positions in its lists the longest (in segments, and in bytes as it is encoded), and apart
 * from it the documents of texts: with what was typed and taken out again.
 */
export type Size = {
  readonly bytes: number
  readonly structs: number
  readonly segments: number
  readonly pathBytes: number
  readonly historyBytes: number
}

/** Each of them by name. */
export const sizes: readonly { readonly name: string; readonly of: (size: Size) => number }[] = [
  { name: 'bytes', of: ({ bytes }) => bytes },
  { name: 'structs', of: ({ structs }) => structs },
  { name: 'segments of a position', of: ({ segments }) => segments },
  { name: 'bytes of a position', of: ({ pathBytes }) => pathBytes },
  { name: 'bytes of the text’s history', of: ({ historyBytes }) => historyBytes },
]

export const nothing: Size = { bytes: 0, structs: 0, segments: 0, pathBytes: 0, historyBytes: 0 }

export function sizeOf(open: OpenStore): Size {
  const state = stateOf(open)
  const { structs } = Y.decodeUpdate(state)
  const paths = structs.flatMap(struct =>
    struct instanceof Y.Item && struct.content instanceof Y.ContentAny
      ? struct.content.arr.flatMap(element => pathsOf(element, struct.id.client))
      : [],
  )
  return {
    bytes: state.length,
    structs: structs.length,
    segments: Math.max(0, ...paths.map(path => path.length / 3)),
    pathBytes: Math.max(0, ...paths.map(path => encodedBytes(path))),
    historyBytes: textBytesOf(open),
  }
}

/** The greater of each. */
export const most = (a: Size, b: Size): Size => ({
  bytes: Math.max(a.bytes, b.bytes),
  structs: Math.max(a.structs, b.structs),
  segments: Math.max(a.segments, b.segments),
  pathBytes: Math.max(a.pathBytes, b.pathBytes),
  historyBytes: Math.max(a.historyBytes, b.historyBytes),
})

function pathsOf(element: unknown, writer: number): (readonly number[])[] {
  const entry = readEntry(element, writer, defaultLimits)
  if (entry === null || entry === mark) return []
  const { field, value } = entry
  const inserted = field.on === 'element' ? [field.position] : []
  return value.is === 'position' ? [...inserted, value.position] : inserted
}

/** As in the log, where a writer of 0 stands for the owner: at most that. */
function encodedBytes(path: readonly number[]): number {
  const encoder = encoding.createEncoder()
  for (const number of path) encoding.writeAny(encoder, number)
  return encoding.length(encoder)
}
