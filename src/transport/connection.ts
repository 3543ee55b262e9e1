import type { Clock } from '../clock.js'
import type { Hangup } from '../wire/signaling-messages.js'
import type { PeerSignal } from './topic.js'
import { maxBufferedBytes, type Link, type LinkListener } from './transport.js'

/**
 * One connection with one peer and the one data channel in it. It opens once at most and ends once. Each has an
 * epoch, counted upwards by the peer that made it; signals name it, so that what was meant for an earlier
 * connection never reaches a later one.
 */
export type Connection = {
  readonly isOpen: boolean
  /** Whether the other side has taken part yet. */
  readonly isAnswered: boolean
  /**
   * What a signal is to this connection: its own; the first of a newer one, which takes its place; an offer that
   * crossed the one made here and yields to it; or none of its business.
   */
  judge(signal: PeerSignal): 'own' | 'newer' | 'crossed' | 'stale'
  receive(signal: PeerSignal): void
  /** For when the other side seems not to have heard the offer: sends it again if it was not answered. */
  repeatOffer(): void
  /** The farewell is for the other side, which may not notice by itself for a while. Idempotent. */
  close(farewell?: Hangup): void
}

export type ConnectionOptions = {
  readonly peerId: string
  readonly epoch: number
  /** The epoch of the offer that this connection answers; none when it is this side that dials. */
  readonly remoteEpoch: number | undefined
  readonly isPolite: boolean
  /** Nobody else is linked or about to be; told to the other side in the first offer. */
  readonly isAlone: boolean
  readonly clock: Clock
  send(signal: PeerSignal): void
}

export type ConnectionListener = {
  onOpen(link: Link): LinkListener
  /** Called once, however it ended, after the `onClose` of its link if it was open. */
  onEnd(end: ConnectionEnd): void
}

/** How far it had come when it ended: never open, open without a word from the other side, or in use. */
export type ConnectionEnd = 'unopened' | 'silent' | 'heard'

/** The life of a data channel: connecting, open, closed. */
export type ChannelLife = {
  readonly state: 'connecting' | 'open' | 'closed'
  /** Ends it unless it opens, or `keep` is called, in time. */
  endAfter(delayMs: number): void
  keep(): void
  /** Idempotent. */
  end(farewell?: Hangup): void
}

/** Below the channel: what ends with it. */
export type ChannelGround = {
  bidFarewell(farewell: Hangup): void
  destroy(): void
}

const connectTimeoutMs = 10_000

/** Makes a link of a channel that is connecting. */
export const watchChannel = (
  channel: RTCDataChannel,
  { peerId, clock }: Pick<ConnectionOptions, 'peerId' | 'clock'>,
  ground: ChannelGround,
  listener: ConnectionListener,
): ChannelLife => {
  let state: ChannelLife['state'] = 'connecting'
  let hasHeard = false
  /** Null until `onOpen` has returned it. */
  let user: LinkListener | null = null
  let keep = (): void => {}
  const isClosed = (): boolean => state === 'closed'

  const end = (farewell?: Hangup): void => {
    if (isClosed()) return
    if (farewell) ground.bidFarewell(farewell)
    const reached = state === 'connecting' ? 'unopened' : hasHeard ? 'heard' : 'silent'
    const told = user
    state = 'closed'
    user = null
    keep()
    ground.destroy()
    told?.onClose()
    listener.onEnd(reached)
  }
  const lose = (): void => end({ type: 'hangup' })

  const endAfter = (delayMs: number): void => {
    keep()
    keep = clock.schedule(lose, delayMs)
  }

  const link: Link = {
    peerId,
    get bufferedBytes() {
      return state === 'open' ? channel.bufferedAmount : 0
    },
    send: frame => {
      if (state !== 'open') return
      try {
        channel.send(frame as Uint8Array<ArrayBuffer>)
      } catch {
        // Closing already, or its queue is full: this frame is missing, and no other may follow it.
        lose()
      }
    },
    close: lose,
  }

  channel.binaryType = 'arraybuffer'
  channel.bufferedAmountLowThreshold = maxBufferedBytes / 2
  channel.addEventListener('open', () => {
    if (state !== 'connecting') return
    keep()
    state = 'open'
    const opened = listener.onOpen(link)
    // The user may have closed the link before it could say whom to tell.
    if (isClosed()) opened.onClose()
    else user = opened
  })
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (!(data instanceof ArrayBuffer)) return
    hasHeard = true
    user?.onMessage(new Uint8Array(data))
  })
  channel.addEventListener('bufferedamountlow', () => user?.onDrain())
  channel.addEventListener('close', lose)
  endAfter(connectTimeoutMs)

  return {
    get state() {
      return state
    },
    endAfter,
    keep: () => keep(),
    end,
  }
}
