import { watchChannel, type Connection, type ConnectionListener, type ConnectionOptions } from './connection.js'
import { negotiate } from './negotiation.js'
import type { PeerSignal } from './topic.js'

/** A restart of ICE that finds a way does so within this. */
const restartTimeoutMs = 5000

/** A connection over `native`, which nobody else has touched and which ends with it. */
export const openNativeConnection = (
  native: RTCPeerConnection,
  options: ConnectionOptions,
  listener: ConnectionListener,
): Connection => {
  const { epoch, isPolite } = options
  let { remoteEpoch } = options

  const send = (signal: PeerSignal['signal']): void => {
    const of = remoteEpoch !== undefined && { of: remoteEpoch }
    const alone = options.isAlone && signal.type === 'offer' && { alone: true }
    if (life.state !== 'closed') options.send({ epoch, ...of, ...alone, signal })
  }

  // Agreed on in advance: of a channel that one side opens and the other listens for, there can come to be two.
  const channel = native.createDataChannel('', { negotiated: true, id: 0 })
  const ground = { bidFarewell: send, destroy: () => native.close() }
  const life = watchChannel(channel, options, ground, listener)
  const lose = (): void => life.end({ type: 'hangup' })

  const negotiation = negotiate(native, { isPolite, send, onFailed: lose })
  if (remoteEpoch === undefined) negotiation.offer()

  /** False where it cannot be done, as in Node. */
  const restartIce = (): boolean => {
    try {
      native.restartIce()
    } catch {
      return false
    }
    negotiation.offer()
    life.endAfter(restartTimeoutMs)
    return true
  }

  native.addEventListener('connectionstatechange', () => {
    switch (native.connectionState) {
      case 'connected':
        if (life.state === 'open') life.keep()
        return
      case 'disconnected':
        // A peer that changes networks is heard no more by the old way, and gives it up only much later.
        if (life.state === 'open') restartIce()
        return
      case 'failed':
        if (life.state === 'connecting' || !restartIce()) lose()
        return
      case 'closed':
        lose()
        return
      case 'new':
      case 'connecting':
    }
  })

  return {
    get isOpen() {
      return life.state === 'open'
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
      if (signal.type === 'hangup') life.end()
      else negotiation.receive(signal)
    },
    repeatOffer: () => negotiation.repeat(),
    close: farewell => life.end(farewell),
  }
}
