import type { Dice } from './dice.js'
import { createHostileMessages } from './hostile-messages.js'

/** What one socket sends: bytes, frame by frame or what stands for one. */
export type Volley = readonly Buffer[]

/** Makes volleys: of frames that a server reads on after, and now and then one after which it should not. */
export type HostileFrames = {
  readonly volley: () => Volley
}

type Head = {
  readonly opcode: number
  readonly isLast?: boolean
  readonly reserved?: number
  readonly isMasked?: boolean
}

const [continuation, text, binary, close, ping, pong] = [0, 1, 2, 8, 9, 10] as const

/** A client's frame, right or wrong. The mask is all zeros, so that the payload can be read in a trace. */
const frame = (payload: Buffer | string, head: Head, claimedBytes?: number): Buffer => {
  const { opcode, isLast = true, reserved = 0, isMasked = true } = head
  const body = typeof payload === 'string' ? Buffer.from(payload) : payload
  const length = claimedBytes ?? body.length
  const first = (isLast ? 0x80 : 0) | (reserved << 4) | opcode
  const mask = isMasked ? 0x80 : 0
  const start =
    length < 126
      ? Buffer.from([first, mask | length])
      : Buffer.from([first, mask | (length < 65_536 ? 126 : 127), 0, 0])
  if (length >= 126 && length < 65_536) start.writeUInt16BE(length, 2)
  const long = Buffer.alloc(length < 65_536 ? 0 : 8)
  if (length >= 65_536) long.writeBigUInt64BE(BigInt(length))
  return Buffer.concat([length < 65_536 ? start : start.subarray(0, 2), long, Buffer.alloc(isMasked ? 4 : 0), body])
}

/** Nested so deep that it can be read, and not written again. */
const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`

const topics = ['room', 'a', '__proto__', 'constructor', ' ', '\uD800', '😀'.repeat(256), 't'.repeat(512)] as const
const peers = ['a', 'b', 'toString', 'p'.repeat(64)] as const
const closeCodes = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535] as const

export const createHostileFrames = (dice: Dice): HostileFrames => {
  const { below, onceIn, pick, bytes } = dice
  const { message, spoil } = createHostileMessages(dice)
  const json = (value: object): Buffer => frame(JSON.stringify(value), { opcode: text })
  const many = (): string[] => Array.from({ length: 100 }, () => `topic ${below(1000)}`)
  const anyData = (): unknown =>
    pick<() => unknown>([() => below(1000), () => null, () => 'x'.repeat(below(300)), () => ({ toJSON: below(9) })])()

  /** Odd, but nothing that a socket is closed for. */
  const odd = (): Buffer[] =>
    pick<() => Buffer[]>([
      () => [json({ type: pick(['', 'pong', 'members', '__proto__']), topics: below(9), data: anyData() })],
      () => [json({ type: 'subscribe', topics: [pick(topics)], ...(onceIn(2) && { peer: pick(peers) }) })],
      () => [json({ type: 'unsubscribe', topics: onceIn(9) ? many() : [pick(topics), pick(topics)] })],
      () => [json({ type: 'publish', topic: pick(topics), data: anyData(), ...(onceIn(3) && { to: pick(peers) }) })],
      () => [json({ type: 'ping', of: anyData() })],
      () => [frame(bytes(below(126)), { opcode: pick([ping, pong]) })],
      () => [frame(`{"type":"deep","data":${deep(below(onceIn(50) ? 30_000 : 100))}}`, { opcode: text })],
      () => {
        const parts = ['{"type":', '"ping",', '"data":""', '}']
        const last = parts.length - 1
        return parts.flatMap((part, index) => [
          frame(part, { opcode: index === 0 ? text : continuation, isLast: index === last }),
          ...(index < last && onceIn(2) ? [frame('', { opcode: ping })] : []),
        ])
      },
    ])()

  /** Wrong, nearly always. */
  const wrong = (): Buffer =>
    pick<() => Buffer>([
      () => frame(message(), { opcode: text }),
      () => frame(spoil(message()), { opcode: text }),
      () => frame(bytes(below(200)), { opcode: text }),
      () => frame(bytes(below(200)), { opcode: binary }),
      () => frame(`{"type":"publish","topic":"room","data":${deep(30_000)}}`, { opcode: text }),
      () => frame(Buffer.alloc(65_537 + below(5000), 0x20), { opcode: text }),
      () => frame('', { opcode: text }, pick([65_537, 2 ** 31, 2 ** 53])),
      () => Buffer.concat([Buffer.from([0x81, 0xff]), bytes(8 + below(20))]),
      () => frame('hi', { opcode: text, reserved: 1 + below(7) }),
      () => frame('hi', { opcode: text, isMasked: false }),
      () => frame('hi', { opcode: pick([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) }),
      () => frame('hi', { opcode: pick([ping, pong, close]), isLast: false }),
      () => frame(bytes(126 + below(1000)), { opcode: pick([ping, pong, close]) }),
      () => frame('hi', { opcode: continuation }),
      () => frame(Buffer.from([0xc3, 0x28]), { opcode: text }),
      () => frame(bytes(1), { opcode: close }),
      () => frame(Buffer.concat([codeBytes(pick(closeCodes)), bytes(below(123))]), { opcode: close }),
      () => bytes(1 + below(300)),
      () => frame('x'.repeat(100), { opcode: text }).subarray(0, 1 + below(100)),
    ])()

  const flood = (): Volley => Array.from({ length: 1500 }, () => json({ type: 'ping' }))

  let volleys = 0

  return {
    volley: () => {
      volleys += 1
      if (volleys % 150 === 0) return flood()
      if (volleys % 150 === 75) return Array.from({ length: 3 }, () => json({ type: 'subscribe', topics: many() }))
      const frames: Buffer[] = []
      while (frames.length < 60) {
        if (onceIn(20)) {
          frames.push(wrong())
          // And go on, as if nothing were wrong.
          for (let more = below(3); more > 0; more -= 1) frames.push(...odd())
          return frames
        }
        frames.push(...odd())
      }
      return frames
    },
  }
}

const codeBytes = (code: number): Buffer => Buffer.from([code >> 8, code & 0xff])
