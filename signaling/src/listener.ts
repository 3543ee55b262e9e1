import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Settings } from './settings.js'

/** A server that does not listen yet. */
export const createListener = (answer: RequestListener): Server =>
  // Less than Node's own minute and five: all that a client has to send is one head.
  createServer({ headersTimeout: 10_000, requestTimeout: 30_000 }, answer)

/** Resolves with the port once it listens. @throws what the system says of the port or the address. */
export const listen = (server: Server, { port, host }: Settings): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host }, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })

/** An address that clients on this machine can use. */
export const urlOf = ({ host }: Settings, port: number): string => {
  const everywhere = host === undefined || host === '::' || host === '0.0.0.0'
  const name = everywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `ws://${name}:${port}`
}
