/** A peer in a process of its own: `node-peer TRANSPORT PEER_ID SIGNALING_URL`. Says a line for all that it is told. */

import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import { systemClock } from '../../src/clock.js'
import type { Link, Transport } from '../../src/transport/transport.js'

const [name = '', peerId = '', url = ''] = process.argv.slice(2)

type NativeConnection = typeof RTCPeerConnection

type Runtime = { readonly transport: Transport; readonly RTCPeerConnection: NativeConnection }

/** What a user of Hearth in Node does: picks a transport and hands in what browsers have of their own. */
const load = async (): Promise<Runtime> => {
  if (name === 'y-webrtc') {
    const { yWebrtc } = await import('../../src/transport/y-webrtc.js')
    const { default: wrtc } = await import('@roamhq/wrtc')
    return { transport: yWebrtc(), RTCPeerConnection: wrtc.RTCPeerConnection }
  }
  const { webrtc } = await import('../../src/transport/webrtc.js')
  const polyfill = await import('node-datachannel/polyfill')
  return { transport: webrtc(), RTCPeerConnection: polyfill.RTCPeerConnection as NativeConnection }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const { transport, RTCPeerConnection: Native } = await load()
let newest: Link | null = null

const session = transport.join(
  {
    topic: 'node',
    peerId,
    signaling: [url],
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
    RTCPeerConnection: Native,
    clock: systemClock,
    random: Math.random,
  },
  {
    onLink: link => {
      newest = link
      say(`linked ${link.peerId}`)
      return {
        onMessage: frame => say(`heard ${frame.length} ${frame.every((byte, at) => byte === (at & 255))}`),
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

createInterface({ input: process.stdin }).on('line', line => {
  const [command, size] = line.split(' ')
  if (command === 'send') newest?.send(Uint8Array.from({ length: Number(size) }, (_, at) => at & 255))
  if (command === 'close') newest?.close()
  if (command !== 'leave') return
  session.leave()
  process.stdin.destroy()
})
