import type { Clock } from '../clock.js'
import type { LinkListener, Transport, TransportListener, TransportSession } from '../transport/transport.js'
import { packFrames } from '../wire/frames.js'
import { typeOf } from '../wire/peer-messages.js'
import type { Faults } from './faults.js'
import { createLineLink, type LineLink } from './line-link.js'
import type { Nap } from './nap.js'
import type { Note } from './trace.js'

/** All that one room sends and is sent passes here: it is written down, and faults befall it. */
export type Line = {
  readonly transport: Transport
  /** Under which the room has joined its topic last; null until it has. */
  readonly peerId: string | null
  /** As `LineLink.release`, for all links. */
  release(): boolean
  /** As `LineLink.mend`, for all links. */
  mend(): void
  /** The machine was away for so long that nobody keeps a connection for it. */
  redial(): void
  /** Ends all links on this side alone, for a room that is no more. */
  end(): void
}

export type LineOptions = {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: () => number
  faults(): Faults
  readonly note: Note
  /** Of the machine that the room runs on. */
  readonly nap: Nap
  /** The room joins its topic, for the first time or as somebody new. */
  onJoin(peerId: string): void
}

type Present = { readonly session: TransportSession; readonly listener: TransportListener; isConnected: boolean }

export const createLine = ({ transport, note, nap, ...options }: LineOptions): Line => {
  const links = new Set<LineLink & { end(): void }>()
  let peerId: string | null = null
  let present: Present | null = null

  const join: Transport['join'] = (joined, listener) => {
    const self = joined.peerId
    peerId = self
    note({ type: 'join', peer: self, room: joined.topic })
    options.onJoin(self)
    const session: TransportSession = transport.join(joined, {
      onDial: (...told) => nap.happen(() => listener.onDial(...told)),
      onSignaling: state => nap.happen(() => listener.onSignaling(state)),
      onMembers: (...told) => nap.happen(() => listener.onMembers(...told)),
      onProblem: problem => nap.happen(() => listener.onProblem(problem)),
      onLink: link => {
        const other = link.peerId
        const line = createLineLink(link, {
          ...options,
          note,
          from: self,
          // What is on the way still arrives, so that who leaves need not wait for anybody to hear of it. After this turn: the room says it to all.
          onBye: () => queueMicrotask(() => session.drop(other)),
        })
        let user: LinkListener | null = null
        nap.happen(() => {
          user = listener.onLink(line.link)
        })
        const ended = {
          ...line,
          end: () => {
            if (!links.delete(ended)) return
            line.stop()
            note({ type: 'unlink', from: self, to: other })
            nap.happen(() => user?.onClose())
          },
        }
        links.add(ended)
        note({ type: 'link', from: self, to: other })
        return {
          onMessage: bytes => {
            const message = typeOf(bytes) ?? 'unknown'
            note({ type: 'arrived', from: other, to: self, message, bytes: bytes.length })
            for (const frame of packFrames([bytes])) nap.happen(() => user?.onMessage(frame))
          },
          onDrain: () => nap.happen(() => user?.onDrain()),
          onClose: ended.end,
        }
      },
    })
    present = { session, listener, isConnected: true }
    const own = present
    return {
      ...session,
      disconnect: () => {
        note({ type: 'disconnect', peer: self })
        own.isConnected = false
        session.disconnect()
      },
      connect: () => {
        note({ type: 'connect', peer: self })
        own.isConnected = true
        session.connect()
      },
      leave: () => {
        note({ type: 'leave', peer: self })
        if (present === own) present = null
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
    redial: () => {
      if (!present?.isConnected) return
      const { session, listener } = present
      session.disconnect()
      listener.onSignaling('connecting')
      session.connect()
    },
    mend: () => [...links].forEach(link => link.mend()),
    end: () => [...links].forEach(link => link.end()),
  }
}
