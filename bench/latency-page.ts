/** One of two pages that are linked three times over: what latency.bench.ts drives. */

import { joinRoom, type Room } from '../src/index.js'
import { joinYWebrtc, type YWebrtcRoom } from './y-webrtc-room.js'

/** What is measured beside what. `bare`: a data channel and nothing else. */
export const systems = ['bare', 'hearth', 'y-webrtc'] as const
export type System = (typeof systems)[number]

/** When each write was made, or seen, by its number. Milliseconds since 1970, in fractions. */
export type Times = Record<System, number[]>

/** As many as the frame of such a write of Hearth. */
const bareBytes = 53

const now = () => performance.timeOrigin + performance.now()

const bare = new RTCPeerConnection()
const channel = bare.createDataChannel('', { negotiated: true, id: 0 })
channel.binaryType = 'arraybuffer'
let hearth: Room<{ tick: number }>
let plain: YWebrtcRoom

const seen: Times = { bare: [], hearth: [], 'y-webrtc': [] }
const write: Record<System, (tick: number) => void> = {
  bare: tick => {
    const frame = new Uint8Array(bareBytes)
    new DataView(frame.buffer).setUint32(0, tick)
    channel.send(frame)
  },
  hearth: tick => hearth.store.set('tick', tick),
  'y-webrtc': tick => void plain.map.set('tick', tick),
}

/** Joins the two rooms, and tells what is seen there. */
export const join = async (signaling: string): Promise<void> => {
  channel.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
    seen.bare[new DataView(data).getUint32(0)] = now()
  })
  plain = joinYWebrtc('bench-y-webrtc', signaling)
  plain.map.observe(() => {
    seen['y-webrtc'][plain.map.get('tick') ?? 0] = now()
  })
  hearth = await joinRoom({ room: 'bench-hearth', signaling })
  hearth.store.observe('tick', ({ value }) => {
    seen.hearth[value ?? 0] = now()
  })
}

/** Which of the three are not linked yet. */
export const unlinked = (): System[] => {
  const isLinked = {
    bare: channel.readyState === 'open',
    hearth: hearth.status.links.some(({ state }) => state === 'open'),
    'y-webrtc': plain.linked === 1,
  }
  return systems.filter(system => !isLinked[system])
}

/** Describes this side of the bare channel, with all its candidates; `theirs` is what the other side described. */
export const describe = async (theirs?: RTCSessionDescriptionInit): Promise<RTCSessionDescriptionInit> => {
  if (theirs) await bare.setRemoteDescription(theirs)
  const gathered = new Promise<void>(resolve => {
    bare.addEventListener('icegatheringstatechange', () => bare.iceGatheringState === 'complete' && resolve())
  })
  if (bare.signalingState !== 'stable' || !theirs) {
    await bare.setLocalDescription()
    await gathered
  }
  const { type = 'offer', sdp = '' } = bare.localDescription?.toJSON() ?? {}
  return { type, sdp }
}

/**
 * Writes `rounds` times to each, numbered from `first`, one at a time and each of the three first as often as the
 * others, so that whatever else the machine does meets all alike. Gives when each write was begun.
 */
export const writeRounds = async (first: number, rounds: number, pauseMs: number): Promise<Times> => {
  const written: Times = { bare: [], hearth: [], 'y-webrtc': [] }
  for (let tick = first; tick < first + rounds; tick++)
    for (let turn = 0; turn < systems.length; turn++) {
      const system = systems[(tick + turn) % systems.length] ?? 'bare'
      await new Promise(resolve => setTimeout(resolve, pauseMs))
      written[system][tick] = now()
      write[system](tick)
    }
  await new Promise(resolve => setTimeout(resolve, 20 * pauseMs))
  return written
}

export const seenTimes = (): Times => seen
