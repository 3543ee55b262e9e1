import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'

/** What a client asks with; a line may be added before its end. */
export const handshake = [
  'GET / HTTP/1.1',
  'Host: localhost',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  '\r\n',
].join('\r\n')

/** A TCP connection that has done the WebSocket handshake and may from then on send any bytes at all. */
export const connectRaw = async (port: number): Promise<Socket> => {
  const socket = connectTcp(port, 'localhost')
  // The server may reset the connection; that is an answer too.
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write(handshake)
  const [head] = (await once(socket, 'data')) as [Buffer]
  if (!head.toString().startsWith('HTTP/1.1 101')) throw new Error(`no handshake: ${head.toString()}`)
  return socket
}

/** A text frame as a client has to send it: masked, here with zeros. Up to 125 bytes. */
export const textFrame = (text: string): Buffer => {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.from([0x81, 0x80 | bytes.length, 0, 0, 0, 0]), bytes])
}

/** The code of the close frame that the server sends next, after whatever else. */
export const closeCode = async (socket: Socket): Promise<number> => {
  for await (const chunk of socket) {
    const bytes = chunk as Buffer
    // Nothing else that these tests let the server send begins with this byte.
    if (bytes[0] === 0x88) return bytes.readUInt16BE(2)
  }
  throw new Error('the server closed without saying why')
}
