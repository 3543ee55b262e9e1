import type { CloseName } from './rejections.js'
import { serveSocket, type Connection, type ServedSocket, type SocketHouse, type Visitor } from './socket.js'

/** All sockets that are served. */
export type Sockets = {
  readonly size: number
  serve(connection: Connection, visitor: Visitor): ServedSocket
  /** Ends them all; resolves when they are gone. */
  endAll(why: CloseName): Promise<void>
  /** Tells members that they will be asked to go, then ends a share of all at a time until `forMs` are over. */
  endGradually(why: CloseName, forMs: number): GradualEnd
  /** No ping is sent any more. */
  stopBeating(): void
}

export type GradualEnd = {
  /** All have been asked to go, or it was given up. */
  readonly over: Promise<void>
  giveUp(): void
}

/** Shares in which sockets are sent away: few enough at once that whoever takes them in is not overrun. */
const shares = 20

export const createSockets = (house: SocketHouse): Sockets => {
  const { clock, heartbeatMs } = house.settings
  const sockets = new Set<ServedSocket>()

  const beat = (): (() => void) =>
    clock.schedule(() => {
      for (const socket of sockets) socket.beat()
      cancelBeat = beat()
    }, heartbeatMs)
  let cancelBeat = beat()

  return {
    get size() {
      return sockets.size
    },
    serve: (connection, visitor) => {
      const socket = serveSocket(connection, visitor, house)
      sockets.add(socket)
      connection.ws.on('close', () => sockets.delete(socket))
      return socket
    },
    endAll: async why => {
      const closed = [...sockets].map(socket => {
        socket.end(why)
        return socket.closed
      })
      await Promise.all(closed)
    },
    endGradually: (why, forMs) => {
      const waiting = [...sockets]
      let cancel = (): void => undefined
      let finish = (): void => undefined
      const over = new Promise<void>(resolve => (finish = resolve))
      for (const socket of waiting) socket.tellMoving(forMs)
      const next = (sharesLeft: number): void => {
        // Those who have gone by themselves need not be waited for.
        if (sockets.size === 0 || sharesLeft === 0) return finish()
        cancel = clock.schedule(() => {
          for (const socket of waiting.splice(0, Math.ceil(waiting.length / sharesLeft))) socket.end(why)
          next(sharesLeft - 1)
        }, forMs / shares)
      }
      next(shares)
      const giveUp = (): void => {
        cancel()
        finish()
      }
      return { over, giveUp }
    },
    stopBeating: () => cancelBeat(),
  }
}
