import { describe, expect, onTestFinished, test } from 'vitest'
import type { Backplane } from '../src/index.js'
import { createMemoryBackplane } from '../src/index.js'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createHttpRoutes } from '../src/http-routes.js'
import { connect } from './support/client.js'
import { serve, type ServerUnderTest } from './support/serve.js'

const get = async ({ server }: ServerUnderTest, path: string, method = 'GET'): Promise<[number, string]> => {
  const response = await fetch(`http://localhost:${server.port}${path}`, { method })
  return [response.status, await response.text()]
}

describe('health and readiness', () => {
  test('[SIG37] a server that serves is healthy and ready', async () => {
    const underTest = await serve()
    expect(await get(underTest, '/healthz')).toEqual([200, 'ok\n'])
    expect(await get(underTest, '/readyz?at=all')).toEqual([200, 'ready\n'])
    expect(await get(underTest, '/readyz', 'HEAD')).toEqual([200, ''])
    expect((await get(underTest, '/readyz', 'POST'))[0]).toBe(405)
  })

  test('[SIG37] one that cannot reach the other nodes is healthy and not ready, until it can', async () => {
    let isReady = false
    const backplane: Backplane = {
      ...createMemoryBackplane(),
      get isReady() {
        return isReady
      },
    }
    const underTest = await serve({ backplane })
    expect(await get(underTest, '/healthz')).toEqual([200, 'ok\n'])
    expect(await get(underTest, '/readyz')).toEqual([503, 'other nodes cannot be reached\n'])
    isReady = true
    expect(await get(underTest, '/readyz')).toEqual([200, 'ready\n'])
  })

  test('[SIG37] they stand before the files of a static folder', async () => {
    const underTest = await serve({ staticDirectory: import.meta.dirname })
    expect(await get(underTest, '/healthz')).toEqual([200, 'ok\n'])
  })
})

describe('metrics', () => {
  /** The value of each line of the page. */
  const scrape = async (underTest: ServerUnderTest): Promise<Map<string, number>> => {
    const [status, page] = await get(underTest, '/metrics')
    expect(status).toBe(200)
    const lines = page.split('\n').filter(line => line !== '' && !line.startsWith('#'))
    return new Map(lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]))
  }

  test('[SIG38] count sockets, rooms, joins, and what is relayed', async () => {
    const underTest = await serve()
    const [ana, ben, cleo] = await underTest.open(3)
    for (const client of [ana, ben, cleo]) client.send({ type: 'subscribe', topics: ['secret room'] })
    cleo.send({ type: 'subscribe', topics: ['secret room', 'other'] })
    await Promise.all([ana.received(), ben.received(), cleo.received()])
    ana.send({ type: 'publish', topic: 'secret room', data: 'é' })
    const [told] = [await ben.next()]
    const found = await scrape(underTest)
    expect(found.get('signaling_sockets')).toBe(3)
    expect(found.get('signaling_rooms')).toBe(2)
    expect(found.get('signaling_ready')).toBe(1)
    expect(found.get('signaling_joins_total')).toBe(4)
    expect(found.get('signaling_relayed_messages_total')).toBe(2)
    expect(found.get('signaling_relayed_bytes_total')).toBe(2 * Buffer.byteLength(JSON.stringify(told)))
    expect(found.get('signaling_room_peers_bucket{le="1"}')).toBe(2)
    expect(found.get('signaling_room_peers_bucket{le="2"}')).toBe(3)
    expect(found.get('signaling_room_peers_bucket{le="4"}')).toBe(4)
    for (const quantile of ['0.5', '0.99', '1'])
      expect(found.get(`signaling_event_loop_lag_seconds{quantile="${quantile}"}`)).toBeGreaterThanOrEqual(0)
    expect(found.get('process_resident_memory_bytes')).toBeGreaterThan(1e6)
    expect([...found.keys()].join()).not.toMatch(/secret|other/)
  })

  test('[SIG38] count rejections by reason', async () => {
    const underTest = await serve({ maxSockets: 2, maxTopicsPerSocket: 1 })
    const [ana, ben] = await underTest.open(2)
    await expect(connect(underTest.server.url)).rejects.toThrow('503')
    ana.send('nonsense')
    await ana.closed
    ben.send({ type: 'subscribe', topics: ['a', 'b'] })
    await ben.closed
    const large = await connect(underTest.server.url)
    large.send('x'.repeat(64 * 1024 + 1))
    await large.closed
    const found = await scrape(underTest)
    const counts = ['server-full', 'malformed', 'too-many-topics', 'too-large'].map(reason =>
      found.get(`signaling_rejections_total{reason="${reason}"}`),
    )
    expect(counts).toEqual([1, 1, 1, 1])
  })

  test('[SIG38] are each server’s own, and can be turned off', async () => {
    const [first, second] = [await serve(), await serve()]
    const [ana] = await first.open(1)
    await ana.received()
    expect((await scrape(first)).get('signaling_sockets')).toBe(1)
    expect((await scrape(second)).get('signaling_sockets')).toBe(0)
    expect(await get(await serve({ metrics: false }), '/metrics')).toEqual([200, 'okay'])
  })
})

test('[SIG16] a route that fails is answered with 500, and told', async () => {
  const faults: unknown[] = []
  const failing = () => Promise.reject(new Error('out of order'))
  const http = createServer(createHttpRoutes(new Map([['/broken', failing]]), undefined, fault => faults.push(fault)))
  http.listen(0, 'localhost')
  await once(http, 'listening')
  onTestFinished(() => void http.close())
  const { port } = http.address() as AddressInfo
  expect((await fetch(`http://localhost:${port}/broken?at=all`)).status).toBe(500)
  expect(faults).toEqual([new Error('out of order')])
  expect((await fetch(`http://localhost:${port}/`)).status).toBe(200)
})
