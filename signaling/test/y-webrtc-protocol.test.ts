import { describe, expect, test } from 'vitest'
import { serve } from './support/serve.js'

const subscribe = (...topics: string[]): object => ({ type: 'subscribe', topics })
const publish = (topic: string, data: unknown): object => ({ type: 'publish', topic, data })

describe('publish', () => {
  test('[SIG5] reaches every other subscriber, with the number of sockets in the topic, and not its sender', async () => {
    const { open } = await serve()
    const [ana, ben, cleo, stranger] = await open(4)
    for (const client of [ana, ben, cleo]) client.send(subscribe('room'))
    stranger.send(subscribe('elsewhere'))
    for (const client of [ana, ben, cleo, stranger]) expect(await client.received()).toEqual([])

    ana.send(publish('room', 'hello'))
    expect(await ana.received()).toEqual([])
    const told = [{ ...publish('room', 'hello'), clients: 3 }]
    expect(await ben.received()).toEqual(told)
    expect(await cleo.received()).toEqual(told)
    expect(await stranger.received()).toEqual([])
  })

  test.each([{ from: 'a', deep: [{ to: 1 }, null] }, 'c2VjcmV0', 0, null, false, ['__proto__'], '\u0000\uD83D\uDE00'])(
    '[SIG5] passes %j on as it is',
    async data => {
      const { open } = await serve()
      const [ana, ben] = await open(2)
      for (const client of [ana, ben]) client.send(subscribe('room'))
      await ben.received()
      ana.send(publish('room', data))
      expect(await ben.next()).toEqual({ ...publish('room', data), clients: 2 })
    },
  )

  test('[SIG6] from a socket that is not in the topic goes nowhere', async () => {
    const { open } = await serve()
    const [ana, ben] = await open(2)
    ben.send(subscribe('room'))
    await ben.received()
    ana.send(publish('room', 'let me in'))
    expect(await ana.received()).toEqual([])
    expect(await ben.received()).toEqual([])
  })
})

test('[SIG7] after an unsubscribe nothing of the topic arrives, and the other topics go on', async () => {
  const { open } = await serve()
  const [ana, ben] = await open(2)
  for (const client of [ana, ben]) client.send(subscribe('room', 'other'))
  await ana.received()
  ben.send({ type: 'unsubscribe', topics: ['room', 'never heard of'] })
  expect(await ben.received()).toEqual([])

  ana.send(publish('room', 1))
  ana.send(publish('other', 2))
  await ana.received()
  expect(await ben.received()).toEqual([{ ...publish('other', 2), clients: 2 }])
})

test('[SIG5] a socket that closed counts no more', async () => {
  const { open } = await serve()
  const [ana, ben, cleo] = await open(3)
  for (const client of [ana, ben]) client.send(subscribe('room'))
  cleo.send({ type: 'subscribe', topics: ['room'], peer: 'cleo' })
  await Promise.all([ana.received(), ben.received()])
  ben.send({ type: 'subscribe', topics: ['room'], peer: 'ben' })
  await ben.received()
  ben.socket.close()
  // Cleo is told when the server has noticed.
  while (!JSON.stringify(await cleo.next()).includes('"left"'));

  ana.send(publish('room', 1))
  expect(await cleo.next()).toEqual({ ...publish('room', 1), clients: 2 })
})

test('[SIG8] a ping is answered by a pong', async () => {
  const { open } = await serve()
  const [ana] = await open(1)
  ana.send({ type: 'ping' })
  expect(await ana.next()).toEqual({ type: 'pong' })
})

test('[SIG3] a word that the server does not know is ignored', async () => {
  const { open } = await serve()
  const [ana] = await open(1)
  ana.send({ type: 'tomorrow', topics: 5 })
  expect(await ana.received()).toEqual([])
})
