import { maxPeerIdLength, maxPeersPerFrame } from '../../src/wire/signaling-messages.js'
import type { NodeMessage, Presence } from './backplane.js'

/**
 * What travels on a topic's channel, and what stands in its hash, as pure pairs of reading and writing. Redis may
 * hold anything: what cannot be used is null, or left out.
 */
export type RedisFrame =
  | { readonly is: 'message'; readonly from: string; readonly message: NodeMessage }
  /** All that the living nodes have there, this node included; told by a script, so Redis itself has put it together. */
  | { readonly is: 'table'; readonly from: string; readonly isYoung: boolean; readonly entries: Entries }

export type Entries = ReadonlyMap<string, Entry>

/** What one node has. Of two the one with the greater version is newer. */
export type Entry = Presence & { readonly version: number }

/** Far more than a frame that the server takes can become when it is written anew. */
const maxFrameLength = 1024 * 1024
const maxIdLength = 64

export const encodeEntry = ({ peers, plain, sockets }: Presence, version: number): string =>
  JSON.stringify({ version, peers: [...peers], plain, sockets })

/** A line that says from whom and for whom, then the frame as it is. */
export const encodeMessage = (from: string, { frame, to }: NodeMessage): string =>
  `m${JSON.stringify({ from, to })}\n${frame}`

export const parseFrame = (text: string): RedisFrame | null => {
  if (text.startsWith('m')) return parseMessage(text)
  return text.startsWith('t') ? parseTable(parseJson(text.slice(1))) : null
}

const parseMessage = (text: string): RedisFrame | null => {
  const end = text.indexOf('\n')
  const head = parseJson(text.slice(1, Math.max(end, 1)))
  if (!isObject(head) || text.length - end > maxFrameLength) return null
  const { from, to } = head
  if (!isId(from)) return null
  const frame = text.slice(end + 1)
  if (to === undefined) return { is: 'message', from, message: { frame } }
  return isPeerId(to) ? { is: 'message', from, message: { frame, to } } : null
}

/** Of one list: whether Redis is young, who tells, then a node and its entry as JSON, as often as there are nodes. */
const parseTable = (table: unknown): RedisFrame | null => {
  if (!Array.isArray(table)) return null
  const [young, from, ...rest] = table as unknown[]
  if ((young !== 0 && young !== 1) || !isId(from)) return null
  const entries = new Map<string, Entry>()
  for (let index = 0; index + 1 < rest.length; index += 2) {
    const [node, entry] = [rest[index], parseEntry(rest[index + 1])]
    if (isId(node) && entry !== null) entries.set(node, entry)
  }
  return { is: 'table', from, isYoung: young === 1, entries }
}

const parseEntry = (text: unknown): Entry | null => {
  const entry = typeof text === 'string' ? parseJson(text) : null
  if (!isObject(entry)) return null
  const { version, peers, plain, sockets } = entry
  if (!isCount(version, Number.MAX_SAFE_INTEGER)) return null
  // A topic may have no more sockets than one frame can name.
  if (!isCount(plain, maxPeersPerFrame) || !isCount(sockets, maxPeersPerFrame)) return null
  if (!Array.isArray(peers) || peers.length > maxPeersPerFrame || !peers.every(isPeerId)) return null
  return { version, peers: new Set(peers), plain, sockets }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const isTextOf =
  (maxLength: number) =>
  (value: unknown): value is string =>
    typeof value === 'string' && value !== '' && value.length <= maxLength

const isId = isTextOf(maxIdLength)
const isPeerId = isTextOf(maxPeerIdLength)

const isCount = (value: unknown, max: number): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= max
