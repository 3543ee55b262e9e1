import { packFrames } from '../wire/frames.js'

/** What sync needs of a link; the transport's own type has it. */
export type SyncLink = {
  readonly peerId: string
  readonly bufferedBytes: number
  send(frame: Uint8Array): void
  close(): void
}

/**
 * What is to leave over one link: messages are collected during a turn and packed on `flush`. While the link is
 * full, frames wait here; `isCongested` tells those who have something that can be had later to hold it back.
 */
export type Outbox = {
  readonly isCongested: boolean
  /** Bytes of frames that wait for the link to take more. */
  readonly waitingBytes: number
  queue(message: Uint8Array): void
  /** Packs what was queued, and sends as much as the link takes. */
  flush(): void
  /** Sends this ahead of all that waits. For the last word. */
  sendNow(message: Uint8Array): void
}

export const createOutbox = (link: SyncLink, maxBufferedBytes: number): Outbox => {
  let messages: Uint8Array[] = []
  const frames: Uint8Array[] = []
  const isFull = () => link.bufferedBytes > maxBufferedBytes
  return {
    get isCongested() {
      return frames.length > 0 || isFull()
    },
    get waitingBytes() {
      return frames.reduce((sum, frame) => sum + frame.length, 0)
    },
    queue: message => void messages.push(message),
    flush: () => {
      // As for most links at the end of most turns.
      if (messages.length === 0 && frames.length === 0) return
      frames.push(...packFrames(messages))
      messages = []
      let sent = 0
      for (const frame of frames) {
        if (isFull()) break
        link.send(frame)
        sent++
      }
      frames.splice(0, sent)
    },
    sendNow: message => packFrames([message]).forEach(frame => link.send(frame)),
  }
}
