import type { Clock } from '../clock.js'
import type { Transport, TransportSession } from '../transport/transport.js'
import { packFrames } from '../wire/frames.js'
import { typeOf } from '../wire/peer-messages.js'
import type { Faults } from './faults.js'
import { createLineLink, type LineLink } from './line-link.js'
import type { Note } from './trace.js'

/** All that one room sends and is sent passes here: it is written down, and faults befall it. */
export type Line = {
  readonly transport: Transport
  /** Null until the room has joined its topic. */
  readonly peerId: string | null
  /** As `LineLink.release`, for all links. */
  release(): boolean
  /** As `LineLink.mend`, for all links. */
  mend(): void
  /** Ends all links on this side alone, for a room that is no more. */
  end(): void
}

export type LineOptions = {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: () => number
  faults(): Faults
  readonly note: Note
}

export const createLine = ({ transport, note, ...options }: LineOptions): Line => {
  const links = new Set<LineLink & { end(): void }>()
  let peerId: string | null = null

  const join: Transport['join'] = (joined, listener) => {
    const self = joined.peerId
    const session: TransportSession = transport.join(joined, {
      ...listener,
      onLink: link => {
        const other = link.peerId
        const line = createLineLink(link, {
          ...options,
          note,
          from: self,
          // What is on the way still arrives, so that who leaves need not wait for anybody to hear of it. After this turn: the room says it to all.
          onBye: () => queueMicrotask(() => session.drop(other)),
        })
        const user = listener.onLink(line.link)
        const ended = {
          ...line,
          end: () => {
            if (!links.delete(ended)) return
            line.stop()
            note({ type: 'unlink', from: self, to: other })
            user.onClose()
          },
        }
        links.add(ended)
        note({ type: 'link', from: self, to: other })
        return {
          onMessage: bytes => {
            const message = typeOf(bytes) ?? 'unknown'
            note({ type: 'arrived', from: other, to: self, message, bytes: bytes.length })
            for (const frame of packFrames([bytes])) user.onMessage(frame)
          },
          onDrain: () => user.onDrain(),
          onClose: ended.end,
        }
      },
    })
    peerId = self
    return {
      ...session,
      disconnect: () => {
        note({ type: 'disconnect', peer: self })
        session.disconnect()
      },
      connect: () => {
        note({ type: 'connect', peer: self })
        session.connect()
      },
      leave: () => {
        note({ type: 'leave', peer: self })
        session.leave()
      },
    }
  }

  return {
    transport: { name: transport.name, join },
    get peerId() {
      return peerId
    },
    release: () => [...links].map(link => link.release()).some(Boolean),
    mend: () => [...links].forEach(link => link.mend()),
    end: () => [...links].forEach(link => link.end()),
  }
}
