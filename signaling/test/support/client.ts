import { once } from 'node:events'
import { WebSocket, type ClientOptions } from 'ws'

/** Why a socket closed. */
export type Closed = { code: number; reason: string }

/** A plain WebSocket to the server under test, with what it received. */
export type Client = {
  readonly socket: WebSocket
  /** Sends an object as JSON, anything else as it is. */
  send(message: object | string): void
  /**
   * What arrived since the last call. Asks for a pong first, so that everything sent before has been handled by
   * the server, and everything that the server sent here before is among it.
   */
  received(): Promise<object[]>
  /** The next frame, however long it takes. */
  next(): Promise<object>
  readonly closed: Promise<Closed>
}

export const connect = async (url: string, options: ClientOptions = {}): Promise<Client> => {
  const socket = new WebSocket(url, options)
  const frames: object[] = []
  let wake = (): void => undefined
  socket.on('message', data => {
    frames.push(JSON.parse((data as Buffer).toString()) as object)
    wake()
  })
  const closed = new Promise<Closed>(resolve => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  })
  await once(socket, 'open')
  // After it is open an error is told by the close that follows it.
  socket.on('error', () => undefined)

  const next = async (): Promise<object> => {
    for (;;) {
      const frame = frames.shift()
      if (frame !== undefined) return frame
      const arrival = new Promise<void>(resolve => (wake = resolve))
      await Promise.race([arrival, closed.then(failIfClosed)])
    }
  }
  const failIfClosed = ({ code, reason }: Closed): void => {
    if (frames.length === 0) throw new Error(`closed with ${code} ${reason} while a frame was awaited`)
  }

  return {
    socket,
    closed,
    next,
    send: message => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    received: async () => {
      socket.send('{"type":"ping"}')
      const seen: object[] = []
      for (;;) {
        const frame = await next()
        if ('type' in frame && frame.type === 'pong') return seen
        seen.push(frame)
      }
    },
  }
}
