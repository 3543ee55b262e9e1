/** The server behind a session store as conferencing SDKs have it: it holds whole values, and the last one stands. */

import type { AddressInfo } from 'node:net'
import { WebSocketServer, type RawData } from 'ws'

export type LastWriteWinsServer = { readonly url: string; close(): Promise<void> }

/** To every page, who wrote included; `isOwn` answers a write. */
export type Told = { readonly key: string; readonly value: unknown; readonly isOwn: boolean }

export const startLastWriteWinsServer = async (): Promise<LastWriteWinsServer> => {
  const values = new Map<string, unknown>()
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', socket => {
    const tell = (to: typeof socket, told: Told) => to.send(JSON.stringify(told))
    for (const [key, value] of values) tell(socket, { key, value, isOwn: false })
    socket.on('message', (data: RawData) => {
      const { key, value } = JSON.parse(String(data)) as { key: string; value: unknown }
      values.set(key, value)
      for (const client of server.clients) tell(client, { key, value, isOwn: client === socket })
    })
  })
  await new Promise<void>(resolve => server.once('listening', resolve))
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise(resolve => {
        for (const client of server.clients) client.terminate()
        server.close(() => resolve())
      }),
  }
}
