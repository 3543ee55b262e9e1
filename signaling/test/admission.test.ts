import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { createAddresses } from '../src/addresses.js'
import { resolveSettings } from '../src/settings.js'
import { connect, type Client } from './support/client.js'
import { createManualClock } from './support/manual-clock.js'
import { connectRaw, handshake } from './support/raw-socket.js'
import { serve, type ServerUnderTest } from './support/serve.js'

/** A client of this address, as a trusted hop tells it. */
const connectFrom = (address: string, { server }: ServerUnderTest): Promise<Client> =>
  connect(server.url, { headers: { 'x-forwarded-for': address } })

describe('the origin of a page', () => {
  test('[SIG43] that is not among those allowed is answered with 403; one that is, and none, may connect', async () => {
    const { server, open } = await serve({ origins: ['https://app.example', 'http://localhost:8080'] })
    for (const origin of ['https://evil.example', 'http://app.example', 'https://app.example.evil', 'null']) {
      await expect(connect(server.url, { origin }), origin).rejects.toThrow('403')
    }
    for (const origin of ['https://app.example', 'http://localhost:8080']) {
      const client = await connect(server.url, { origin })
      expect(await client.received()).toEqual([])
    }
    await open(1)
  })

  test('[SIG43] can be any as long as none are named', async () => {
    const { server } = await serve()
    await connect(server.url, { origin: 'https://evil.example' })
  })
})

describe('an address', () => {
  test('[SIG44] has so many sockets and no more, and others have theirs', async () => {
    const underTest = await serve({ maxSocketsPerAddress: 2, trustProxy: 1 })
    const [ana] = [await connectFrom('203.0.113.9', underTest), await connectFrom('203.0.113.9', underTest)]
    await expect(connectFrom('203.0.113.9', underTest)).rejects.toThrow('429')
    await connectFrom('203.0.113.10', underTest)
    // What somebody writes in front of it is not who it is.
    await expect(connectFrom('1.1.1.1, 203.0.113.9', underTest)).rejects.toThrow('429')
    ana.socket.close()
    await ana.closed
    await expect.poll(() => connectFrom('203.0.113.9', underTest).then(client => client.received(), String)).toEqual([])
  })

  test('[SIG44] has so many handshakes in a minute, those that are refused included', async () => {
    const underTest = await serve({ maxHandshakesPerMinute: 3, maxSocketsPerAddress: 1, trustProxy: 1 })
    await connectFrom('203.0.113.9', underTest)
    for (const count of [2, 3]) await expect(connectFrom('203.0.113.9', underTest), `${count}`).rejects.toThrow('429')
    const [client] = [await connectFrom('203.0.113.10', underTest)]
    expect(await client.received()).toEqual([])
    const refused = async (reason: string) => {
      const page = await (await fetch(`http://localhost:${underTest.server.port}/metrics`)).text()
      return page.includes(`signaling_rejections_total{reason="${reason}"}`)
    }
    expect(await refused('too-many-handshakes')).toBe(false)
    await expect(connectFrom('203.0.113.9', underTest)).rejects.toThrow('429')
    expect(await refused('too-many-handshakes')).toBe(true)
  })

  test('[SIG44] has one budget for all its sockets', async () => {
    const underTest = await serve({ maxPointsPerAddress: 100, trustProxy: 1 })
    const [ana, ben] = [await connectFrom('203.0.113.9', underTest), await connectFrom('203.0.113.9', underTest)]
    const cleo = await connectFrom('203.0.113.10', underTest)
    for (let count = 0; count < 60; count += 1) ana.send({ type: 'hello' })
    await ana.received()
    for (let count = 0; count < 60; count += 1) ben.send({ type: 'hello' })
    expect(await ben.closed).toEqual({ code: 4429, reason: 'too many messages' })
    expect(await cleo.received()).toEqual([])
  })

  test('[SIG44] keeps what it has spent over its sockets, until that has come in again', () => {
    const clock = createManualClock()
    const addresses = createAddresses(
      resolveSettings({ clock, maxPointsPerAddress: 100, pointsPerSecondPerAddress: 10, maxSocketsPerAddress: 1 }),
    )
    const come = (address: string) => {
      const seat = addresses.takeSeat(address)
      if (typeof seat === 'string') throw new Error(seat)
      return seat
    }
    const first = come('203.0.113.9')
    expect(first.budget.spend(100)).toBe(true)
    first.leave()
    first.leave()
    clock.advance(5000)
    // Others come, and whoever can be forgotten is.
    for (let count = 0; count < 10; count += 1) come('203.0.113.10').leave()
    const second = come('203.0.113.9')
    expect(second.budget.spend(51)).toBe(false)
    expect(second.budget.spend(50)).toBe(true)
    expect(addresses.takeSeat('203.0.113.9')).toBe('address-full')
    second.leave()
    clock.advance(10_000)
    for (let count = 0; count < 10; count += 1) come('203.0.113.10').leave()
    expect(come('203.0.113.9').budget).not.toBe(second.budget)
  })
})

describe('a handshake that does not come to an end', () => {
  const open = async ({ server }: ServerUnderTest, bytes: string): Promise<Socket> => {
    const socket = connectTcp(server.port, 'localhost')
    socket.on('error', () => undefined).resume()
    await once(socket, 'connect')
    socket.write(bytes)
    return socket
  }

  test('[SIG46] is cut in time, and takes nobody’s place', async () => {
    const underTest = await serve({ handshakeTimeoutMs: 200, maxSockets: 1 })
    const slow = await Promise.all([
      ...Array.from({ length: 20 }, () => open(underTest, 'GET / HTTP/1.1\r\nUpgrade: websocket\r\nX-Slow: ')),
      open(underTest, ''),
      open(underTest, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf'),
    ])
    const cut = slow.map(socket => once(socket, 'close'))
    const [ana] = await underTest.open(1)
    expect(await ana.received()).toEqual([])
    await Promise.all(cut)
    expect(await ana.received()).toEqual([])
  })

  test('[SIG46] leaves its place when the client goes on the way', async () => {
    const underTest = await serve({ maxSockets: 1 })
    for (let count = 0; count < 20; count += 1) (await open(underTest, handshake)).destroy()
    await expect.poll(() => connectRaw(underTest.server.port).then(() => 'taken', String)).toBe('taken')
  })
})

test('[SIG43] no compression is agreed on, even where a client offers it', async () => {
  const { server } = await serve()
  const client = await connect(server.url, { perMessageDeflate: true })
  expect(client.socket.extensions).toBe('')
})
