import type { Backplane } from './backplane.js'
import { createMemoryBackplane } from './memory-backplane.js'
import { createRedisBackplane } from './redis-backplane.js'
import type { Settings } from './settings.js'

/**
 * What the server shares its topics over: what the program gives, the Redis of its settings, or nothing.
 * @param onError told when Redis cannot be used
 * @throws Error when there should be Redis and its package is not there.
 */
export const openChosenBackplane = async (
  given: Backplane | undefined,
  { redis, redisPrefix, redisTtlMs, clock }: Settings,
  onError: (error: unknown) => void,
): Promise<Backplane> => {
  if (given !== undefined) return given
  if (redis === undefined) return createMemoryBackplane()
  return createRedisBackplane({ url: redis, prefix: redisPrefix, ttlMs: redisTtlMs, clock, onError })
}
