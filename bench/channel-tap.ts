import { createFrameReader } from '../src/wire/frames.js'
import { decodeMessage } from '../src/wire/peer-messages.js'

/** What left over the data channels of a page so far. */
export type Tally = {
  readonly bytes: number
  /** Sends by what the frame held: the kinds of its messages, each once, in alphabetical order, joined by '+'. */
  readonly sends: Readonly<Record<string, number>>
}

/** The kinds of the messages in a frame that leaves over this channel. */
export type ReadFrame = (frame: Uint8Array, channel: RTCDataChannel) => readonly string[]

/**
 * Counts every send of this page. It wraps the prototype, so that no send escapes whoever made the channel: call it
 * before there is one. The result tells the count at the time.
 */
export const tapChannels = (readFrame: ReadFrame): (() => Tally) => {
  const sends: Record<string, number> = {}
  let bytes = 0
  const native = Reflect.get(RTCDataChannel.prototype, 'send') as (data: unknown) => void
  Reflect.set(RTCDataChannel.prototype, 'send', function (this: RTCDataChannel, data: unknown) {
    const frame = toBytes(data)
    const content = [...new Set(readFrame(frame, this))].sort().join('+')
    sends[content] = (sends[content] ?? 0) + 1
    bytes += frame.length
    Reflect.apply(native, this, [data])
  })
  return () => ({ bytes, sends: { ...sends } })
}

const toBytes = (data: unknown): Uint8Array => {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  return new TextEncoder().encode(String(data))
}

/** Hearth's frames (SPEC WIRE). A piece of a long message counts as what it is only once the message is whole. */
export const hearthFrames = (): ReadFrame => {
  const readers = new WeakMap<RTCDataChannel, ReturnType<typeof createFrameReader>>()
  return (frame, channel) => {
    const reader = readers.get(channel) ?? createFrameReader(Number.MAX_SAFE_INTEGER)
    readers.set(channel, reader)
    const content = reader(frame)
    if ('bad' in content) return ['unknown']
    if (content.messages.length === 0) return ['piece']
    return content.messages.map(message => decodeMessage(message)?.type ?? 'unknown')
  }
}

/** y-webrtc's frames: one message each, whose first byte is its kind and whose second, for sync, which step. */
export const yWebrtcFrames = (): ReadFrame => {
  const kinds = ['sync', 'awareness', 'auth', 'query-awareness', 'broadcast-channel-peer']
  const steps = ['sync-step-1', 'sync-step-2', 'update']
  return ([kind = -1, step = -1]) => [(kind === 0 ? steps[step] : kinds[kind]) ?? 'unknown']
}
