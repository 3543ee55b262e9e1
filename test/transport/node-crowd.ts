/** Many rooms in one process, each a peer of its own: `node-crowd SIGNALING_URL COUNT`. Says how they are when asked. */

import { createInterface } from 'node:readline'
import { RTCPeerConnection as NodeConnection } from 'node-datachannel/polyfill'
import { WebSocket } from 'ws'
import { joinRoom, type Room } from '../../src/index.js'

/** How a crowd is. */
export type CrowdReport = {
  /** Open links, counted at both ends. */
  readonly links: number
  /** Connections that were ever made. */
  readonly made: number
  readonly connected: number
  /** When each socket that is open was opened, in milliseconds. */
  readonly openedAt: readonly number[]
  /** Times that a peer was told of another one that it is gone. */
  readonly losses: number
  /** What the peers hold, each different one once. */
  readonly held: readonly string[]
}

const [signaling = '', count = '0'] = process.argv.slice(2)

let made = 0
class CountedConnection extends NodeConnection {
  constructor(...given: ConstructorParameters<typeof NodeConnection>) {
    super(...given)
    made++
  }
}

const openedAt = new Map<object, number>()
class TimedSocket extends WebSocket {
  constructor(url: string) {
    super(url)
    this.on('open', () => openedAt.set(this, performance.now()))
    this.on('close', () => openedAt.delete(this))
  }
}

const rooms: Room[] = []
let losses = 0
for (let number = 0; number < Number(count); number++) {
  const room = await joinRoom({
    room: 'crowd',
    signaling,
    name: String(number),
    RTCPeerConnection: CountedConnection as unknown as typeof RTCPeerConnection,
    WebSocket: TimedSocket as unknown as typeof globalThis.WebSocket,
  })
  room.on('peer-left', () => losses++)
  rooms.push(room)
}

const report = (): CrowdReport => ({
  links: rooms.flatMap(({ status }) => status.links.filter(({ state }) => state === 'open')).length,
  made,
  connected: rooms.filter(({ status }) => status.signaling === 'connected').length,
  openedAt: [...openedAt.values()],
  losses,
  held: [...new Set(rooms.map(({ store }) => JSON.stringify(store.getAll())))],
})

createInterface({ input: process.stdin }).on('line', line => {
  if (line === 'write') for (const { store } of rooms) store.counter('count').increment()
  process.stdout.write(`${JSON.stringify(report())}\n`)
})
