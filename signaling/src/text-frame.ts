/** A text message, and how it goes over the wire. */
export type TextFrame = {
  readonly text: string
  /** Of the text alone. */
  readonly payloadBytes: number
  /** All of it, to be written as it is. */
  readonly bytes: Buffer
}

/**
 * A text message as a server sends it (RFC 6455, 5.2): one frame, not masked. Made once and written to each stream: ws
 * would make it anew for each of the sockets that it is for, which takes a third of the time that relaying takes.
 */
export const encodeTextFrame = (text: string): TextFrame => {
  const payloadBytes = Buffer.byteLength(text)
  const headBytes = payloadBytes < 126 ? 2 : payloadBytes < 65_536 ? 4 : 10
  const bytes = Buffer.allocUnsafe(headBytes + payloadBytes)
  // The first fragment of a text, and the last.
  bytes[0] = 0x81
  if (headBytes === 2) bytes[1] = payloadBytes
  else if (headBytes === 4) {
    bytes[1] = 126
    bytes.writeUInt16BE(payloadBytes, 2)
  } else {
    bytes[1] = 127
    bytes.writeBigUInt64BE(BigInt(payloadBytes), 2)
  }
  bytes.write(text, headBytes)
  return { text, payloadBytes, bytes }
}
