/**
 * How messages travel in frames (SPEC WIRE): a frame holds either whole messages, each with its length before it,
 * or one piece of a message that does not fit. Frames with whole messages may come between two pieces.
 */

import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

/** The largest frame a link has to carry, in bytes. */
export const maxFrameBytes = 16 * 1024

const frameKind = { whole: 0, piece: 1, lastPiece: 2 } as const

/** Packs encoded messages into as few frames as their order allows. */
export const packFrames = (messages: readonly Uint8Array[]): Uint8Array[] => {
  const frames: Uint8Array[] = []
  let open = encoding.createEncoder()
  const close = () => {
    if (encoding.length(open) > 0) frames.push(encoding.toUint8Array(open))
    open = encoding.createEncoder()
  }
  for (const message of messages) {
    // At most 1 byte for the kind and 3 for the length.
    if (message.length + 4 > maxFrameBytes) {
      close()
      frames.push(...cut(message))
      continue
    }
    if (encoding.length(open) + message.length + 4 > maxFrameBytes) close()
    if (encoding.length(open) === 0) encoding.writeUint8(open, frameKind.whole)
    encoding.writeVarUint8Array(open, message)
  }
  close()
  return frames
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
