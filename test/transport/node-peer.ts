/** A peer in a process of its own. Says on stdout what it hears; ends when stdin does. */

import { RTCPeerConnection } from 'node-datachannel/polyfill'
import { WebSocket } from 'ws'
import { systemClock } from '../../src/clock.js'
import type { Link } from '../../src/transport/transport.js'
import { webrtc } from '../../src/transport/webrtc.js'

const [peerId = '', url = ''] = process.argv.slice(2)
const say = (line: string): void => void process.stdout.write(`${line}\n`)
let newest: Link | null = null

const session = webrtc().join(
  {
    topic: 'node',
    peerId,
    signaling: [url],
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
    RTCPeerConnection: RTCPeerConnection as unknown as typeof globalThis.RTCPeerConnection,
    clock: systemClock,
    random: Math.random,
  },
  {
    onLink: link => {
      newest = link
      say(`linked ${link.peerId}`)
      return {
        onMessage: frame => say(`heard ${frame.length} ${frame.join(' ').slice(0, 40)}`),
        onDrain: () => say('drained'),
        onClose: () => say('closed'),
      }
    },
    onDial: () => {},
    onSignaling: state => say(`signaling ${state}`),
    onMembers: peerIds => say(`members ${peerIds.join(' ')}`),
    onProblem: problem => say(`problem ${JSON.stringify(problem)}`),
  },
)

process.stdin.on('data', command => {
  for (const [action, size] of command.toString().trim().split('\n').map(line => line.split(' '))) {
    if (action === 'send') newest?.send(Uint8Array.from({ length: Number(size) }, (_, at) => at & 255))
    if (action === 'close') newest?.close()
    if (action === 'leave') session.leave()
  }
})
