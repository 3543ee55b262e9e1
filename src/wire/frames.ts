/**
 * How messages travel in frames (SPEC WIRE): a frame holds either whole messages, each with its length before it,
 * or one piece of a message that does not fit. Frames with whole messages may come between two pieces.
 */

import * as decoding from 'lib0/decoding'

/** The largest frame a link has to carry, in bytes. */
export const maxFrameBytes = 16 * 1024

const frameKind = { whole: 0, piece: 1, lastPiece: 2 } as const

/** Packs encoded messages into as few frames as their order allows. */
export const packFrames = (messages: readonly Uint8Array[]): Uint8Array[] => {
  const frames: Uint8Array[] = []
  let open: Uint8Array[] = []
  let openBytes = 0
  const close = () => {
    if (open.length > 0) frames.push(wholeFrame(open, openBytes))
    open = []
  }
  for (const message of messages) {
    const bytes = message.length + maxHeadBytes
    if (bytes > maxFrameBytes) {
      close()
      frames.push(...cut(message))
      continue
    }
    if (openBytes + bytes > maxFrameBytes) close()
    if (open.length === 0) openBytes = 1
    open.push(message)
    openBytes += lengthBytes(message) + message.length
  }
  close()
  return frames
}

/** The kind of a frame in 1 byte, and the length of a message that fits into one in 3 at most. */
const maxHeadBytes = 4

/** What the length of a message takes as lib0 writes it, 7 bits to a byte. */
const lengthBytes = ({ length }: Uint8Array): number => (length < 0x80 ? 1 : length < 0x4000 ? 2 : 3)

/** In an array of just that size: an encoder would make one after the other, for each of the many short frames. */
const wholeFrame = (messages: readonly Uint8Array[], frameBytes: number): Uint8Array => {
  const frame = new Uint8Array(frameBytes)
  frame[0] = frameKind.whole
  let at = 1
  for (const message of messages) {
    let { length } = message
    for (; length >= 0x80; length >>= 7) frame[at++] = 0x80 | (length & 0x7f)
    frame[at++] = length
    frame.set(message, at)
    at += message.length
  }
  return frame
}

const cut = (message: Uint8Array): Uint8Array[] => {
  const pieces: Uint8Array[] = []
  const step = maxFrameBytes - 1
  for (let start = 0; start < message.length; start += step) {
    const piece = message.subarray(start, start + step)
    const frame = new Uint8Array(piece.length + 1)
    frame[0] = start + step < message.length ? frameKind.piece : frameKind.lastPiece
    frame.set(piece, 1)
    pieces.push(frame)
  }
  return pieces
}

/** The messages that a frame completes, or why it is bad; of a bad frame nothing is taken. */
export type FrameContent =
  | { readonly messages: readonly Uint8Array[] }
  | { readonly bad: 'malformed frame' | 'frame too large' | 'message too large' }

/** Reads the frames of one link, in their order. Holds at most `maxMessageBytes`, and never throws. */
export const createFrameReader = (maxMessageBytes: number): ((frame: Uint8Array) => FrameContent) => {
  let pieces: Uint8Array[] = []
  let pieceBytes = 0
  const forget = () => {
    pieces = []
    pieceBytes = 0
  }
  return frame => {
    if (frame.length > maxFrameBytes) return { bad: 'frame too large' }
    const kind = frame[0]
    if (kind === frameKind.whole) return readWhole(frame)
    if (frame.length < 2 || (kind !== frameKind.piece && kind !== frameKind.lastPiece))
      return { bad: 'malformed frame' }
    pieceBytes += frame.length - 1
    if (pieceBytes > maxMessageBytes) {
      // What is left of the message makes a broken one, and is refused as that.
      forget()
      return { bad: 'message too large' }
    }
    pieces.push(frame.subarray(1))
    if (kind === frameKind.piece) return { messages: [] }
    const message = new Uint8Array(pieceBytes)
    let at = 0
    for (const piece of pieces) {
      message.set(piece, at)
      at += piece.length
    }
    forget()
    return { messages: [message] }
  }
}

const readWhole = (frame: Uint8Array): FrameContent => {
  try {
    const decoder = decoding.createDecoder(frame)
    decoding.readUint8(decoder)
    const messages: Uint8Array[] = []
    while (decoding.hasContent(decoder)) messages.push(decoding.readVarUint8Array(decoder))
    return messages.length > 0 ? { messages } : { bad: 'malformed frame' }
  } catch {
    return { bad: 'malformed frame' }
  }
}
