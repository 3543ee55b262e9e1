import type { createClient } from 'redis'
import type { Clock } from './clock.js'
import { redisScripts, type RedisScriptName } from './redis-scripts.js'

/**
 * One connection to Redis, which carries commands and what is heard on channels alike (RESP3), each in order. It is not
 * repaired: when it ends, all that waits is lost, and there is another one.
 */
export type RedisLink = {
  /** Runs one script. @throws what Redis says against it, or that the link has ended. */
  run(script: RedisScriptName, keys: readonly string[], args: readonly string[]): Promise<unknown>
  subscribe(channels: readonly string[]): void
  unsubscribe(channel: string): void
  /** Left out, and told once to `onFull`, while more than `maxWaitingBytes` wait for Redis to take them. */
  publish(channel: string, frame: string): void
  /** Idempotent. With an error it is told to `onEnd`. Resolves when nothing is left of it. */
  end(error?: unknown): Promise<void>
}

export type RedisLinkOptions = {
  readonly create: typeof createClient
  readonly url: string
  readonly clock: Pick<Clock, 'schedule'>
  /** Until it must be up. */
  readonly timeoutMs: number
  readonly maxWaitingBytes: number
  readonly onUp: () => void
  readonly onFrame: (channel: string, frame: string) => void
  readonly onFull: () => void
  /** It ended by itself, before or after it was up. Once. */
  readonly onEnd: (error: unknown) => void
}

export const openRedisLink = (options: RedisLinkOptions): RedisLink => {
  const { create, url, clock, timeoutMs, maxWaitingBytes, onUp, onFrame, onFull, onEnd } = options
  const client = create({
    url,
    socket: { reconnectStrategy: false, connectTimeout: timeoutMs },
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
  })
  const scripts = new Map<RedisScriptName, string>()
  let isOver = false
  let waitingBytes = 0
  let isFull = false

  const start = async (): Promise<void> => {
    await client.connect()
    for (const [name, script] of Object.entries(redisScripts)) {
      scripts.set(name as RedisScriptName, await client.scriptLoad(script))
    }
    cancelTimeout()
    if (!isOver) onUp()
  }

  const end = (error?: unknown): Promise<void> => {
    if (isOver) return started
    isOver = true
    cancelTimeout()
    client.destroy()
    if (error !== undefined) onEnd(error)
    return started
  }

  const cancelTimeout = clock.schedule(() => void end(new Error(`not up within ${timeoutMs} ms`)), timeoutMs)
  client.on('error', error => void end(error))
  const started = start()
    .catch((error: unknown) => void end(error))
    // What was still connecting when it ended has connected after that.
    .finally(() => isOver && client.destroy())

  const attempt = (command: Promise<unknown>): void => void command.catch(end)
  // The same one to subscribe and to unsubscribe, or the library loses a channel that is left and entered again at once.
  const hear = (frame: string, channel: string): void => onFrame(channel, frame)

  return {
    run: async (name, keys, args) => client.evalSha(scripts.get(name) ?? '', { keys: [...keys], arguments: [...args] }),
    subscribe: channels => {
      if (channels.length > 0) attempt(client.subscribe([...channels], hear))
    },
    unsubscribe: channel => attempt(client.unsubscribe(channel, hear)),
    publish: (channel, frame) => {
      const bytes = Buffer.byteLength(frame)
      if (waitingBytes + bytes > maxWaitingBytes) {
        if (!isFull) onFull()
        isFull = true
        return
      }
      waitingBytes += bytes
      const isTaken = client.publish(channel, frame).finally(() => {
        waitingBytes -= bytes
        if (waitingBytes === 0) isFull = false
      })
      attempt(isTaken)
    },
    end,
  }
}
