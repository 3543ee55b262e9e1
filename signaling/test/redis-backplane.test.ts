import { afterAll, beforeAll } from 'vitest'
import { describeBackplane } from './support/backplane-contract.js'
import { openRedisCluster } from './support/redis-cluster.js'
import { startRedisServer, type RedisServer } from './support/redis-server.js'

let redis: RedisServer
beforeAll(async () => {
  redis = await startRedisServer()
})
afterAll(() => redis.close())

describeBackplane('redis', async () => openRedisCluster({ url: redis.url, ttlMs: 1000 }))
