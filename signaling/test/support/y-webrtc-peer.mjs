/**
 * One process with one unchanged y-webrtc client (it keeps its rooms in the module, so two of one name need two
 * processes). Writes under its own name; sends the parent each name that it sees in the document.
 */
import wrtc from '@roamhq/wrtc'
import { WebSocket } from 'ws'
import { WebrtcProvider } from 'y-webrtc'
import * as Y from 'yjs'

const [signaling, room, name, password] = process.argv.slice(2)
globalThis.WebSocket = WebSocket

const doc = new Y.Doc()
const names = doc.getMap('names')
// Without ICE servers peers of one machine still meet, and nothing outside is asked.
const provider = new WebrtcProvider(room, doc, {
  signaling: [signaling],
  peerOpts: { wrtc, config: { iceServers: [] } },
  ...(password === undefined ? {} : { password }),
})
names.observe(() => process.send({ names: [...names.keys()].sort() }))
names.set(name, true)

process.once('message', () => {
  provider.destroy()
  process.exit(0)
})
