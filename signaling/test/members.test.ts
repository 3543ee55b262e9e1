import { describe, expect, test } from 'vitest'
import type { Client } from './support/client.js'
import { serve } from './support/serve.js'

const as = (peer: string): object => ({ type: 'subscribe', topics: ['room'], peer })
const plainly = { type: 'subscribe', topics: ['room'] }
const leave = { type: 'unsubscribe', topics: ['room'] }
const members = (peers: string[], plain = 0): object => ({ type: 'members', topic: 'room', peers, plain })
const joined = (peer: string): object => ({ type: 'joined', topic: 'room', peer })
const left = (peer: string): object => ({ type: 'left', topic: 'room', peer })

/** Sends, and waits until the server has handled it; what came back counts as read. */
const tell = async (client: Client, message: object): Promise<object[]> => {
  client.send(message)
  return client.received()
}

describe('subscribing as a peer', () => {
  test('[SIG10] is answered by the others, each once, and the number of plain sockets', async () => {
    const { open } = await serve()
    const [ana, ben, benAgain, plain, cleo] = await open(5)
    expect(await tell(ana, as('ana'))).toEqual([members([])])
    expect(await tell(ben, as('ben'))).toEqual([members(['ana'])])
    expect(await tell(benAgain, as('ben'))).toEqual([members(['ana'])])
    expect(await tell(plain, plainly)).toEqual([])
    expect(await tell(cleo, as('cleo'))).toEqual([members(['ana', 'ben'], 1)])
  })

  test('[SIG10] is answered once a topic, and again when asked again', async () => {
    const { open } = await serve()
    const [ana] = await open(1)
    const both = { type: 'subscribe', topics: ['room', 'other'], peer: 'ana' }
    const answers = [members([]), { ...members([]), topic: 'other' }]
    expect(await tell(ana, both)).toEqual(answers)
    expect(await tell(ana, both)).toEqual(answers)
  })

  test('[SIG11] tells the other members, who are told of the leave too', async () => {
    const { open } = await serve()
    const [ana, ben] = await open(2)
    await tell(ana, as('ana'))
    await tell(ben, as('ben'))
    expect(await ana.received()).toEqual([joined('ben')])
    await tell(ben, leave)
    expect(await ana.received()).toEqual([left('ben')])
    await tell(ben, as('ben'))
    expect(await ana.received()).toEqual([joined('ben')])
    ben.socket.terminate()
    expect(await ana.next()).toEqual(left('ben'))
  })

  test('[SIG11] two sockets of one peer join and leave as one, and are not told of each other', async () => {
    const { open } = await serve()
    const [ana, ben, benAgain] = await open(3)
    await tell(ana, as('ana'))
    await tell(ben, as('ben'))
    await tell(benAgain, as('ben'))
    expect(await ben.received()).toEqual([])
    expect(await ana.received()).toEqual([joined('ben')])
    await tell(ben, leave)
    expect(await ana.received()).toEqual([])
    expect(await benAgain.received()).toEqual([])
    await tell(benAgain, leave)
    expect(await ana.received()).toEqual([left('ben')])
  })

  test('[SIG13] under another id leaves as the first and joins as the second', async () => {
    const { open } = await serve()
    const [ana, ben] = await open(2)
    await tell(ana, as('ana'))
    await tell(ben, as('ben'))
    expect(await tell(ben, as('bob'))).toEqual([members(['ana'])])
    expect(await ana.received()).toEqual([joined('ben'), left('ben'), joined('bob')])
  })

  test('[SIG13] is not undone by a plain subscribe', async () => {
    const { open } = await serve()
    const [ana, ben] = await open(2)
    await tell(ana, as('ana'))
    expect(await tell(ana, plainly)).toEqual([])
    expect(await tell(ben, as('ben'))).toEqual([members(['ana'])])
    expect(await ana.received()).toEqual([joined('ben')])
  })
})

describe('plain sockets', () => {
  test('[SIG12] that come and go are told to the members in one list, at most once in 250 ms', async () => {
    const { open, clock } = await serve()
    const [ana, ben, first, second] = await open(4)
    await tell(ana, as('ana'))
    await tell(ben, as('ben'))
    await ana.received()
    await tell(first, plainly)
    await tell(second, plainly)
    await tell(first, leave)
    clock.advance(249)
    expect(await ana.received()).toEqual([])
    clock.advance(1)
    expect(await ana.received()).toEqual([members(['ben'], 1)])
    expect(await ben.received()).toEqual([members(['ana'], 1)])
    clock.advance(10_000)
    expect(await ana.received()).toEqual([])

    second.socket.terminate()
    await ana.received()
    await expect.poll(() => clock.waiting).toBe(2) // the heartbeat and this list
    clock.advance(250)
    expect(await ana.received()).toEqual([members(['ben'], 0)])
  })

  test('[SIG12] that turn out to be peers are counted anew and joined', async () => {
    const { open, clock } = await serve()
    const [ana, ben] = await open(2)
    await tell(ben, plainly)
    expect(await tell(ana, as('ana'))).toEqual([members([], 1)])
    expect(await tell(ben, as('ben'))).toEqual([members(['ana'])])
    clock.advance(250)
    expect(await ana.received()).toEqual([joined('ben'), members(['ben'])])
  })

  test('[SIG15] are never told of members', async () => {
    const { open, clock } = await serve()
    const [plain, other, ana] = await open(3)
    await tell(plain, plainly)
    await tell(ana, as('ana'))
    await tell(ana, as('anna'))
    await tell(other, plainly)
    await tell(ana, leave)
    clock.advance(1000)
    expect(await plain.received()).toEqual([])
    await tell(ana, as('ana'))
    await tell(ana, { type: 'publish', topic: 'room', to: 'ana', data: 1 })
    expect(await plain.received()).toEqual([])
  })
})

test('[SIG14] a publish to a peer reaches its sockets alone', async () => {
  const { open } = await serve()
  const [ana, ben, benAgain, cleo, plain] = await open(5)
  for (const [client, peer] of [
    [ana, 'ana'],
    [ben, 'ben'],
    [benAgain, 'ben'],
    [cleo, 'cleo'],
  ] as const) {
    await tell(client, as(peer))
  }
  await tell(plain, plainly)
  for (const client of [ana, ben, benAgain, cleo]) await client.received()

  const sent = await tell(ana, { type: 'publish', topic: 'room', to: 'ben', data: 'psst' })
  expect(sent).toEqual([])
  const delivered = { type: 'publish', topic: 'room', data: 'psst' }
  expect(await ben.received()).toMatchObject([delivered])
  expect(await benAgain.received()).toMatchObject([delivered])
  expect(await cleo.received()).toEqual([])
  expect(await plain.received()).toEqual([])

  await tell(plain, { type: 'publish', topic: 'room', to: 'cleo', data: 'from a plain one' })
  expect(await cleo.received()).toMatchObject([{ data: 'from a plain one' }])
  await tell(ana, { type: 'publish', topic: 'room', to: 'nobody', data: 1 })
  await tell(ana, { type: 'publish', topic: 'other', to: 'ben', data: 1 })
  for (const client of [ana, ben, benAgain, cleo, plain]) expect(await client.received()).toEqual([])
})
