import { createHash } from 'node:crypto'

/**
 * What things are called in Redis, below a prefix. The number is that of the format, so that nodes with another one
 * never meet these.
 */
export type RedisKeys = {
  /** There while any node is. */
  readonly kept: string
  /** There for one time to live after no node was: others may be on their way back. */
  readonly young: string
  /** What each node's key begins with, before its id. It is there while that node lives. */
  readonly nodes: string
  /** The hash with what each node has in a topic, and the channel on which it is told. */
  topic(topic: string): string
}

export const createRedisKeys = (prefix: string): RedisKeys => ({
  kept: `${prefix}:1:kept`,
  young: `${prefix}:1:young`,
  nodes: `${prefix}:1:node:`,
  // By its code units: as UTF-8 two topics with broken surrogates could be one.
  topic: topic => `${prefix}:1:topic:${createHash('sha256').update(topic, 'utf16le').digest('base64url')}`,
})
