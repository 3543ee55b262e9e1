import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { describe, expect, test } from 'vitest'
import type { Client } from './support/client.js'
import { createDice } from './support/dice.js'
import { createHostileMessages } from './support/hostile-messages.js'
import { createManualClock } from './support/manual-clock.js'
import { closeCode, connectRaw, textFrame } from './support/raw-socket.js'
import { seedFor } from './support/seed.js'
import { serve, type ServerUnderTest } from './support/serve.js'

/** Two well-behaved sockets in a room, and the check that they still have what they came for. */
const witnesses = async ({ open, faults }: ServerUnderTest): Promise<() => Promise<void>> => {
  const [ana, ben] = await open(2)
  for (const client of [ana, ben]) client.send({ type: 'subscribe', topics: ['witness'] })
  await Promise.all([ana.received(), ben.received()])
  return async () => {
    ana.send({ type: 'publish', topic: 'witness', data: 'still here' })
    expect(await ana.received()).toEqual([])
    expect(await ben.received()).toEqual([{ type: 'publish', topic: 'witness', data: 'still here', clients: 2 }])
    expect(faults).toEqual([])
  }
}

const deeplyNested = `{"type":"publish","topic":"room","data":${'['.repeat(30_000)}${']'.repeat(30_000)}}`

/** One character of a text that goes on. */
const fragment = (index: number): Buffer => Buffer.from([index === 0 ? 0x01 : 0x00, 0x81, 0, 0, 0, 0, 0x20])

describe('a malformed frame', () => {
  test.each([
    ['no JSON', 'hello'],
    ['empty', ''],
    ['topics that are a number', '{"type":"subscribe","topics":5}'],
    ['topics that are a string', '{"type":"subscribe","topics":"abc"}'],
    ['an object to unsubscribe from', '{"type":"unsubscribe","topics":{"0":"room"}}'],
    ['a topic that is no string', '{"type":"subscribe","topics":["room",{}]}'],
    ['a topic that is too long', JSON.stringify({ type: 'subscribe', topics: ['t'.repeat(513)] })],
    ['JSON that is no object', '[1,2,3]'],
    ['no type', '{"topics":["room"]}'],
    ['an empty peer id', '{"type":"subscribe","topics":["room"],"peer":""}'],
    ['a receiver that is no string', '{"type":"publish","topic":"room","to":[],"data":1}'],
  ])('[SIG17] %s, closes its own socket with 4400 and nobody else’s', async (_what, text) => {
    const underTest = await serve()
    const check = await witnesses(underTest)
    const [mallory] = await underTest.open(1)
    mallory.send(text)
    expect(await mallory.closed).toEqual({ code: 4400, reason: 'malformed message' })
    await check()
  })

  test('[SIG17] of binary data closes with 1003', async () => {
    const underTest = await serve()
    const check = await witnesses(underTest)
    const [mallory] = await underTest.open(1)
    mallory.socket.send(Buffer.from('{"type":"ping"}'))
    expect(await mallory.closed).toEqual({ code: 1003, reason: 'text only' })
    await check()
  })

  test('[SIG17] of data too deep to write again closes with 4400', async () => {
    const underTest = await serve()
    const check = await witnesses(underTest)
    const [mallory] = await underTest.open(1)
    mallory.send({ type: 'subscribe', topics: ['room'] })
    mallory.send(deeplyNested)
    expect(await mallory.closed).toEqual({ code: 4400, reason: 'malformed message' })
    await check()
  })

  test.each([
    ['reserved bits', 1002, Buffer.from([0xf1, 0x80, 0, 0, 0, 0])],
    ['no mask', 1002, Buffer.from([0x81, 0x02, 0x68, 0x69])],
    ['invalid UTF-8', 1007, Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28])],
    ['an unknown opcode', 1002, Buffer.from([0x83, 0x80, 0, 0, 0, 0])],
    ['a fragmented ping', 1002, Buffer.from([0x09, 0x80, 0, 0, 0, 0])],
    ['a continuation of nothing', 1002, Buffer.from([0x80, 0x80, 0, 0, 0, 0])],
    ['1,025 fragments', 1008, Buffer.concat(Array.from({ length: 1025 }, (_, index) => fragment(index)))],
    ['a length of 2^63', 1009, Buffer.from([0x81, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0])],
  ])('[SIG17] with %s closes its own socket with %i', async (_what, code, bytes) => {
    const underTest = await serve()
    const check = await witnesses(underTest)
    const raw = await connectRaw(underTest.server.port)
    raw.write(bytes)
    expect(await closeCode(raw)).toBe(code)
    raw.destroy()
    await check()
  })

  test('[SIG17] a byte at a time closes its own socket with 1008', async () => {
    const underTest = await serve()
    const check = await witnesses(underTest)
    const raw = await connectRaw(underTest.server.port)
    let code: number | null = null
    void closeCode(raw).then(closed => (code = closed))
    // A frame of 60,000 bytes. Between two of them the server, on this same event loop, has its turn.
    raw.write(Buffer.from([0x81, 0xfe, 60_000 >> 8, 60_000 & 0xff, 0, 0, 0, 0]))
    for (let sent = 0; code === null && sent < 59_000; sent += 1) {
      raw.write('x')
      await new Promise(resolve => setImmediate(resolve))
    }
    expect(code).toBe(1008)
    raw.destroy()
    await check()
  })
})

describe('anything at all', () => {
  test('[SIG16] from many sockets at once disturbs nobody', { timeout: 60_000 }, async () => {
    const dice = createDice(seedFor('signaling/test/hostile.test.ts'))
    const { below, pick, bytes } = dice
    const { message, spoil } = createHostileMessages(dice)
    const underTest = await serve({ maxSocketsPerTopic: 8, maxTopicsPerSocket: 3, maxPoints: 200 })
    const check = await witnesses(underTest)
    let mallory: Client | undefined
    for (let count = 0; count < 4000; count += 1) {
      if (mallory === undefined || mallory.socket.readyState !== mallory.socket.OPEN)
        [mallory] = await underTest.open(1)
      const { socket } = mallory
      pick<() => void>([
        () => socket.send(message()),
        () => socket.send(message()),
        () => socket.send(message()),
        () => socket.send(spoil(message())),
        () => socket.send(bytes(below(200)), { binary: below(2) === 0 }),
        () => socket.send(message().slice(0, 20), { fin: false }),
        () => (below(2) === 0 ? socket.ping(bytes(below(120))) : socket.pong()),
        () => (below(20) === 0 ? socket.close(3000 + below(1000)) : undefined),
        () => (below(20) === 0 ? socket.terminate() : undefined),
      ])()
      // Lets what was sent arrive: otherwise every frame after a bad one is lost with its socket.
      if (below(3) === 0) await Promise.race([once(socket, 'close'), waitForPong(mallory)])
      if (count % 500 === 0) await check()
    }
    await check()
  })

  /** Whatever else the server makes of it. */
  const waitForPong = async (client: Client): Promise<unknown> => {
    if (client.socket.readyState !== client.socket.OPEN) return undefined
    return client.received().catch(String)
  }

  test('[SIG16] as raw bytes, before and after the handshake, disturbs nobody', { timeout: 60_000 }, async () => {
    const dice = createDice(seedFor('signaling/test/hostile.test.ts'))
    const { below, pick, bytes } = dice
    const { message } = createHostileMessages(dice)
    const underTest = await serve()
    const check = await witnesses(underTest)
    const { port } = underTest.server
    for (let count = 0; count < 300; count += 1) {
      const raw = below(2) === 0 ? await connectRaw(port) : connectTcp(port, 'localhost')
      raw.on('error', () => undefined)
      raw.resume()
      const head = pick(['GET / HTTP/1.1\r\n', 'GET * HTTP/1.1\r\nUpgrade: websocket\r\n', 'POST /%ff HTTP/9\r\n', ''])
      raw.write(Buffer.concat([Buffer.from(head), bytes(below(400))]))
      raw.write(textFrame(message().slice(0, 100)))
      const closed = once(raw, 'close')
      if (below(2) === 0) raw.destroy()
      else raw.end(bytes(below(50)))
      await closed
    }
    await check()
  })

  test.each([
    'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
  ])('[SIG16] a handshake that is none is refused: %j', async text => {
    const underTest = await serve()
    const check = await witnesses(underTest)
    const raw = connectTcp(underTest.server.port, 'localhost')
    raw.write(text)
    const [answer] = (await once(raw, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1.1 4\d\d /)
    raw.destroy()
    await check()
  })
})

test('[SIG26] a fault inside the server closes that socket with 1011, is told, and the server goes on', async () => {
  const clock = createManualClock()
  let broken = false
  const breakable = {
    ...clock,
    monotonic: () => {
      if (broken) throw new Error('the clock fell off the wall')
      return clock.monotonic()
    },
  }
  const { open, faults } = await serve({ clock: breakable })
  const [ana, ben] = await open(2)
  broken = true
  ana.send({ type: 'ping' })
  expect(await ana.closed).toEqual({ code: 1011, reason: 'internal error' })
  expect(faults).toEqual([new Error('the clock fell off the wall')])
  broken = false
  expect(await ben.received()).toEqual([])
})
