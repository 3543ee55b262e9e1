import type { Candidate, Description } from '../wire/signaling-messages.js'

/** The negotiation of one RTCPeerConnection with its counterpart, for as long as that lives. */
export type Negotiation = {
  /** To dial, or to have done what `restartIce` asks for. Whether one is due is not left to events: Node's have none. */
  offer(): void
  /** Takes what the other side's negotiation sent, in the order in which it was sent. */
  receive(signal: Description | Candidate): void
  /** Sends the offer again, with all candidates found so far, if it still waits for its answer. */
  repeat(): void
}

export type NegotiationOptions = {
  /** Exactly one side is polite: of two offers that cross, the polite side's yields. */
  readonly isPolite: boolean
  send(signal: Description | Candidate): void
  /** The connection cannot be brought about like this. */
  onFailed(): void
}

/**
 * Perfect negotiation: either side may offer at any time, and one connection comes of it. All steps, those of the
 * other side included, run one after the other, so the signaling state that a step sees is the one that counts.
 */
export const negotiate = (connection: RTCPeerConnection, options: NegotiationOptions): Negotiation => {
  let queue = Promise.resolve()
  /** Not read off the connection: Node's makes an offer of its own accord, which nobody hears of. */
  let awaitsAnswer = false
  const enqueue = (step: () => Promise<void> | void): void => {
    queue = queue.then(step).catch(() => {
      // What was under way when the connection closed fails, and that is no news.
      if (connection.signalingState !== 'closed') options.onFailed()
    })
  }

  const sendDescription = (): void => {
    const { type, sdp } = connection.localDescription ?? {}
    if (!sdp || (type !== 'offer' && type !== 'answer')) return
    awaitsAnswer = type === 'offer'
    options.send({ type, sdp })
  }

  /** Makes and sends an offer or an answer, whichever is due. */
  const describe = async (): Promise<void> => {
    await connection.setLocalDescription()
    sendDescription()
  }

  connection.addEventListener('icecandidate', ({ candidate }) => {
    if (!candidate) return
    const { sdpMLineIndex, sdpMid, usernameFragment } = candidate
    const plain = { candidate: candidate.candidate, sdpMLineIndex, sdpMid, usernameFragment }
    // Queued, or it could overtake the description that it belongs to.
    enqueue(() => options.send({ type: 'candidate', candidate: plain }))
  })

  const takeDescription = async (description: Description): Promise<void> => {
    const isOffer = description.type === 'offer'
    // An offer that crossed ours yields to it; an answer that comes a second time has nothing to answer.
    if (isOffer ? awaitsAnswer && !options.isPolite : !awaitsAnswer) return
    awaitsAnswer = false
    await connection.setRemoteDescription(description)
    if (isOffer) await describe()
  }

  const takeCandidate = async ({ candidate }: Candidate): Promise<void> => {
    await connection.addIceCandidate(candidate).catch(() => {
      // It belongs to an offer that yielded. Were it a needed one, no path would be found and time run out.
    })
  }

  return {
    offer: () => enqueue(describe),
    receive: signal => enqueue(() => (signal.type === 'candidate' ? takeCandidate(signal) : takeDescription(signal))),
    repeat: () =>
      enqueue(() => {
        if (awaitsAnswer) sendDescription()
      }),
  }
}
