import type { Clock } from '../clock.js'
import type { Hangup } from '../wire/signaling-messages.js'
import type { PeerSignal } from './topic.js'
import { negotiate } from './negotiation.js'
import { maxBufferedBytes, type Link, type LinkListener } from './transport.js'

/**
 * One RTCPeerConnection with one peer and the one data channel in it. It opens once at most and closes once. Each
 * has an epoch, counted upwards by the peer that made it; signals name it, so that what was meant for an earlier
 * connection never reaches a later one.
 */
export type Connection = {
  readonly link: Link
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
  /** Told to the other side in the first offer. */
  readonly isAlone: boolean
  readonly clock: Clock
  send(signal: PeerSignal): void
}

export type ConnectionListener = {
  onOpen(link: Link): LinkListener
  /** Called once, however it ended, after the `onClose` of its link if it was open. */
  onEnd(wasOpen: boolean): void
}

const connectTimeoutMs = 10_000
/** ICE has given up; a restart that finds a new path does so within this. */
const restartTimeoutMs = 5000

export const openConnection = (
  native: RTCPeerConnection,
  options: ConnectionOptions,
  listener: ConnectionListener,
): Connection => {
  const { epoch, isPolite, clock } = options
  let { remoteEpoch } = options
  let state: 'connecting' | 'open' | 'closed' = 'connecting'
  /** Null until `onOpen` has returned it. */
  let user: LinkListener | null = null
  let cancelTimeout = (): void => {}
  const isClosed = (): boolean => state === 'closed'

  const send = (signal: PeerSignal['signal']): void => {
    const of = remoteEpoch !== undefined && { of: remoteEpoch }
    const alone = options.isAlone && signal.type === 'offer' && { alone: true }
    if (state !== 'closed') options.send({ epoch, ...of, ...alone, signal })
  }

  const close = (farewell?: Hangup): void => {
    if (state === 'closed') return
    if (farewell) send(farewell)
    const wasOpen = state === 'open'
    const told = user
    state = 'closed'
    user = null
    cancelTimeout()
    native.close()
    told?.onClose()
    listener.onEnd(wasOpen)
  }
  const lose = (): void => close({ type: 'hangup' })

  const loseAfter = (delayMs: number): void => {
    cancelTimeout()
    cancelTimeout = clock.schedule(lose, delayMs)
  }
  loseAfter(connectTimeoutMs)

  const negotiation = negotiate(native, {
    isPolite,
    send,
    onFailed: lose,
  })

  // Agreed on in advance: of a channel that one side opens and the other listens for, there can come to be two.
  const channel = native.createDataChannel('', { negotiated: true, id: 0 })
  channel.binaryType = 'arraybuffer'
  channel.bufferedAmountLowThreshold = maxBufferedBytes / 2
  if (remoteEpoch === undefined) negotiation.offer()

  const link: Link = {
    peerId: options.peerId,
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

  channel.addEventListener('open', () => {
    if (state !== 'connecting') return
    cancelTimeout()
    state = 'open'
    const opened = listener.onOpen(link)
    // The user may have closed the link before it could say whom to tell.
    if (isClosed()) opened.onClose()
    else user = opened
  })
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (data instanceof ArrayBuffer) user?.onMessage(new Uint8Array(data))
  })
  channel.addEventListener('bufferedamountlow', () => user?.onDrain())
  channel.addEventListener('close', lose)

  const restartIce = (): void => {
    try {
      native.restartIce()
      negotiation.offer()
    } catch {
      // Node's cannot.
      lose()
    }
  }

  native.addEventListener('connectionstatechange', () => {
    const { connectionState } = native
    if (connectionState === 'connected' && state === 'open') cancelTimeout()
    if (connectionState === 'closed' || (connectionState === 'failed' && state === 'connecting')) lose()
    if (connectionState === 'failed' && state === 'open') {
      loseAfter(restartTimeoutMs)
      restartIce()
    }
  })

  return {
    link,
    get isOpen() {
      return state === 'open'
    },
    get isAnswered() {
      return remoteEpoch !== undefined
    },
    judge: ({ epoch: theirs, of, signal }) => {
      if (of !== undefined && of !== epoch) return 'stale'
      if (of === epoch || theirs === remoteEpoch) return 'own'
      if (signal.type !== 'offer') return 'stale'
      // Two first offers crossed: the polite side takes the other one up, and drops its own.
      if (remoteEpoch === undefined) return isPolite ? 'own' : 'crossed'
      return theirs > remoteEpoch ? 'newer' : 'stale'
    },
    receive: ({ epoch: theirs, signal }) => {
      remoteEpoch ??= theirs
      if (signal.type === 'hangup') close()
      else negotiation.receive(signal)
    },
    repeatOffer: () => negotiation.repeat(),
    close,
  }
}
