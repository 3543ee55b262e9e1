import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { nobody, type Backplane } from '../src/backplane.js'
import { describeBackplane, listenAt, presenceOf } from './support/backplane-contract.js'
import { beatMs, openRedisCluster, type RedisCluster } from './support/redis-cluster.js'
import { startRedisServer, type RedisServer } from './support/redis-server.js'

let redis: RedisServer
beforeAll(async () => {
  redis = await startRedisServer()
})
afterAll(() => redis?.close())

describeBackplane('redis', () => openRedisCluster({ url: redis.url }))

const eventually = (read: () => unknown) => expect.poll(read, { interval: 5, timeout: 20_000 })

describe('when something goes wrong', () => {
  let cluster: RedisCluster
  let first: Backplane
  let second: Backplane
  beforeEach(async () => {
    cluster = await openRedisCluster({ url: redis.url })
    ;[first, second] = [await cluster.addNode(), await cluster.addNode()]
    return () => cluster.close()
  })

  const readiness = (): boolean[] => [first.isReady, second.isReady]

  /** Nodes connect again when their time goes on. */
  const untilReady = (...nodes: Backplane[]) =>
    eventually(() => {
      for (const node of nodes) if (!node.isReady) cluster.advance(50, node)
      return nodes.every(({ isReady }) => isReady)
    }).toBe(true)

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
    await cluster.expire(second)
    cluster.advance(beatMs, first)
    await eventually(() => ana.others()).toEqual(nobody)
    await eventually(() => other.ana.others()).toEqual(nobody)
    ben.channel.changed()
    await eventually(() => ana.others()).toEqual(presenceOf(['ben']))
    await eventually(() => other.ana.others()).toEqual(presenceOf(['ben']))
  })

  test('[SIG61] connections that are cut are made again, and nobody has left', async () => {
    const { ana, ben } = await meet('cut')
    await cluster.outsider.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub'])
    await eventually(readiness).toEqual([false, false])
    const settled = ben.become(presenceOf(['ben', 'bea']))
    await untilReady(first, second)
    await settled
    await cluster.settle()
    expect(ana.told).toEqual([presenceOf(['ben']), presenceOf(['ben', 'bea'])])
    expect(ben.told).toEqual([presenceOf(['ana'])])
    ben.channel.publish({ frame: 'again' })
    await cluster.settle()
    expect(ana.messages).toEqual([{ frame: 'again' }])
    expect(cluster.reported).toEqual(Array(2).fill('Error: Redis cannot be used: Socket closed unexpectedly'))
  })

  test('[SIG61] a Redis that does not answer is given up; what ended meanwhile is gone when it does', async () => {
    const { ana, ben } = await meet('stood still')
    redis.freeze()
    // Until the next beat, and twice until its answer is given up.
    for (let time = 0; time < 3; time += 1) cluster.advance(beatMs)
    await eventually(readiness).toEqual([false, false])
    expect(cluster.reported).toEqual(Array(2).fill(`Error: Redis cannot be used: no answer within ${2 * beatMs} ms`))
    ben.channel.close()
    let hasSettled = false
    const settled = ana.become(presenceOf(['anna'])).then(() => (hasSettled = true))
    redis.thaw()
    expect(hasSettled).toBe(false)
    await untilReady(first, second)
    await settled
    await eventually(() => ana.others()).toEqual(nobody)
  })

  test('[SIG61] of a topic that begins and ends while Redis is away it is never told', async () => {
    await meet('there all along')
    const { outsider, keys } = cluster
    const told: string[] = []
    await outsider.subscribe(keys.topic('passing'), frame => void told.push(frame))
    redis.freeze()
    for (let time = 0; time < 3; time += 1) cluster.advance(beatMs)
    await eventually(readiness).toEqual([false, false])
    const passing = listenAt(first, 'passing')
    void passing.become(presenceOf(['ana']))
    passing.channel.close()
    redis.thaw()
    await untilReady(first, second)
    await cluster.settle()
    // On its connection, behind all that it was told.
    await outsider.unsubscribe(keys.topic('passing'))
    expect(told).toEqual([])
  })

  test('[SIG61] an answer that came while this process stood still is not given up', async () => {
    const { ben } = await meet('stood still itself')
    cluster.advance(beatMs)
    // All at once, as timers fall due after a long pause: the answer is there and not yet read.
    cluster.advance(beatMs)
    await ben.become(presenceOf(['ben', 'bea']))
    expect([readiness(), cluster.reported]).toEqual([[true, true], []])
  })

  test('[SIG62] on a Redis that was emptied nobody is let go of, or alone, before all had time to come back', async () => {
    const { ana, ben } = await meet('emptied')
    await listenAt(second, 'begun meanwhile').become(presenceOf(['bea']))
    await redis.kill()
    await eventually(readiness).toEqual([false, false])
    await redis.start()
    // The first comes back, and tells Redis what it has.
    const newcomer = listenAt(first, 'begun meanwhile')
    let isSettled = false
    const settled = newcomer.become(presenceOf(['ava'])).then(() => (isSettled = true))
    const { outsider, keys } = cluster
    for (const topic of ['emptied', 'begun meanwhile']) {
      await eventually(() => {
        cluster.advance(50, first)
        return outsider.hLen(keys.topic(topic))
      }).toBe(1)
    }
    expect([readiness(), isSettled]).toEqual([[false, false], false])
    // Then the second does, and then the time for it is over.
    await eventually(() => {
      cluster.advance(50, second)
      return outsider.hLen(keys.topic('begun meanwhile'))
    }).toBe(2)
    expect([readiness(), isSettled]).toEqual([[false, false], false])
    await outsider.del(keys.young)
    cluster.advance(beatMs)
    await settled
    expect(newcomer.others()).toEqual(presenceOf(['bea']))
    await untilReady(first, second)
    await cluster.settle()
    expect([ana.told, ben.told]).toEqual([[presenceOf(['ben'])], [presenceOf(['ana'])]])
  })

  test('[SIG62] who is not back when that time is over has left', async () => {
    const { ana } = await meet('emptied for good')
    await redis.kill()
    await eventually(readiness).toEqual([false, false])
    await redis.start()
    const { outsider, keys } = cluster
    await eventually(() => {
      cluster.advance(50, first)
      return outsider.hLen(keys.topic('emptied for good'))
    }).toBe(1)
    expect(ana.others()).toEqual(presenceOf(['ben']))
    await outsider.del(keys.young)
    cluster.advance(beatMs, first)
    await eventually(() => ana.others()).toEqual(nobody)
  })

  test('[SIG62] nor when it is emptied while all are connected', async () => {
    const { ana, ben } = await meet('flushed')
    const { outsider, keys } = cluster
    await outsider.flushAll()
    const settled = ana.become(presenceOf(['anna']))
    await eventually(() => ben.others()).toEqual(presenceOf(['anna']))
    expect(first.isReady).toBe(false)
    cluster.advance(beatMs, second)
    await eventually(() => outsider.hLen(keys.topic('flushed'))).toBe(2)
    expect(second.isReady).toBe(false)
    await outsider.del(keys.young)
    cluster.advance(beatMs)
    await settled
    await untilReady(first, second)
    await cluster.settle()
    expect([ana.told, ben.told]).toEqual([[presenceOf(['ben'])], [presenceOf(['ana']), presenceOf(['anna'])]])
  })

  test('[SIG61] a Redis that comes back with an old copy takes nobody away', async () => {
    const { ana, ben } = await meet('old copy')
    const { outsider, keys } = cluster
    const [old = ''] = await outsider.hmGet(keys.topic('old copy'), 'node 2')
    await ben.become(presenceOf(['ben', 'bea']))
    await cluster.settle()
    await outsider.hSet(keys.topic('old copy'), 'node 2', String(old))
    await ana.become(presenceOf(['anna']))
    await cluster.settle()
    expect(ana.told).toEqual([presenceOf(['ben']), presenceOf(['ben', 'bea'])])
  })

  test('[SIG63] what others write into Redis is left out, whatever it is', async () => {
    const { ana, ben } = await meet('littered')
    const { outsider, keys } = cluster
    const topic = keys.topic('littered')
    const entry = '{"version":9,"peers":["x"],"plain":-1,"sockets":1}'
    for (const [index, litter] of ['', '{}', '7', 'null', entry, '\uFFFF', '{"version":'].entries()) {
      await outsider.set(`${keys.nodes}litter ${index}`, '1', { PX: 60_000 })
      await outsider.hSet(topic, `litter ${index}`, litter)
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
    // An outsider can also say that nobody is there; that stands until somebody tells more.
    expect(ana.others()).toEqual(presenceOf(['ben', 'bea']))
    expect(ana.messages).toEqual([])
    expect(cluster.reported).toEqual([])
  })

  test('[SIG63] what Redis refuses is told once and tried again, and holds up nothing else', async () => {
    const { outsider, keys } = cluster
    await outsider.set(keys.topic('occupied'), 'not a hash')
    const [ana, ben] = [listenAt(first, 'occupied'), listenAt(second, 'occupied')]
    const both = Promise.all([ana.become(presenceOf(['ana'])), ben.become(presenceOf(['ben']))])
    await meet('next door')
    cluster.advance(beatMs)
    await meet('and the next')
    expect(cluster.reported).toHaveLength(2)
    expect(cluster.reported[0]).toMatch(/WRONGTYPE/)
    expect(readiness()).toEqual([true, true])
    await outsider.del(keys.topic('occupied'))
    cluster.advance(beatMs)
    await both
    await cluster.settle()
    expect(ana.others()).toEqual(presenceOf(['ben']))
    expect(cluster.reported).toHaveLength(2)
  })

  test('[SIG65] what a topic holds is told again before Redis forgets it', async () => {
    await meet('long')
    const { outsider, keys } = cluster
    await outsider.pExpire(keys.topic('long'), 60_000)
    cluster.advance(beatMs)
    await meet('meanwhile')
    expect(await outsider.pTTL(keys.topic('long'))).toBeLessThanOrEqual(60_000)
    for (let time = 0; time < 2; time += 1) {
      cluster.advance(beatMs)
      await meet(`meanwhile ${time}`)
    }
    await cluster.settle()
    expect(await outsider.pTTL(keys.topic('long'))).toBeGreaterThan(60_000)
  })

  test('[SIG65] Redis holds no names of rooms and nothing that was said, and all of it ends by itself', async () => {
    const { ana, ben } = await meet('a secret room')
    ana.channel.publish({ frame: 'a secret word', to: 'ben' })
    await cluster.settle()
    expect(ben.messages).toHaveLength(1)
    const { outsider, keys } = cluster
    const names = await outsider.keys('*')
    expect(names.every(key => key.startsWith('hearth:1:'))).toBe(true)
    const held = await Promise.all(
      names.map(async key => ((await outsider.type(key)) === 'hash' ? outsider.hGetAll(key) : outsider.get(key))),
    )
    expect(JSON.stringify([names, held])).toContain('ana')
    expect(JSON.stringify([names, held])).not.toContain('secret')
    for (const key of names) expect(await outsider.pTTL(key), key).toBeGreaterThan(0)
    await Promise.all([first.close(), second.close()])
    expect(await outsider.exists([keys.topic('a secret room'), `${keys.nodes}node 1`, `${keys.nodes}node 2`])).toBe(0)
  })

  test('[SIG64] what waits for Redis is bounded, and what is too much is left out', async () => {
    const small = await openRedisCluster({ url: redis.url, prefix: 'bounded', maxWaitingBytes: 5000 })
    onTestFinished(() => small.close())
    const [from, to] = [listenAt(await small.addNode(), 'room'), listenAt(await small.addNode(), 'room')]
    await from.become(presenceOf(['ana']))
    await to.become(presenceOf(['ben']))
    await small.settle()
    redis.freeze()
    for (let index = 0; index < 1000; index += 1) from.channel.publish({ frame: `${index} ${'x'.repeat(100)}` })
    expect(small.reported).toEqual(['Error: Redis is too slow: over 5000 bytes wait, messages are left out'])
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
})
