// The least that a signaling server can be: it passes on what it is sent, as it came, and looks at nothing.
import { WebSocketServer } from 'ws'

const topics = new Map()
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false, clientTracking: false })
server.on('listening', () => console.log(`ws://127.0.0.1:${server.address().port}`))
server.on('connection', socket => {
  const joined = new Set()
  socket.on('message', frame => {
    const message = JSON.parse(frame)
    if (message.type === 'ping') socket.send('{"type":"pong"}')
    if (message.type === 'publish')
      for (const other of topics.get(message.topic) ?? []) if (other !== socket) other.send(frame, { binary: false })
    if (message.type !== 'subscribe') return
    for (const topic of message.topics) topics.set(topic, (topics.get(topic) ?? new Set()).add(socket))
    for (const topic of message.topics) joined.add(topic)
  })
  socket.on('close', () => joined.forEach(topic => topics.get(topic).delete(socket)))
})
