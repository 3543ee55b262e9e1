import type { Duplex } from 'node:stream'
import { WebSocketServer, type ServerOptions } from 'ws'
import { maxSignalingFrameBytes } from '../../src/wire/signaling-messages.js'
import { createListener, listen, urlOf } from './listener.js'
import { createMemoryBackplane } from './memory-backplane.js'
import { resolveSettings, type Settings, type SignalingOptions } from './settings.js'
import { serveSocket, type ServedSocket } from './socket.js'
import { answerOkay, createStaticFiles } from './static-files.js'
import { createTopics } from './topics.js'

/** A running signaling server. */
export type SignalingServer = {
  /** The port it listens on, also when 0 was asked for. */
  readonly port: number
  /** An address that clients on this machine can use: `ws://…`. */
  readonly url: string
  /** Closes every socket with 1001 and resolves when all are gone, `closeTimeoutMs` later at most. Idempotent. */
  close(): Promise<void>
}

/**
 * Starts a signaling server; resolves once it listens.
 * @throws RangeError for an option that cannot be used, and what the system says of the port or the folder.
 */
export const createSignalingServer = async (options: SignalingOptions = {}): Promise<SignalingServer> => {
  const settings = resolveSettings(options)
  const { clock, staticDirectory } = settings
  const http = createListener(staticDirectory === undefined ? answerOkay : createStaticFiles(staticDirectory))
  const webSockets = new WebSocketServer(webSocketOptions(settings))
  const backplane = options.backplane ?? createMemoryBackplane()
  const topics = createTopics({ ...settings, backplane })
  const sockets = new Set<ServedSocket>()

  http.on('upgrade', (request, stream, head) => {
    if (sockets.size >= settings.maxSockets) return refuse(stream)
    webSockets.handleUpgrade(request, stream, head, ws => {
      const socket = serveSocket(ws, topics, settings)
      sockets.add(socket)
      ws.on('close', () => sockets.delete(socket))
    })
  })

  const port = await listen(http, settings)
  http.on('error', settings.onError)

  const beat = (): (() => void) =>
    clock.schedule(() => {
      for (const socket of sockets) socket.beat()
      cancelBeat = beat()
    }, settings.heartbeatMs)
  let cancelBeat = beat()

  const stop = async (): Promise<void> => {
    cancelBeat()
    const httpClosed = new Promise<void>(resolve => {
      http.close(() => resolve())
    })
    const socketsClosed = [...sockets].map(({ closed }) => closed)
    webSockets.close() // from now on a handshake is answered with 503
    for (const socket of sockets) socket.end('stopping')
    // ws cuts its own sockets after the same time; these are the downloads that are still going on.
    const cancelCut = clock.schedule(() => http.closeAllConnections(), settings.closeTimeoutMs)
    await Promise.all([httpClosed, ...socketsClosed])
    cancelCut()
    await backplane.close()
  }
  let stopped: Promise<void> | undefined

  return { port, url: urlOf(settings, port), close: () => (stopped ??= stop()) }
}

// `closeTimeout` is in ws, though not in its types. No compression: it costs a client little and the server much.
const webSocketOptions = (settings: Settings): ServerOptions & { closeTimeout: number } => ({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: maxSignalingFrameBytes,
  closeTimeout: settings.closeTimeoutMs,
})

const refuse = (stream: Duplex): void => {
  stream.on('error', () => stream.destroy())
  stream.once('finish', () => stream.destroy())
  stream.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
}
