import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type ServerOptions } from 'ws'
import { maxSignalingFrameBytes } from '../../src/wire/signaling-messages.js'
import type { Admission, Admitted } from './admission.js'
import { refusals, type RefusalName } from './rejections.js'
import type { Settings } from './settings.js'
import type { Connection } from './socket.js'

/** Turns handshakes into sockets, or away. */
export type Upgrades = {
  take(request: IncomingMessage, stream: Duplex, head: Buffer): void
  /** From now on a handshake is answered with 503; those that are being looked at end at once. */
  close(): void
}

export type UpgradesOptions = {
  readonly settings: Settings
  readonly admit: Admission
  readonly onSocket: (connection: Connection, admitted: Admitted) => void
  readonly onRefused: (why: RefusalName, address: string) => void
  readonly onError: (error: unknown) => void
}

export const createUpgrades = ({ settings, admit, onSocket, onRefused, onError }: UpgradesOptions): Upgrades => {
  const webSockets = new WebSocketServer(webSocketOptions(settings))
  const pending = new Set<Duplex>()

  const take = async (request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> => {
    const verdict = await admit(request, stream)
    pending.delete(stream)
    if (stream.destroyed) return
    if (verdict.do === 'refuse') {
      onRefused(verdict.why, verdict.address)
      return refuse(stream, refusals[verdict.why].status)
    }
    webSockets.handleUpgrade(request, stream, head, ws => onSocket({ ws, stream }, verdict))
  }

  return {
    take: (request, stream, head) => {
      pending.add(stream)
      // Nobody else listens while it is looked at, and an error without a listener would end the process.
      stream.on('error', () => stream.destroy())
      stream.once('close', () => pending.delete(stream))
      take(request, stream, head).catch((error: unknown) => {
        stream.destroy()
        onError(error)
      })
    },
    close: () => {
      webSockets.close()
      for (const stream of pending) stream.destroy()
    },
  }
}

/**
 * Fragments of a message, or pieces in which a frame comes. Each takes some 200 bytes, whatever is in it, and none is
 * paid for before the message is there. The longest message comes in some fifty packets.
 */
const maxParts = 1024

// `closeTimeout` is in ws, though not in its types. No compression: it costs a client little and the server much.
const webSocketOptions = (settings: Settings): ServerOptions & { closeTimeout: number } => ({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: maxSignalingFrameBytes,
  maxFragments: maxParts,
  maxBufferedChunks: maxParts,
  closeTimeout: settings.closeTimeoutMs,
})

const refuse = (stream: Duplex, status: number): void => {
  stream.once('finish', () => stream.destroy())
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
