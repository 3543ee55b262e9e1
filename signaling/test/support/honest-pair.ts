import { expect } from 'vitest'
import { connect } from './client.js'

/** Two peers in a room of their own who signal, whatever others do. */
export type HonestPair = {
  /** Each says the next number to all and then to the other alone; resolves when all has arrived. */
  exchange(): Promise<void>
  /** Messages that have arrived. */
  readonly arrived: number
  leave(): Promise<void>
}

export const joinHonestPair = async (url: string): Promise<HonestPair> => {
  const topic = 'two who know each other'
  const join = async (peer: string, address: string) => {
    const client = await connect(url, { headers: { 'X-Forwarded-For': address } })
    client.send({ type: 'subscribe', topics: [topic], peer })
    return client
  }
  const ana = await join('ana', '192.0.2.1')
  await ana.received()
  const ben = await join('ben', '192.0.2.2')
  await Promise.all([ana.received(), ben.received()])
  let number = 0
  let arrived = 0

  return {
    exchange: async () => {
      number += 1
      for (const [peer, client, other] of [
        ['ana', ana, 'ben'],
        ['ben', ben, 'ana'],
      ] as const) {
        client.send({ type: 'publish', topic, data: { from: peer, number } })
        client.send({ type: 'publish', topic, to: other, data: { from: peer, number, alone: true } })
      }
      const hears = async (client: typeof ana, from: string) => {
        const publish = { type: 'publish', topic, clients: 2 }
        expect(await client.next()).toEqual({ ...publish, data: { from, number } })
        expect(await client.next()).toEqual({ ...publish, data: { from, number, alone: true } })
        arrived += 2
      }
      await Promise.all([hears(ana, 'ben'), hears(ben, 'ana')])
    },
    get arrived() {
      return arrived
    },
    leave: async () => {
      for (const { socket } of [ana, ben]) socket.close()
      await Promise.all([ana.closed, ben.closed])
    },
  }
}
