import { randomUUID } from 'node:crypto'
import type { Backplane } from './backplane.js'
import { systemClock, type Clock } from './clock.js'
import { parseFrame } from './redis-frames.js'
import { redisAddress } from './redis-address.js'
import { createRedisKeys } from './redis-keys.js'
import { openRedisLink, type RedisLink } from './redis-link.js'
import { loadRedis } from './redis-package.js'
import { keepRedisLink } from './redis-reconnection.js'
import { openRedisTopic, type RedisTopic } from './redis-topic.js'

export type RedisBackplaneOptions = {
  /** `redis://` or `rediss://`, with user and password, port and database where they are not the usual ones. */
  readonly url: string
  /** What all keys and channels begin with: nodes with one prefix are one cluster. Default `hearth`. */
  readonly prefix?: string | undefined
  /** How long a node that says nothing counts, in ms, the same for all. Default 6,000. */
  readonly ttlMs?: number | undefined
  /** Messages that wait for Redis, in bytes, before more of them are left out. Default 16 MiB. */
  readonly maxWaitingBytes?: number | undefined
  readonly clock?: Pick<Clock, 'monotonic' | 'schedule'> | undefined
  /** For the times between two attempts to connect. Default `Math.random`. */
  readonly random?: (() => number) | undefined
  /** What this node is called, unlike any other. Default: a random name. */
  readonly node?: string | undefined
  /** Told once of each reason that Redis cannot be used; it is tried for ever. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** How much this node may rely on what Redis says. */
type Standing = 'away' | 'young' | 'ready'

/** How long Redis keeps a topic that nobody tells of: for what nodes that died have left behind. */
const keptMs = 60 * 60_000

/**
 * Nodes that share a Redis. It holds, per topic, what each living node has there, and passes on what they publish.
 *
 * **Who lives.** A node renews a key of its own, with a time to live, by a *beat* three times within that. Who finds
 * one gone has its topics told anew, without it. **What is heard.** Every change is written and told to all by one
 * script, as the whole table of the topic; own changes have settled when their table is heard. **A Redis that may not
 * know all.** Where no node was alive just now (Redis is new, was empty, or out of reach for all), nodes may still be
 * on their way back: it is *young* for one time to live, in which nobody is let go of, no change settles, and no node
 * is ready. Attempts to connect are never further apart than a quarter of that.
 *
 * It does not wait for Redis. @throws RangeError for a url that is none, Error when the package `redis` is not there.
 */
export const createRedisBackplane = async (options: RedisBackplaneOptions): Promise<Backplane> => {
  const { url, ttlMs = 6000, maxWaitingBytes = 16 * 1024 * 1024, clock = systemClock, node = randomUUID() } = options
  const { random = Math.random, onError = () => undefined } = options
  if (!redisAddress.accepts(url)) throw new RangeError(`url must be ${redisAddress.must}`)
  const create = await loadRedis()
  const keys = createRedisKeys(options.prefix ?? 'hearth')
  const beatMs = Math.ceil(ttlMs / 3)

  const topics = new Map<string, RedisTopic>()
  /** Closed, and not yet known to be gone from Redis. */
  const leaving = new Set<string>()
  let standing: Standing = 'away'
  let version = 0
  let refusal = ''
  let cancelBeat = (): void => undefined
  let closing: Promise<void> | null = null

  const onFrame = (channel: string, text: string): void => {
    const frame = parseFrame(text)
    if (frame === null) return
    try {
      topics.get(channel)?.hear(frame)
    } catch (error) {
      // Thrown on, it would end the connection that it came over, not what is wrong.
      onError(error)
    }
  }

  const onUp = (link: RedisLink): void => {
    beat(link)
    link.subscribe([...topics.keys()])
  }

  const onDown = (): void => {
    cancelBeat()
    standing = 'away'
  }

  const beat = (link: RedisLink): void => {
    if (closing !== null) return
    cancelBeat()
    // In two halves: if this process itself stood still, what has arrived meanwhile is read between them.
    cancelBeat = clock.schedule(() => {
      cancelBeat = clock.schedule(() => void link.end(new Error(`no answer within ${2 * beatMs} ms`)), beatMs)
    }, beatMs)
    const others = new Set([...topics.values()].flatMap(topic => [...topic.nodes()]))
    link.run('beat', [keys.kept, keys.young], [keys.nodes, node, String(ttlMs), ...others]).then(
      answer => hearBeat(link, answer),
      error => link.end(error),
    )
  }

  const hearBeat = (link: RedisLink, answer: unknown): void => {
    if (closing !== null || link !== reconnection.link || !Array.isArray(answer)) return
    const [wasAlive, youngForMs, ...dead] = answer as unknown[]
    const before = standing
    standing = Number(youngForMs) > 0 ? 'young' : 'ready'
    const isAnew = wasAlive !== 1 || standing !== before
    for (const topic of topics.values()) {
      if (isAnew || [...topic.nodes()].some(other => dead.includes(other))) topic.tellAnew()
      else topic.tellAgain()
    }
    for (const topic of leaving) void leave(topic)
    cancelBeat()
    const nextMs = standing === 'young' ? Math.min(Number(youngForMs), beatMs) : beatMs
    cancelBeat = clock.schedule(() => beat(link), nextMs)
  }

  /** Writes what this node has in a topic; whether Redis has taken it. */
  const tell = async (topic: string, entry: string): Promise<boolean> => {
    const { link } = reconnection
    if (link === null || standing === 'away') return false
    try {
      const answer = await link.run('tell', [topic, keys.young], [keys.nodes, node, entry, String(keptMs)])
      if (answer !== 1 && link === reconnection.link) beginAnew(link)
      return answer === 1
    } catch (error) {
      if (link === reconnection.link) reportRefusal(error)
      return false
    }
  }

  /** Redis has lost this node, and so all its topics. Many of them may find that out at once. */
  const beginAnew = (link: RedisLink): void => {
    if (standing === 'away') return
    standing = 'away'
    beat(link)
  }

  /** Once for each new reason, or it would be told for each topic at each beat. */
  const reportRefusal = (error: unknown): void => {
    if (String(error) !== refusal) onError(error)
    refusal = String(error)
  }

  const leave = async (topic: string): Promise<void> => {
    if (await tell(topic, '')) leaving.delete(topic)
  }

  const reconnection = keepRedisLink({
    open: events =>
      openRedisLink({
        ...events,
        create,
        url,
        clock,
        timeoutMs: beatMs,
        maxWaitingBytes,
        onFrame,
        onFull: () =>
          onError(new Error(`Redis is too slow: over ${maxWaitingBytes} bytes wait, messages are left out`)),
      }),
    clock,
    random,
    maxDelayMs: ttlMs / 4,
    steadyMs: beatMs,
    onUp,
    onDown,
    onError,
  })

  /** Leaves everything, if Redis answers in time; otherwise the time to live does. */
  const stop = async (): Promise<void> => {
    const { link } = reconnection
    for (const [name, topic] of topics) {
      topic.close()
      void tell(name, '')
    }
    topics.clear()
    cancelBeat()
    if (link !== null) {
      cancelBeat = clock.schedule(() => void link.end(), beatMs)
      await link.run('end', [], [keys.nodes, node]).catch(() => undefined)
      cancelBeat()
    }
    standing = 'away'
    await reconnection.close()
  }

  return {
    get isReady() {
      return standing === 'ready' && closing === null
    },
    open: (topic, listener) => {
      const name = keys.topic(topic)
      // What comes and goes while Redis is away need not be taken back, or it would be kept in mind without end.
      let mayBeHeld = leaving.delete(name)
      const way = {
        tell: (entry: string) => {
          mayBeHeld ||= standing !== 'away'
          return tell(name, entry)
        },
        publish: (frame: string) => {
          if (standing !== 'away') reconnection.link?.publish(name, frame)
        },
      }
      const nextVersion = (): number => (version += 1)
      const opened = openRedisTopic({
        node,
        listener,
        way,
        nextVersion,
        now: () => clock.monotonic(),
        freshMs: keptMs / 3,
      })
      topics.set(name, opened)
      reconnection.link?.subscribe([name])
      const close = (): void => {
        if (topics.get(name) !== opened) return
        topics.delete(name)
        opened.close()
        if (mayBeHeld) {
          leaving.add(name)
          void leave(name)
        }
        reconnection.link?.unsubscribe(name)
      }
      return {
        changed: onSettled => opened.changed(onSettled),
        publish: message => opened.publish(message),
        close,
      }
    },
    close: () => (closing ??= stop()),
  }
}
