import { SessionError } from '../errors.js'
import { createFrameReader } from '../wire/frames.js'
import { decodeMessage, type PeerMessage } from '../wire/peer-messages.js'
import { createBudget } from './budget.js'

/** Bad input that a link may bring before it is cut off. An honest peer brings none. */
export const maxStrikes = 10

/** What a link may cost: a hundred times what people do, a fraction of what would hurt. */
export const linkBudget = { burst: 8 * 1024 * 1024, perSecond: 2 * 1024 * 1024 }
/** What an honest sender allows itself, so that bursts put together by the network stay within `linkBudget`. */
export const senderBudget = { burst: 4 * 1024 * 1024, perSecond: 1024 * 1024 }
/** What a message costs beside its bytes. */
export const messageCost = 256
/** What asking for state costs: it makes the asked one do the work. */
const askCost = 16 * 1024

export type GateOptions = {
  readonly peerId: string
  readonly maxMessageBytes: number
  readonly now: () => number
  onError(error: SessionError): void
  /** Told once; nothing passes from then on. */
  onCutOff(): void
}

/**
 * The one way in for what a link brings. What is malformed, oversized, unknown or over budget is counted,
 * reported and ignored; a link that keeps bringing it is cut off. Never throws.
 */
export type Gate = {
  /** The messages of a frame that are well-formed and within the budget, each at the moment when it is its turn. */
  read(frame: Uint8Array): Iterable<PeerMessage>
  /** Counts something that turned out bad later. */
  blame(reason: string): void
}

export const createGate = (options: GateOptions): Gate => {
  const readFrame = createFrameReader(options.maxMessageBytes)
  const budget = createBudget({ ...linkBudget, now: options.now })
  let count = 0

  const blame = (reason: string) => {
    if (count >= maxStrikes) return
    count++
    const { peerId } = options
    options.onError(
      new SessionError('bad-input', `The link to ${peerId} brought bad input: ${reason}.`, { peerId, reason, count }),
    )
    if (count < maxStrikes) return
    options.onError(new SessionError('cut-off', `${peerId} kept sending bad input and was cut off.`, { peerId, count }))
    options.onCutOff()
  }

  return {
    blame,
    *read(frame) {
      const content = readFrame(frame)
      if ('bad' in content) return blame(content.bad)
      for (const bytes of content.messages) {
        if (count >= maxStrikes) return
        const message = decodeMessage(bytes)
        if (message === null) blame('malformed or unknown message')
        else if (!budget.take(costOf(message, bytes.length))) blame('over the budget of a link')
        else yield message
      }
    },
  }
}

/** Updates are free: only so much fits into the store, and the sender waits for the link. */
const costOf = ({ type }: PeerMessage, bytes: number): number => {
  if (type === 'update' || type === 'sync-step-2') return messageCost
  return bytes + (type === 'sync-step-1' || type === 'check' ? askCost : messageCost)
}
