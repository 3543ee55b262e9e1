/** Where pages wait for each other: none is answered before all are here. */

import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type StartingLine = {
  /** To be asked by a synchronous request, so that the page stands still: nothing arrives there meanwhile. */
  readonly url: string
  close(): Promise<void>
}

export const openStartingLine = async (runners: number): Promise<StartingLine> => {
  const waiting: ServerResponse[] = []
  const server = createServer((_request, response) => {
    response.setHeader('access-control-allow-origin', '*')
    if (waiting.push(response) === runners) for (const each of waiting.splice(0)) each.end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
