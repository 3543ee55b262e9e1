/** A page with one peer in it: what sends.bench.ts drives. */

import { joinRoom } from '../src/index.js'
import { hearthFrames, tapChannels, yWebrtcFrames, type Tally } from './channel-tap.js'
import { joinYWebrtc } from './y-webrtc-room.js'

/** What is measured beside what. */
export type System = 'hearth' | 'y-webrtc'

type Peer = {
  set(key: string, value: number): void
  get(key: string): unknown
  linked(): number
}

const joinHearth = async (room: string, signaling: string): Promise<Peer> => {
  const joined = await joinRoom({ room, signaling })
  return {
    set: (key, value) => joined.store.set(key, value),
    get: key => joined.store.get(key),
    linked: () => joined.status.links.filter(({ state }) => state === 'open').length,
  }
}

const joinPlain = (room: string, signaling: string): Peer => {
  const joined = joinYWebrtc(room, signaling)
  return {
    set: (key, value) => void joined.map.set(key, value),
    get: key => joined.map.get(key),
    linked: () => joined.linked,
  }
}

export let tally: () => Tally
export let peer: Peer

/** Each system has a room of its own, as its peers could not talk to those of the other. */
export const join = async (system: System, signaling: string): Promise<void> => {
  const room = `bench-${system}`
  tally = tapChannels(system === 'hearth' ? hearthFrames() : yWebrtcFrames())
  peer = system === 'hearth' ? await joinHearth(room, signaling) : joinPlain(room, signaling)
}
