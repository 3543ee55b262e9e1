import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { describe, expect, test } from 'vitest'
import { createSignalingServer, type SignalingOptions } from '../src/index.js'
import { connect } from './support/client.js'
import { connectRaw } from './support/raw-socket.js'
import { serve } from './support/serve.js'

describe('createSignalingServer', () => {
  test('[SIG27] listens on a free port when asked for port 0, and says where', async () => {
    const { server } = await serve()
    expect(server.port).toBeGreaterThan(0)
    expect(server.url).toBe(`ws://localhost:${server.port}`)
  })

  test('[SIG27] names the host that it was told', async () => {
    const { server } = await serve({ host: '127.0.0.1' })
    expect(server.url).toBe(`ws://127.0.0.1:${server.port}`)
    await connect(server.url)
  })

  test('[SIG27] rejects for a port in use', async () => {
    const { server } = await serve()
    await expect(createSignalingServer({ port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  test.each<[SignalingOptions, string]>([
    [{ port: 70_000 }, 'port must be a whole number from 0 to 65535, not 70000'],
    [{ port: Number.NaN }, 'port'],
    [{ maxSockets: 0 }, 'maxSockets'],
    [{ maxTopicsPerSocket: 1.5 }, 'maxTopicsPerSocket'],
    [{ maxSocketsPerTopic: 1025 }, 'maxSocketsPerTopic'],
    [{ pointsPerSecond: -1 }, 'pointsPerSecond'],
    [{ maxPoints: 99 }, 'maxPoints'],
    [{ maxBufferedBytes: Number.POSITIVE_INFINITY }, 'maxBufferedBytes'],
    [{ heartbeatMs: 2 ** 31 }, 'heartbeatMs'],
    [{ closeTimeoutMs: 0 }, 'closeTimeoutMs'],
  ])('[SIG27] rejects %j', async (options, message) => {
    const started = createSignalingServer({ port: 0, ...options })
    await expect(started).rejects.toThrow(RangeError)
    await expect(started).rejects.toThrow(message)
  })

  test.each(['/nowhere/at/all', import.meta.filename])(
    '[SIG27] rejects the static folder %s',
    async staticDirectory => {
      await expect(createSignalingServer({ port: 0, staticDirectory })).rejects.toThrow(staticDirectory)
    },
  )
})

describe('close', () => {
  test('[SIG28] closes every socket with 1001, leaves no timer, and frees the port', async () => {
    const { server, open, clock } = await serve()
    const [ana, ben] = await open(2)
    ana.send({ type: 'subscribe', topics: ['room'], peer: 'ana' })
    ben.send({ type: 'subscribe', topics: ['room'] }) // a list of members is due in 250 ms
    await Promise.all([ana.received(), ben.received()])
    expect(clock.waiting).toBe(2)

    await server.close()
    const stopping = { code: 1001, reason: 'server stopping' }
    expect(await Promise.all([ana.closed, ben.closed])).toEqual([stopping, stopping])
    expect(clock.waiting).toBe(0)
    const again = await serve({ port: server.port })
    expect(again.server.port).toBe(server.port)
  })

  test('[SIG28] does not tell those who are closed that the others left', async () => {
    const { server, open } = await serve()
    const [ana, ben] = await open(2)
    for (const client of [ana, ben]) client.send({ type: 'subscribe', topics: ['room'], peer: 'somebody' })
    ben.send({ type: 'subscribe', topics: ['room'], peer: 'ben' })
    await ben.received()
    await ana.received()
    await server.close()
    await expect(ana.next()).rejects.toThrow('closed with 1001')
    await expect(ben.next()).rejects.toThrow('closed with 1001')
  })

  test('[SIG28] cuts a socket that does not answer', async () => {
    const { server } = await serve({ closeTimeoutMs: 20 })
    const rude = await connectRaw(server.port)
    rude.resume()
    const cut = once(rude, 'close')
    await server.close()
    await cut
  })

  test('[SIG28] cuts a request that does not come to an end', async () => {
    const { server, clock } = await serve()
    const slow = connectTcp(server.port, 'localhost')
    await once(slow, 'connect')
    slow.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf')
    slow.resume()
    await once(slow, 'data')
    const cut = once(slow, 'close')
    const closed = server.close()
    clock.advance(200)
    await Promise.all([closed, cut])
  })

  test('[SIG28] can be called again, and before anybody came', async () => {
    const { server } = await serve()
    const first = server.close()
    expect(server.close()).toBe(first)
    await first
    await server.close()
  })
})
