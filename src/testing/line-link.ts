import type { Clock } from '../clock.js'
import type { Link } from '../transport/transport.js'
import { createFrameReader } from '../wire/frames.js'
import { typeOf } from '../wire/peer-messages.js'
import { drawFate, type Faults } from './faults.js'
import type { Note } from './trace.js'

export type LineLinkOptions = {
  /** The peer at this end. */
  readonly from: string
  readonly clock: Clock
  readonly random: () => number
  faults(): Faults
  readonly note: Note
  /** The last message set out, or was lost. */
  onBye(): void
}

/**
 * One end of a link, with what befalls messages that leave here. Faults work on whole messages, never on frames: half
 * a long message, or a link that goes on without its hello, is nothing that an honest peer could send, and its link
 * would be blamed for what the network did. So frames are put together here. A hello sets out at once; a bye can be
 * lost, but takes along what is late, so that leaving never waits for time to pass.
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

/** The `nth` message of its link. */
type Item = { readonly bytes: Uint8Array; readonly nth: number }

export const createLineLink = (link: Link, options: LineLinkOptions): LineLink => {
  const read = createFrameReader(Infinity)
  const late = new Map<Item, () => void>()
  let overtaken: Item[] = []
  let count = 0
  let lastSent = 0
  let isDisturbed = false

  const note = (type: 'sent' | 'dropped' | 'duplicated' | 'overtaken' | 'delayed', { bytes }: Item) =>
    options.note({
      type,
      from: options.from,
      to: link.peerId,
      message: typeOf(bytes) ?? 'unknown',
      bytes: bytes.length,
    })

  const setOut = (item: Item) => {
    note('sent', item)
    isDisturbed ||= item.nth < lastSent
    lastSent = Math.max(lastSent, item.nth)
    link.send(item.bytes)
  }
  const release = () => {
    const passed = overtaken
    overtaken = []
    passed.forEach(setOut)
    return passed.length > 0
  }
  const pass = (item: Item) => {
    setOut(item)
    release()
  }
  const hold = (item: Item) => {
    note('overtaken', item)
    overtaken.push(item)
  }
  const delay = (item: Item, delayMs: number, depart: (item: Item) => void) => {
    note('delayed', item)
    const run = () => {
      late.delete(copy)
      depart(item)
    }
    const copy = { ...item }
    late.set(copy, options.clock.schedule(run, delayMs))
  }
  const drop = (item: Item) => {
    isDisturbed = true
    note('dropped', item)
  }
  const hurry = () => {
    for (const [item, cancel] of late) {
      cancel()
      setOut(item)
    }
    late.clear()
    release()
  }

  const befall = (item: Item) => {
    const fate = drawFate(options.faults(), options.random)
    if (fate.kind === 'dropped') return drop(item)
    if (fate.copies.length > 1) note('duplicated', item)
    for (const { delayMs, isOvertaken } of fate.copies) {
      const depart = isOvertaken ? hold : pass
      if (delayMs > 0) delay(item, delayMs, depart)
      else depart(item)
    }
  }
  const endWith = (bye: Item) => {
    hurry()
    if (drawFate(options.faults(), options.random).kind === 'dropped') drop(bye)
    else setOut(bye)
    options.onBye()
  }
  const accept = (bytes: Uint8Array) => {
    const item = { bytes, nth: ++count }
    const name = typeOf(bytes)
    if (name === 'hello') setOut(item)
    else if (name === 'bye') endWith(item)
    else befall(item)
  }

  return {
    link: {
      peerId: link.peerId,
      get bufferedBytes() {
        return link.bufferedBytes
      },
      send: frame => {
        const content = read(frame)
        if ('messages' in content) content.messages.forEach(accept)
      },
      close: () => link.close(),
    },
    release,
    mend: () => {
      hurry()
      if (isDisturbed) link.close()
    },
    stop: () => {
      for (const cancel of late.values()) cancel()
      late.clear()
      overtaken = []
    },
  }
}
