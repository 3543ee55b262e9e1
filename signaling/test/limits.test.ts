import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createBudget } from '../src/budget.js'
import { connect } from './support/client.js'
import { createManualClock } from './support/manual-clock.js'
import { connectRaw, textFrame } from './support/raw-socket.js'
import { serve } from './support/serve.js'

const subscribe = (...topics: string[]): object => ({ type: 'subscribe', topics })
const publish = (data: unknown): object => ({ type: 'publish', topic: 'room', data })
const upTo = (count: number): string[] => Array.from({ length: count }, (_, index) => `topic ${index}`)

/** A publish of exactly this many bytes. */
const publishOf = (bytes: number): string => {
  const empty = JSON.stringify(publish(''))
  return JSON.stringify(publish('x'.repeat(bytes - empty.length)))
}

test('[SIG18] a frame of 64 KiB passes, one byte more closes its sender with 1009', async () => {
  const { open } = await serve()
  const [ana, ben] = await open(2)
  for (const client of [ana, ben]) client.send(subscribe('room'))
  await ben.received()
  ana.send(publishOf(64 * 1024))
  expect(await ben.next()).toMatchObject({ type: 'publish' })
  ana.send(publishOf(64 * 1024 + 1))
  expect(await ana.closed).toMatchObject({ code: 1009 })
  expect(await ben.received()).toEqual([])
})

describe('topics of one socket', () => {
  test('[SIG19] one more than allowed closes it with 4413', async () => {
    const { open } = await serve()
    const [ana] = await open(1)
    ana.send(subscribe(...upTo(100)))
    ana.send(subscribe('topic 5', 'topic 5'))
    expect(await ana.received()).toEqual([])
    ana.send(subscribe('the last straw'))
    expect(await ana.closed).toEqual({ code: 4413, reason: 'too many topics' })
  })

  test('[SIG19] that were unsubscribed from make room', async () => {
    const { open } = await serve({ maxTopicsPerSocket: 2 })
    const [ana] = await open(1)
    ana.send(subscribe('one', 'two'))
    ana.send({ type: 'unsubscribe', topics: ['one'] })
    ana.send(subscribe('three'))
    expect(await ana.received()).toEqual([])
  })
})

test('[SIG20] a full topic closes the one who comes, and those inside stay and make room when they go', async () => {
  const { open } = await serve({ maxSocketsPerTopic: 2 })
  const [ana, ben, cleo, dan] = await open(4)
  ana.send({ type: 'subscribe', topics: ['room'], peer: 'ana' })
  await ana.received()
  ben.send(subscribe('room'))
  await ben.received()
  cleo.send(subscribe('room'))
  expect(await cleo.closed).toEqual({ code: 4423, reason: 'topic full' })

  // Who is in may subscribe again, though the topic is full.
  ana.send(subscribe('room'))
  ben.send(publish('still here'))
  expect(await ana.next()).toMatchObject({ data: 'still here' })
  ben.send({ type: 'unsubscribe', topics: ['room'] })
  await ben.received()
  dan.send(subscribe('room'))
  expect(await dan.received()).toEqual([])
})

test('[SIG21] a handshake too many is answered with 503, and a socket that closes makes room', async () => {
  const { open, server } = await serve({ maxSockets: 2 })
  const [ana, ben] = await open(2)
  const refused = new WebSocket(server.url)
  const [error] = (await once(refused, 'error')) as [Error]
  expect(error.message).toContain('503')

  ben.socket.close()
  await ben.closed
  await expect.poll(() => connect(server.url).then(client => client.received(), String)).toEqual([])
  expect(await ana.received()).toEqual([])
})

describe('the budget of a socket', () => {
  test('[SIG22] is spent by messages and fills with time', () => {
    const clock = createManualClock()
    const budget = createBudget(10, 2, clock)
    expect(budget.spend(10)).toBe(true)
    expect(budget.spend(1)).toBe(false)
    clock.advance(499)
    expect(budget.spend(1)).toBe(false)
    clock.advance(1)
    expect(budget.spend(1)).toBe(true)
    clock.advance(3_600_000)
    expect(budget.spend(11)).toBe(false)
    expect(budget.spend(10)).toBe(true)
  })

  test('[SIG22] closes with 4429 who overdraws it, and nobody else', async () => {
    const { open } = await serve({ maxPoints: 100 })
    const [ana, ben] = await open(2)
    for (let count = 0; count < 101; count += 1) ana.send({ type: 'ping' })
    expect(await ana.closed).toEqual({ code: 4429, reason: 'too many messages' })
    expect(await ben.received()).toEqual([])
  })

  test('[SIG22] lasts for long at its rate', async () => {
    const { open, clock } = await serve({ maxPoints: 100, pointsPerSecond: 50 })
    const [ana] = await open(1)
    for (let second = 0; second < 20; second += 1) {
      for (let count = 0; count < 49; count += 1) ana.send({ type: 'hello' })
      await ana.received()
      clock.advance(1000)
    }
  })

  test.each([
    ['a KiB', 99, publishOf(1024), publishOf(1025)],
    ['a topic', 99, JSON.stringify(subscribe('a')), JSON.stringify(subscribe('a', 'b'))],
    [
      'a topic left',
      99,
      JSON.stringify({ type: 'unsubscribe', topics: ['a'] }),
      '{"type":"unsubscribe","topics":["a","a"]}',
    ],
  ])('[SIG22] pays one point for %s', async (_what, before, costsOne, costsTwo) => {
    const { open } = await serve({ maxPoints: 100 })
    const [ana, ben] = await open(2)
    for (const client of [ana, ben]) for (let count = 0; count < before; count += 1) client.send('{"type":"hello"}')
    ana.send(costsOne)
    ana.send('{"type":"hello"}')
    ben.send(costsTwo)
    expect(await ben.closed).toMatchObject({ code: 4429 })
    expect(await ana.closed).toMatchObject({ code: 4429 })
  })

  test('[SIG22] is spent by WebSocket pings and pongs too', async () => {
    const { open } = await serve({ maxPoints: 100 })
    const [ana] = await open(1)
    for (let count = 0; count < 50; count += 1) ana.socket.pong()
    for (let count = 0; count < 50; count += 1) {
      ana.socket.ping()
      await once(ana.socket, 'pong')
    }
    ana.socket.ping()
    expect(await ana.closed).toMatchObject({ code: 4429 })
  })
})

describe('the heartbeat', () => {
  test('[SIG23] drops a socket that is silent from one ping to the next, and its peers are told', async () => {
    const { open, clock, server } = await serve()
    const [ben, cleo] = await open(2)
    const dead = await connect(server.url, { autoPong: false })
    dead.send({ type: 'subscribe', topics: ['room'], peer: 'dead' })
    await dead.received()
    for (const client of [ben, cleo]) client.send({ type: 'subscribe', topics: ['room'], peer: 'lively' })
    await Promise.all([ben.received(), cleo.received()])

    const pinged = [dead, ben, cleo].map(({ socket }) => once(socket, 'ping'))
    clock.advance(30_000)
    await Promise.all(pinged)
    // Ben answers with a pong alone, as a browser does; Cleo with a message.
    await cleo.received()
    await ben.received()
    clock.advance(29_999)
    expect(await ben.received()).toEqual([])
    clock.advance(1)
    expect(await dead.closed).toMatchObject({ code: 1006 })
    expect(await ben.next()).toEqual({ type: 'left', topic: 'room', peer: 'dead' })
    expect(await cleo.next()).toEqual({ type: 'left', topic: 'room', peer: 'dead' })
  })
})

test('[SIG24] a socket that does not read is dropped; the others miss nothing', async () => {
  const { open } = await serve({ maxBufferedBytes: 64 * 1024, maxPoints: 1_000_000 })
  const [ana, ben, slow] = await open(3)
  slow.send({ type: 'subscribe', topics: ['room'], peer: 'slow' })
  await slow.received()
  ben.send({ type: 'subscribe', topics: ['room'], peer: 'ben' })
  await ben.received()
  ana.send(subscribe('room'))
  await ana.received()

  slow.socket.pause()
  // First the operating system takes it, some megabytes on most; then the server notices.
  const message = publishOf(60_000)
  let read: object[] = []
  for (let sent = 1; ; sent += 1) {
    ana.send(message)
    await ana.received()
    read = await ben.received()
    expect(read).toContainEqual(expect.objectContaining({ type: 'publish' }))
    if (read.some(frame => 'peer' in frame && frame.peer === 'slow')) break
    expect(sent).toBeLessThan(2000)
  }
  slow.socket.resume()
  expect(await slow.closed).toMatchObject({ code: 1006 })
})

test('[SIG25] a socket on its way out is not listened to, and cut when it does not close', async () => {
  const { open, server } = await serve()
  const [ana] = await open(1)
  ana.send(subscribe('room'))
  await ana.received()
  const rude = await connectRaw(server.port)
  rude.write(textFrame('{"type":"subscribe","topics":["room"]}'))
  rude.write(Buffer.concat([textFrame('nonsense'), textFrame('{"type":"publish","topic":"room","data":1}')]))
  rude.resume() // reads the close frame, and answers nothing
  const cut = once(rude, 'close')
  expect(await ana.received()).toEqual([])
  ana.send(publish('for whoever is left'))
  await cut
  expect(await ana.received()).toEqual([])
})
