import type { SignalingState } from './transport/transport.js'

/** A link as an app sees it: being made, open while states are exchanged, open. */
export type LinkStatus = { readonly peerId: string; readonly state: 'connecting' | 'syncing' | 'open' }

export type RoomStatus = {
  readonly signaling: SignalingState
  readonly links: readonly LinkStatus[]
  /**
   * `offline`: no link and no signaling. `alone`: no link, and signaling knows of nobody else; who was
   * lost a moment ago may still be in `peers`. `syncing`: somebody is here whose state is not in yet. `synced`: the state of everybody linked is in.
   */
  readonly sync: 'alone' | 'syncing' | 'synced' | 'offline'
}

/** What the status is made of. */
export type RoomFacts = {
  readonly signaling: SignalingState
  /** Peers to whom a link is being made or there is one, accepted or not. */
  readonly dialled: Iterable<string>
  /** Peers with an accepted link, and those of them whose state is in. */
  readonly open: readonly string[]
  readonly synced: readonly string[]
  /** Whether signaling tells of somebody who is not reached. */
  readonly isMissingSomebody: boolean
}

export const statusOf = ({ signaling, dialled, open, synced, isMissingSomebody }: RoomFacts): RoomStatus => {
  const stateOf = (peerId: string) =>
    synced.includes(peerId) ? 'open' : open.includes(peerId) ? 'syncing' : 'connecting'
  const sync = (): RoomStatus['sync'] => {
    if (open.length > 0) return synced.length === open.length ? 'synced' : 'syncing'
    if (signaling !== 'connected') return 'offline'
    return isMissingSomebody ? 'syncing' : 'alone'
  }
  return { signaling, links: [...new Set(dialled)].map(peerId => ({ peerId, state: stateOf(peerId) })), sync: sync() }
}

/** Cheap, as it is asked at the end of each turn. */
export const isSameStatus = (a: RoomStatus, b: RoomStatus): boolean =>
  a.signaling === b.signaling &&
  a.sync === b.sync &&
  a.links.length === b.links.length &&
  a.links.every(({ peerId, state }, at) => peerId === b.links[at]?.peerId && state === b.links[at].state)
