import { afterEach, beforeEach, expect, vi } from 'vitest'
import { joinRoom, type Room } from '../../src/room.js'
import type { JoinOptions } from '../../src/room-options.js'
import type { Link, LinkListener, Transport } from '../../src/transport/transport.js'
import { createMemoryNetwork, type Lane, type MemoryNetwork } from '../../src/transport/memory.js'
import { createFrameReader } from '../../src/wire/frames.js'
import { decodeMessage, type PeerMessage } from '../../src/wire/peer-messages.js'
import { createManualClock, settlePromises, type ManualClock } from './manual-clock.js'
import { createRandom } from './random.js'

/** What one peer sent to another. */
export type Sent = { readonly from: string; readonly to: string; readonly message: PeerMessage; readonly bytes: number }

/** Rooms over a memory network, with a clock that is moved by hand. */
export type RoomLab = {
  readonly network: MemoryNetwork
  readonly clock: ManualClock
  /** Everything that was sent over links since `sent` was last emptied, in order. */
  readonly sent: Sent[]
  /** Joins and lets everything be delivered. */
  join(options?: Partial<JoinOptions>): Promise<Room>
  /** Joins, with what comes of it left open. */
  start(options?: Partial<JoinOptions>): Promise<Room>
  /** Delivers all that is on the way. */
  settle(): Promise<void>
  /** Delivers all that is on the way, but what one of these sends the other. */
  settleBut(...held: readonly { readonly from: Room; readonly to: Room }[]): Promise<void>
  /** Lets time pass, delivering all that is sent meanwhile. */
  advance(ms: number): Promise<void>
  /** Leaves all rooms. */
  close(): Promise<void>
}

export const createRoomLab = (seed = 1): RoomLab => {
  const random = createRandom(seed)
  const network = createMemoryNetwork({ random })
  const clock = createManualClock()
  const rooms: Room[] = []
  const sent: Sent[] = []
  const settle = async () => {
    // Promises of the app run between deliveries too.
    do {
      await settlePromises()
      await network.settle()
      await settlePromises()
    } while (network.pending > 0)
  }
  const start = async (options: Partial<JoinOptions> = {}) => {
    const transport = listening(network.transport(), sent)
    const room = await joinRoom({ room: 'lab', transport, clock, random, ...options })
    rooms.push(room)
    return room
  }
  return {
    network,
    clock,
    sent,
    settle,
    settleBut: async (...held) => {
      const isHeld = ({ from, to }: Lane) => held.some(pair => pair.from.self.id === from && pair.to.self.id === to)
      const next = () => network.lanes.find(lane => !isHeld(lane))
      await settlePromises()
      for (let lane = next(); lane; lane = next()) {
        network.deliver(lane)
        await settlePromises()
      }
    },
    start,
    join: async options => {
      const room = start(options)
      // The caller hears of it; until then nobody else shall.
      room.catch(() => undefined)
      await settle()
      return room
    },
    advance: ms => clock.advance(ms, settle),
    close: async () => {
      const left = Promise.all(rooms.map(room => room.leave()))
      await settle()
      await clock.advance(1000, settle)
      await left
    },
  }
}

/** Reads along what a transport's user sends. */
const listening = (transport: Transport, sent: Sent[]): Transport => ({
  name: transport.name,
  join: (options, listener) =>
    transport.join(options, {
      ...listener,
      onLink: (link: Link): LinkListener => {
        const read = createFrameReader(64 * 1024 * 1024)
        const { peerId } = link
        return listener.onLink({
          peerId,
          get bufferedBytes() {
            return link.bufferedBytes
          },
          close: () => link.close(),
          send: frame => {
            const content = read(frame)
            if ('messages' in content)
              for (const bytes of content.messages) {
                const message = decodeMessage(bytes)
                if (message) sent.push({ from: options.peerId, to: peerId, message, bytes: bytes.length })
              }
            link.send(frame)
          },
        })
      },
    }),
})

/** A lab for each test of a file: all rooms leave after it, and no timer may be left. */
export const roomLabOfFile = (): (() => RoomLab) => {
  let lab: RoomLab | null = null
  const current = () => {
    if (!lab) throw new Error('only within a test')
    return lab
  }
  beforeEach(() => {
    lab = createRoomLab()
  })
  afterEach(async () => {
    vi.unstubAllGlobals()
    await current().close()
    expect(current().clock.timers, 'timers left behind').toBe(0)
  })
  return current
}
