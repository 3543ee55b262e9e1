/** A whole room in a process of its own: `node-room SIGNALING_URL NAME`. Sets what it is told, says what it holds. */

import { createInterface } from 'node:readline'
import { RTCPeerConnection as NodeConnection } from 'node-datachannel/polyfill'
import { WebSocket } from 'ws'
import { joinRoom } from '../../src/index.js'

const [signaling = '', name = ''] = process.argv.slice(2)

const room = await joinRoom({
  room: 'node',
  signaling,
  name,
  RTCPeerConnection: NodeConnection as unknown as typeof RTCPeerConnection,
  WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
})
room.store.observe('*', () => process.stdout.write(`${JSON.stringify(room.store.getAll())}\n`))
process.stdout.write('joined\n')

createInterface({ input: process.stdin }).on('line', line => {
  if (line === 'leave') return void room.leave().then(() => process.stdin.destroy())
  room.store.update('list', items => [...((items as string[] | null) ?? []), line])
})
