/** Joins a transport and writes down all that it says. Runs in this process, or in a page of a real browser. */

import { systemClock } from '../../src/clock.js'
import type { Link, Transport, TransportProblem, TransportSession } from '../../src/transport/transport.js'

/** What was told, in order. Links are numbered as they come. */
export type Told =
  | { readonly type: 'link'; readonly link: number; readonly peerId: string }
  | { readonly type: 'message'; readonly link: number; readonly bytes: number[] }
  | { readonly type: 'drain'; readonly link: number }
  | { readonly type: 'close'; readonly link: number }
  | { readonly type: 'dial'; readonly peerId: string; readonly state: 'connecting' | 'closed' }
  | { readonly type: 'signaling'; readonly state: string }
  | { readonly type: 'members'; readonly peerIds: readonly string[] }
  | { readonly type: 'problem'; readonly problem: TransportProblem }

/** What a joined peer can be asked to do. Links are named by the peer at the other end: the newest to it is meant. */
export type Recorder = {
  readonly told: readonly Told[]
  send(peerId: string, bytes: readonly number[]): void
  /** Sends on the link of that number, open or not. */
  sendOn(link: number, bytes: readonly number[]): void
  /** Sends this many frames of this size, and gives the most that was ever buffered. */
  flood(peerId: string, frames: number, frameBytes: number): number
  closeLink(peerId: string): void
  drop(peerId: string): void
  disconnect(): void
  connect(): void
  leave(): void
}

export type RecorderOptions = {
  readonly topic: string
  readonly peerId: string
  readonly signaling: readonly string[]
  readonly password?: string
  readonly maxLinks?: number
}

/** Frames longer than this are written down as their length and a sum. */
const maxRecordedBytes = 64

export const record = (
  transport: Transport,
  options: RecorderOptions,
  runtime: { RTCPeerConnection?: typeof RTCPeerConnection; WebSocket?: typeof WebSocket } = {},
): Recorder => {
  const told: Told[] = []
  const links: Link[] = []
  let hasReturned = false
  const tell = (what: Told): void => {
    if (!hasReturned) throw new Error(`${what.type} was told before join had returned`)
    told.push(what)
  }

  const session: TransportSession = transport.join(
    { ...options, ...runtime, clock: systemClock, random: Math.random },
    {
      onLink: opened => {
        const link = links.push(opened) - 1
        tell({ type: 'link', link, peerId: opened.peerId })
        return {
          onMessage: frame => tell({ type: 'message', link, bytes: summary(frame) }),
          onDrain: () => tell({ type: 'drain', link }),
          onClose: () => tell({ type: 'close', link }),
        }
      },
      onDial: (peerId, state) => tell({ type: 'dial', peerId, state }),
      onSignaling: state => tell({ type: 'signaling', state }),
      onMembers: peerIds => tell({ type: 'members', peerIds: [...peerIds] }),
      onProblem: problem => tell({ type: 'problem', problem }),
    },
  )
  hasReturned = true

  const newestTo = (peerId: string): Link => {
    const link = links.findLast(candidate => candidate.peerId === peerId)
    if (!link) throw new Error(`No link to ${peerId} yet`)
    return link
  }

  return {
    told,
    send: (peerId, bytes) => newestTo(peerId).send(Uint8Array.from(bytes)),
    sendOn: (link, bytes) => links[link]?.send(Uint8Array.from(bytes)),
    flood: (peerId, frames, frameBytes) => {
      const link = newestTo(peerId)
      let most = 0
      for (let frame = 0; frame < frames; frame++) {
        link.send(frameOf(frame, frameBytes))
        most = Math.max(most, link.bufferedBytes)
      }
      return most
    },
    closeLink: peerId => newestTo(peerId).close(),
    drop: peerId => session.drop(peerId),
    disconnect: () => session.disconnect(),
    connect: () => session.connect(),
    leave: () => session.leave(),
  }
}

/** A frame that no other one equals. */
export const frameOf = (seed: number, frameBytes: number): Uint8Array =>
  Uint8Array.from({ length: frameBytes }, (_, at) => (at < 4 ? seed >> (8 * at) : seed * 31 + at * 7) & 255)

/** What is written down of a frame: itself, or the first bytes, the length and a sum that each byte changes. */
export const summary = (frame: Uint8Array): number[] => {
  if (frame.length <= maxRecordedBytes) return [...frame]
  const sum = frame.reduce((before, byte) => (before * 33 + byte) >>> 0, 0)
  return [...frame.subarray(0, 4), frame.length, sum]
}
