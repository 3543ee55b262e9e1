import { expect, test } from 'vitest'
import { encodeServerNotice, parseServerMessage } from '../../src/wire/signaling-messages.js'
import { connect } from './support/client.js'
import { serve } from './support/serve.js'

const moved = { code: 1012, reason: 'server moving' }

test('[SIG40] a server that drains is not ready at once, takes nobody, and tells its members', async () => {
  const { server, open, clock } = await serve({ drainMs: 4000 })
  const [member, plain] = await open(2)
  member.send({ type: 'subscribe', topics: ['room'], peer: 'ana' })
  plain.send({ type: 'subscribe', topics: ['room'] })
  await Promise.all([member.received(), plain.received()])
  const drained = server.drain()
  expect(await member.received()).toEqual([{ type: 'moving', withinMs: 4000 }])
  expect(await plain.received()).toEqual([])
  expect((await fetch(`http://localhost:${server.port}/readyz`)).status).toBe(503)
  expect((await fetch(`http://localhost:${server.port}/healthz`)).status).toBe(200)
  await expect(connect(server.url)).rejects.toThrow('503')

  // Until it is their turn they have what they came for.
  plain.send({ type: 'publish', topic: 'room', data: 'still here' })
  expect(await member.next()).toMatchObject({ data: 'still here' })
  clock.advance(4000)
  expect(await Promise.all([member.closed, plain.closed])).toEqual([moved, moved])
  await drained
  expect(clock.waiting).toBe(0)
})

test('[SIG40] sends sockets away a share at a time, all of them by the end', async () => {
  const { server, open, clock } = await serve({ drainMs: 20_000 })
  const clients = await open(40)
  let closed = 0
  for (const client of clients) void client.closed.then(() => (closed += 1))
  const drained = server.drain()
  clock.advance(999)
  expect(await clients[39].received()).toEqual([])
  expect(closed).toBe(0)
  for (const [afterMs, gone] of [
    [1, 2],
    [9000, 20],
    [9000, 38],
    [1000, 40],
  ] as const) {
    clock.advance(afterMs)
    await expect.poll(() => closed).toBe(gone)
  }
  await drained
  for (const client of clients) expect(await client.closed).toEqual(moved)
})

test('[SIG40] does not wait without sockets, nor for those that have gone', async () => {
  const { server: empty } = await serve()
  await empty.drain()
  const { server, open, clock } = await serve()
  const [ana] = await open(1)
  const drained = server.drain()
  ana.socket.close()
  await ana.closed
  await expect
    .poll(async () => (await fetch(`http://localhost:${server.port}/metrics`)).text())
    .toContain('signaling_sockets 0')
  clock.advance(250)
  await drained
})

test('[SIG40] close cuts it short, and either can be called again', async () => {
  const { server, open, clock } = await serve()
  const [ana] = await open(1)
  const drained = server.drain()
  await server.close()
  expect(await ana.closed).toEqual({ code: 1001, reason: 'server stopping' })
  await drained
  await server.drain()
  expect(server.close()).toBe(server.close())
  expect(clock.waiting).toBe(0)
})

test('[SIG3] a client that does not know the notice takes it for a word to be ignored', () => {
  expect(parseServerMessage(encodeServerNotice({ type: 'moving', withinMs: 1 }))).toEqual({ type: 'unknown' })
})
