import { createClient } from 'redis'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { nobody, type Backplane } from '../src/backplane.js'
import { createRedisKeys } from '../src/redis-keys.js'
import { describeBackplane, listenAt, presenceOf } from './support/backplane-contract.js'
import { openRedisCluster, type RedisCluster } from './support/redis-cluster.js'
import { startRedisServer, type RedisServer } from './support/redis-server.js'

let redis: RedisServer
beforeAll(async () => {
  redis = await startRedisServer()
})
afterAll(() => redis?.close())

const ttlMs = 1200

describeBackplane('redis', async () => openRedisCluster({ url: redis.url, ttlMs }))

const eventually = (read: () => unknown) => expect.poll(read, { interval: 5, timeout: 20_000 })

/** Redis as somebody else may use it. */
const openOutsider = async () => {
  const outsider = await createClient({ url: redis.url })
    .on('error', () => undefined)
    .connect()
  onTestFinished(() => outsider.destroy())
  return outsider
}

describe('when something goes wrong', () => {
  let cluster: RedisCluster
  let first: Backplane
  let second: Backplane
  beforeEach(async () => {
    cluster = openRedisCluster({ url: redis.url, ttlMs })
    ;[first, second] = [await cluster.addNode(), await cluster.addNode()]
    return () => cluster.close()
  })

  const untilReady = (isReady: boolean) => eventually(() => [first.isReady, second.isReady]).toEqual([isReady, isReady])

  /** Ana at the first node, Ben at the second, who know of each other. */
  const meet = async (topic: string) => {
    const [ana, ben] = [listenAt(first, topic), listenAt(second, topic)]
    await ana.become(presenceOf(['ana']))
    await ben.become(presenceOf(['ben']))
    await cluster.settle()
    return { ana, ben }
  }

  test('[SIG60] a node that all took for dead is back as soon as it says something', async () => {
    const { ana, ben } = await meet('slept')
    const other = await meet('slept, too')
    cluster.hold(second)
    await eventually(() => ana.others()).toEqual(nobody)
    await eventually(() => other.ana.others()).toEqual(nobody)
    ben.channel.changed()
    await eventually(() => ana.others()).toEqual(presenceOf(['ben']))
    await eventually(() => other.ana.others()).toEqual(presenceOf(['ben']))
    cluster.release(second)
  })

  test('[SIG61] connections that are cut are made again, and nobody has left', async () => {
    const { ana, ben } = await meet('cut')
    const told = [ana.told.length, ben.told.length]
    const outsider = await openOutsider()
    await outsider.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub'])
    await untilReady(false)
    const settled = ben.become(presenceOf(['ben', 'bea']))
    await untilReady(true)
    await settled
    await eventually(() => ana.others()).toEqual(presenceOf(['ben', 'bea']))
    await cluster.settle()
    expect([ana.told.length, ben.told.length]).toEqual([(told[0] ?? 0) + 1, told[1]])
    ben.channel.publish({ frame: 'again' })
    await cluster.settle()
    expect(ana.messages).toEqual([{ frame: 'again' }])
    expect(cluster.reported).toEqual(Array(2).fill('Error: Redis cannot be used: Socket closed unexpectedly'))
  })

  test('[SIG61] a Redis that does not answer is given up; what ended meanwhile is gone when it does', async () => {
    const { ana, ben } = await meet('stood still')
    redis.freeze()
    await untilReady(false)
    ben.channel.close()
    let hasSettled = false
    void ana.become(presenceOf(['anna'])).then(() => (hasSettled = true))
    redis.thaw()
    await untilReady(true)
    await eventually(() => ana.others()).toEqual(nobody)
    await eventually(() => hasSettled).toBe(true)
  })

  test('[SIG62] on a Redis that was emptied nobody is let go of, or alone, before all had time to come back', async () => {
    const { ana, ben } = await meet('emptied')
    await listenAt(second, 'begun meanwhile').become(presenceOf(['bea']))
    cluster.hold(second)
    await redis.kill()
    await untilReady(false)
    await redis.start()
    // The first is back alone, and tells Redis what it has.
    const newcomer = listenAt(first, 'begun meanwhile')
    let isSettled = false
    const settled = newcomer.become(presenceOf(['ava'])).then(() => (isSettled = true))
    const outsider = await openOutsider()
    const keys = createRedisKeys('hearth')
    await eventually(() => outsider.hLen(keys.topic('begun meanwhile'))).toBe(1)
    await eventually(() => outsider.hLen(keys.topic('emptied'))).toBe(1)
    expect([first.isReady, isSettled]).toEqual([false, false])

    cluster.release(second)
    await settled
    expect(newcomer.others()).toEqual(presenceOf(['bea']))
    await untilReady(true)
    await cluster.settle()
    expect([ana.told, ben.told]).toEqual([[presenceOf(['ben'])], [presenceOf(['ana'])]])
  })

  test('[SIG62] nor when it is emptied while all are connected', async () => {
    const { ana, ben } = await meet('flushed')
    const outsider = await openOutsider()
    await outsider.flushAll()
    void ana.become(presenceOf(['anna']))
    await eventually(() => ben.others()).toEqual(presenceOf(['anna']))
    await untilReady(true)
    await cluster.settle()
    expect([ana.told, ben.told]).toEqual([[presenceOf(['ben'])], [presenceOf(['ana']), presenceOf(['anna'])]])
  })

  test('[SIG63] what others write into Redis is left out, whatever it is', async () => {
    const { ana, ben } = await meet('littered')
    const outsider = await openOutsider()
    const topic = createRedisKeys('hearth').topic('littered')
    const entries = [
      '',
      '{}',
      '7',
      'null',
      '{"version":9,"peers":["x"],"plain":-1,"sockets":1}',
      '\uFFFF',
      '{"version":',
    ]
    for (const [index, entry] of entries.entries()) {
      await outsider.set(`hearth:1:node:litter ${index}`, '1', { PX: 60_000 })
      await outsider.hSet(topic, `litter ${index}`, entry)
    }
    const frames = [
      '',
      't',
      'm',
      't[]',
      't[0]',
      't{"0":1}',
      't[0,"x","y"]',
      'm{}\n',
      'm{"from":"x","to":7}\nhey',
      'z',
      'mnull\n',
    ]
    for (const frame of frames) await outsider.publish(topic, frame)
    await ben.become(presenceOf(['ben', 'bea']))
    await cluster.settle()
    expect(ana.others()).toEqual(presenceOf(['ben', 'bea']))
    expect(ana.messages).toEqual([])
    expect(cluster.reported).toEqual([])
  })

  test('[SIG63] what Redis refuses is told once and tried again, and holds up nothing else', async () => {
    const outsider = await openOutsider()
    const topic = createRedisKeys('hearth').topic('occupied')
    await outsider.set(topic, 'not a hash')
    const [ana, ben] = [listenAt(first, 'occupied'), listenAt(second, 'occupied')]
    const both = Promise.all([ana.become(presenceOf(['ana'])), ben.become(presenceOf(['ben']))])
    await meet('next door')
    await eventually(() => cluster.reported.length).toBe(2)
    expect(cluster.reported[0]).toMatch(/WRONGTYPE/)
    expect([first.isReady, second.isReady]).toEqual([true, true])
    await outsider.del(topic)
    await both
    await eventually(() => ana.others()).toEqual(presenceOf(['ben']))
    expect(cluster.reported).toHaveLength(2)
  })

  test('[SIG65] Redis holds no names of rooms and nothing that was said, and all of it ends by itself', async () => {
    const { ana, ben } = await meet('a secret room')
    ana.channel.publish({ frame: 'a secret word', to: 'ben' })
    await cluster.settle()
    expect(ben.messages).toHaveLength(1)
    const outsider = await openOutsider()
    const keys = (await outsider.keys('*')).filter(key => !key.includes('litter'))
    expect(keys.every(key => key.startsWith('hearth:1:'))).toBe(true)
    const held = await Promise.all(
      keys.map(async key => ((await outsider.type(key)) === 'hash' ? outsider.hGetAll(key) : outsider.get(key))),
    )
    expect(JSON.stringify([keys, held])).toContain('ana')
    expect(JSON.stringify([keys, held])).not.toContain('secret')
    for (const key of keys) expect(await outsider.pTTL(key), key).toBeGreaterThan(0)
    await cluster.close()
    expect(await outsider.exists(createRedisKeys('hearth').topic('a secret room'))).toBe(0)
  })
})

test('[SIG64] what waits for Redis is bounded, and what is too much is left out', async () => {
  const cluster = openRedisCluster({ url: redis.url, ttlMs: 3000, prefix: 'bounded', maxWaitingBytes: 5000 })
  onTestFinished(() => cluster.close())
  const [from, to] = [listenAt(await cluster.addNode(), 'room'), listenAt(await cluster.addNode(), 'room')]
  await from.become(presenceOf(['ana']))
  await to.become(presenceOf(['ben']))
  await cluster.settle()
  redis.freeze()
  for (let index = 0; index < 1000; index += 1) from.channel.publish({ frame: `${index} ${'x'.repeat(100)}` })
  expect(cluster.reported).toEqual(['Error: Redis is too slow: over 5000 bytes wait, messages are left out'])
  redis.thaw()
  await eventually(() => {
    from.channel.publish({ frame: '1000, at last' })
    return to.messages.at(-1)?.frame
  }).toBe('1000, at last')
  const heard = to.messages.map(({ frame }) => Number.parseInt(frame, 10)).filter(number => number < 1000)
  expect(heard.length).toBeGreaterThan(10)
  expect(heard.length).toBeLessThan(50)
  expect(heard).toEqual([...heard.keys()])
})
