import { readFile } from 'node:fs/promises'
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Settings } from './settings.js'

/** A server, and all connections to it, from before a TLS handshake on: until that is done Node's own list has none. */
export type Listener = { readonly server: Server; readonly connections: ReadonlySet<Socket> }

/**
 * One that does not listen yet, of TLS if there is a certificate.
 * @throws Error for a certificate or key that cannot be read or used.
 */
export const createListener = async (settings: Settings, answer: RequestListener): Promise<Listener> => {
  const server = await createServer(settings, answer)
  const connections = new Set<Socket>()
  server.on('connection', (connection: Socket) => {
    connections.add(connection)
    connection.once('close', () => connections.delete(connection))
  })
  return { server, connections }
}

const createServer = async (settings: Settings, answer: RequestListener): Promise<Server> => {
  const { handshakeTimeoutMs, tlsCert, tlsKey } = settings
  // All that a client has to send is one head; Node's own limits are a minute and five, and it looks every 30 s.
  const options = {
    headersTimeout: handshakeTimeoutMs,
    requestTimeout: handshakeTimeoutMs,
    connectionsCheckingInterval: Math.min(handshakeTimeoutMs, 5000),
  }
  if (tlsCert === undefined || tlsKey === undefined) return createHttpServer(options, answer)
  const [cert, key] = await Promise.all([readFile(tlsCert), readFile(tlsKey)])
  try {
    return createHttpsServer({ ...options, handshakeTimeout: handshakeTimeoutMs, cert, key }, answer)
  } catch (error) {
    throw new Error(`${tlsCert} and ${tlsKey} are no certificate and its key: ${String(error)}`, { cause: error })
  }
}

/** Resolves with the port once it listens. @throws what the system says of the port or the address. */
export const listen = ({ server }: Listener, { port, host }: Settings): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host }, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })

/**
 * Takes no new connections; resolves when all are gone. What is still there `closeTimeoutMs` later is cut. (WebSockets
 * are ended by who serves them.)
 */
export const closeListener = async (listener: Listener, { clock, closeTimeoutMs }: Settings): Promise<void> => {
  const { server, connections } = listener
  const cancelCut = clock.schedule(() => {
    for (const connection of connections) connection.destroy()
  }, closeTimeoutMs)
  await new Promise<void>(resolve => {
    server.close(() => resolve())
  })
  cancelCut()
}

/** An address that clients on this machine can use. */
export const urlOf = ({ host, tlsCert }: Settings, port: number): string => {
  const everywhere = host === undefined || host === '::' || host === '0.0.0.0'
  const name = everywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `${tlsCert === undefined ? 'ws' : 'wss'}://${name}:${port}`
}
