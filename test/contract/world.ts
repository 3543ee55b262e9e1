/** What the contract suite needs of the network that a transport is tested in. */

import type { Recorder, RecorderOptions, Told } from './recorder.js'

/** One joined peer: its recorder, wherever that runs. */
export type Peer = {
  readonly id: string
  told(): Promise<readonly Told[]>
} & {
  [Method in Exclude<keyof Recorder, 'told'>]: (
    ...given: Parameters<Recorder[Method]>
  ) => Promise<ReturnType<Recorder[Method]>>
}

export type JoinOptions = Partial<Pick<RecorderOptions, 'password' | 'maxLinks' | 'signaling'>>

/** A topic with nobody in it yet, and the network around it. */
export type World = {
  /** The addresses of its signaling servers. */
  readonly signaling: readonly string[]
  /** Joins; where there is a browser, in a page of its own. */
  join(peerId: string, options?: JoinOptions): Promise<Peer>
  /** Lets the network work until this is so. Where time is real, for `withinMs` of it at most (default 15 s). */
  until(what: string, condition: () => Promise<boolean>, withinMs?: number): Promise<void>
  /** Lets whatever is under way come to an end. */
  settle(): Promise<void>
  /** Breaks the link between two peers from below, at the first of them. */
  cut(at: Peer, other: Peer): Promise<void>
  stopSignaling(): Promise<void>
  /** At the same address as before. */
  startSignaling(): Promise<void>
  /** How much below the transport the peer has not closed. */
  leftovers(peer: Peer): Promise<number>
  close(): Promise<void>
}

/** Calls every method of a recorder by way of `ask`. */
export const createPeer = (id: string, ask: (method: keyof Recorder, given: unknown[]) => Promise<unknown>): Peer => {
  const asking =
    (method: keyof Recorder) =>
    (...given: unknown[]) =>
      ask(method, given)
  return {
    id,
    told: asking('told'),
    send: asking('send'),
    sendOn: asking('sendOn'),
    flood: asking('flood'),
    closeLink: asking('closeLink'),
    drop: asking('drop'),
    disconnect: asking('disconnect'),
    connect: asking('connect'),
    leave: asking('leave'),
  } as Peer
}
