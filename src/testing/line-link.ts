import type { Clock } from '../clock.js'
import type { Link } from '../transport/transport.js'
import { createFrameReader } from '../wire/frames.js'
import { decodeMessage } from '../wire/peer-messages.js'
import { drawFate, type Faults } from './faults.js'
import type { Note } from './trace.js'

export type LineLinkOptions = {
  /** The peer at this end. */
  readonly from: string
  readonly clock: Clock
  readonly random: () => number
  faults(): Faults
  readonly note: Note
  /** The last message set out. */
  onBye(): void
}

/**
 * One end of a link, with what befalls messages that leave here. Faults work on whole messages, never on frames: half
 * a long message, or a link that goes on without its hello, is nothing that an honest peer could send, and its link
 * would be blamed for what the network did. So frames are put together here, and a hello sets out at once.
 */
export type LineLink = {
  /** What the room sends into. */
  readonly link: Link
  /** What was to be overtaken, and was not, sets out; false if there was nothing. */
  release(): boolean
  /** What is late sets out. A link that lost something, or had it overtaken, closes, to be dialled anew. */
  mend(): void
  /** The link has ended. */
  stop(): void
}

type Late = { readonly bytes: Uint8Array; readonly cancel: () => void }

export const createLineLink = (link: Link, options: LineLinkOptions): LineLink => {
  const read = createFrameReader(Infinity)
  const late = new Set<Late>()
  let overtaken: Uint8Array[] = []
  let isDisturbed = false

  const nameOf = (bytes: Uint8Array) => decodeMessage(bytes)?.type ?? 'unknown'
  const note = (type: 'sent' | 'dropped' | 'duplicated' | 'overtaken' | 'delayed', bytes: Uint8Array) =>
    options.note({ type, from: options.from, to: link.peerId, message: nameOf(bytes), bytes: bytes.length })

  const setOut = (bytes: Uint8Array) => {
    note('sent', bytes)
    link.send(bytes)
    if (nameOf(bytes) === 'bye') options.onBye()
  }
  const release = () => {
    const passed = overtaken
    overtaken = []
    passed.forEach(setOut)
    return passed.length > 0
  }
  const pass = (bytes: Uint8Array) => {
    setOut(bytes)
    release()
  }
  const delay = (bytes: Uint8Array, delayMs: number) => {
    note('delayed', bytes)
    const cancel = options.clock.schedule(() => {
      late.delete(item)
      pass(bytes)
    }, delayMs)
    const item = { bytes, cancel }
    late.add(item)
  }
  const befall = (bytes: Uint8Array) => {
    const fate = drawFate(options.faults(), options.random)
    if (fate.kind === 'dropped') {
      isDisturbed = true
      return note('dropped', bytes)
    }
    if (fate.copies.length > 1) note('duplicated', bytes)
    for (const { delayMs, isOvertaken } of fate.copies)
      if (delayMs > 0) delay(bytes, delayMs)
      else if (isOvertaken) {
        isDisturbed = true
        note('overtaken', bytes)
        overtaken.push(bytes)
      } else pass(bytes)
  }

  return {
    link: {
      peerId: link.peerId,
      get bufferedBytes() {
        return link.bufferedBytes
      },
      send: frame => {
        const content = read(frame)
        if ('messages' in content)
          for (const bytes of content.messages)
            if (nameOf(bytes) === 'hello') pass(bytes)
            else befall(bytes)
      },
      close: () => link.close(),
    },
    release,
    mend: () => {
      release()
      for (const { bytes, cancel } of late) {
        cancel()
        setOut(bytes)
      }
      late.clear()
      if (isDisturbed) link.close()
    },
    stop: () => {
      for (const { cancel } of late) cancel()
      late.clear()
      overtaken = []
    },
  }
}
