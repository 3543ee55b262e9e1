import type { createClient } from 'redis'

/** The `redis` package, which only those install who use it. @throws Error that says so when it is not there. */
export const loadRedis = async (): Promise<typeof createClient> => {
  try {
    return (await import('redis')).createClient
  } catch (cause) {
    throw new Error('Redis needs the package "redis" beside this one: npm install redis@6', { cause })
  }
}
