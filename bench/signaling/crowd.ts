import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { Server, Visit } from './servers.js'

/** Sockets of one server, in rooms of the same size. */
export type Crowd = {
  /** As `publishOnce`, but each waits until what was published before has arrived. */
  publishApart(dataOf: (index: number) => string): Promise<number>
  /** Each publishes once; resolves with how many others a message reached once all have arrived. */
  publishOnce(dataOf: (index: number) => string): Promise<number>
  leave(): Promise<void>
}

/** Opens so many sockets, `atOnce` at a time; resolves when all have subscribed and been answered after that. */
export const gather = async (server: Server, count: number, roomSize: number, atOnce: number): Promise<Crowd> => {
  const visits = Array.from({ length: count }, (_, index) => ({
    room: `room ${Math.floor(index / roomSize)}`,
    peer: `peer ${index}`,
  }))
  // Beforehand: who signs tokens is no part of what is measured.
  const calls = await Promise.all(visits.map(async visit => ({ visit, url: await server.addressFor(visit) })))
  const sockets: WebSocket[] = []
  let arrived = 0
  let awaited = Infinity
  let wake = (): void => undefined
  const onMessage = (): void => {
    arrived += 1
    if (arrived === awaited) wake()
  }
  for (let first = 0; first < count; first += atOnce) {
    const group = calls.slice(first, first + atOnce)
    sockets.push(...(await Promise.all(group.map(({ url, visit }) => enter(url, server.greetingOf(visit), visit)))))
  }
  for (const socket of sockets) socket.on('message', onMessage)

  /** Resolves when what is published has arrived everywhere. */
  const publish = async (publishers: readonly number[], dataOf: (index: number) => string): Promise<void> => {
    arrived = 0
    awaited = publishers.length * server.heardBy(roomSize)
    const all = new Promise<void>(resolve => (wake = resolve))
    for (const index of publishers)
      sockets[index]?.send(JSON.stringify({ type: 'publish', topic: visits[index]?.room, data: dataOf(index) }))
    await all
  }
  const everybody = visits.map((_, index) => index)

  return {
    publishOnce: async dataOf => {
      await publish(everybody, dataOf)
      return count * (roomSize - 1)
    },
    publishApart: async dataOf => {
      for (const index of everybody) await publish([index], dataOf)
      return count * (roomSize - 1)
    },
    leave: async () => {
      const closed = sockets.map(socket => once(socket, 'close'))
      for (const socket of sockets) socket.close()
      await Promise.all(closed)
    },
  }
}

/** Resolves once the server has answered what was said after the greeting. */
const enter = async (url: string, greeting: object, { room }: Visit): Promise<WebSocket> => {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  await once(socket, 'open')
  socket.send(JSON.stringify(greeting))
  socket.send('{"type":"ping"}')
  await new Promise<void>((resolve, reject) => {
    const onClose = (code: number): void => reject(new Error(`${room}: closed with ${code}`))
    const onMessage = (frame: unknown): void => {
      if (!String(frame).includes('"pong"')) return
      socket.off('message', onMessage)
      socket.off('close', onClose)
      resolve()
    }
    socket.on('message', onMessage)
    socket.on('close', onClose)
  })
  return socket
}
