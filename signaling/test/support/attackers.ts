import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { WebSocket } from 'ws'
import type { Dice } from './dice.js'
import { createHostileFrames } from './hostile-frames.js'
import { createHostileMessages } from './hostile-messages.js'

/** Who attacks one server. Each comes from one of a few addresses, by what a proxy would say of it. */
export type Attackers = {
  /** One socket from its handshake to its end; resolves with how many frames the server has had from it. */
  attack(): Promise<number>
  /** A handshake that does not get done: a byte more of those that are on, and now and then a new one. */
  dawdle(): void
  /** Resolves when the server has cut all handshakes that are on. */
  readonly cut: Promise<unknown>
}

/** As many handshakes as are on at a time. */
const maxDawdlers = 200

export const createAttackers = (port: number, dice: Dice): Attackers => {
  const { below, onceIn, pick, bytes } = dice
  const { volley } = createHostileFrames(dice)
  const { message, spoil } = createHostileMessages(dice)
  const dawdlers = new Map<Socket, Buffer>()
  // Half of them come from one, so that it reaches its limits.
  const address = (): string => `10.0.0.${onceIn(2) ? 1 : below(20)}`

  const head = (): string =>
    [
      `GET /${pick(['', '?token=', '?token=a.b.c', '%ff', '../..'])} HTTP/1.1`,
      'Host: localhost',
      `X-Forwarded-For: ${address()}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
      '\r\n',
    ].join('\r\n')

  const open = (): { socket: Socket; closed: Promise<void> } => {
    const socket = connectTcp(port, '127.0.0.1')
    const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
    // A reset is an answer too.
    socket.on('error', () => undefined)
    return { socket, closed }
  }

  /** Bytes on the stream, cut anywhere, not where frames end. */
  const attackRaw = async (): Promise<number> => {
    const { socket, closed } = open()
    let answer = ''
    const answered = new Promise<void>(resolve => {
      socket.on('data', chunk => {
        if (answer.length < 12) answer += chunk.toString('latin1', 0, 12)
        resolve()
      })
    })
    const frames = volley()
    socket.write(head())
    // Or in one go with it.
    if (onceIn(2)) await Promise.race([answered, closed])
    let rest = Buffer.concat(frames)
    while (rest.length > 0) {
      const piece = rest.subarray(0, 1 + below(onceIn(3) ? rest.length : rest.length * 4))
      rest = rest.subarray(piece.length)
      await new Promise<void>(resolve => socket.write(piece, () => resolve()))
    }
    const isCutOff = onceIn(10)
    if (isCutOff) socket.destroy()
    else socket.end()
    await closed
    // Who is cut off may not have been read; who was refused was not.
    return answer.startsWith('HTTP/1.1 101') && !isCutOff ? frames.length : 0
  }

  /** As a program sends that uses a WebSocket. */
  const attackByClient = async (): Promise<number> => {
    const headers = { 'X-Forwarded-For': address() }
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { headers, perMessageDeflate: onceIn(2) })
    // Refused, for one; a close follows.
    socket.on('error', () => undefined)
    const closed = new Promise<false>(resolve => socket.once('close', () => resolve(false)))
    const opened = new Promise<true>(resolve => socket.once('open', () => resolve(true)))
    if (!(await Promise.race([opened, closed]))) return 0
    const count = 1 + below(20)
    for (let sent = 0; sent < count; sent += 1) {
      pick<() => void>([
        () => socket.send(JSON.stringify({ type: 'subscribe', topics: [pick(['room', 'a'])] })),
        () => socket.send(JSON.stringify({ type: 'publish', topic: 'room', data: 'x'.repeat(below(500)) })),
        () => socket.send('{"type":"ping"}'),
        () => socket.send(onceIn(4) ? spoil(message()) : '{"type":"pong"}'),
        () => socket.send(onceIn(8) ? bytes(below(200)) : '{"type":"left"}'),
        () => socket.send(message().slice(0, 20), { fin: !onceIn(20) }),
        () => (onceIn(2) ? socket.ping(bytes(below(126))) : socket.pong()),
      ])()
    }
    const isCutOff = onceIn(10)
    if (isCutOff) socket.terminate()
    else socket.close(3000 + below(2000))
    await closed
    return isCutOff ? 0 : count
  }

  const begin = (): void => {
    const { socket } = open()
    socket.resume()
    const request = pick<() => string>([
      head,
      () => head().slice(0, -2 - below(50)),
      () => `GET / HTTP/1.1\r\nHost: x\r\n${'X-More: and more\r\n'.repeat(2000)}`,
      () => `${'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1 + below(20))}${head().slice(0, -3)}`,
      () => `${head()}${head()}`,
      () => `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n`,
      () => bytes(below(400)).toString('latin1'),
    ])()
    const sent = Buffer.from(request, 'latin1')
    // At once but for the last bytes, or from the first byte on.
    const rest = onceIn(2) ? sent : sent.subarray(-below(20) - 1)
    socket.write(sent.subarray(0, sent.length - rest.length))
    dawdlers.set(socket, rest)
    socket.once('close', () => dawdlers.delete(socket))
  }

  return {
    attack: () => (onceIn(5) ? attackByClient() : attackRaw()),
    dawdle: () => {
      if (dawdlers.size < maxDawdlers) begin()
      for (const [socket, rest] of dawdlers) {
        if (rest.length <= 1) continue
        socket.write(rest.subarray(0, 1))
        dawdlers.set(socket, rest.subarray(1))
      }
    },
    get cut() {
      return Promise.all([...dawdlers.keys()].map(socket => once(socket, 'close')))
    },
  }
}
