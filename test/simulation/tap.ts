import type { Link, LinkListener, Transport } from '../../src/transport/transport.js'
import { createFrameReader, packFrames } from '../../src/wire/frames.js'
import { decodeMessage, encodeMessage, type PeerMessage } from '../../src/wire/peer-messages.js'

/** A message that left a room. */
export type Sent = { readonly from: string; readonly to: string; readonly message: PeerMessage }

/** What the messages with updates, and those that ask for state, begin with (SPEC WIRE2). */
const syncType = 0

/** Reads along what goes over the links of a network, and can ask a room for its state. */
export type Tap = {
  /** Every message with an update, or that asks for state, whatever became of it, in order. */
  readonly sent: Sent[]
  readonly wrap: (transport: Transport) => Transport
  /** All that a peer holds, as it gives it to one of these who has nothing. Null if it has no link to one. */
  readonly stateOf: (peerId: string, askers: readonly string[]) => Promise<Uint8Array | null>
}

type Wire = { readonly link: Link; readonly listener: LinkListener }

export const createTap = (): Tap => {
  const sent: Sent[] = []
  const wires = new Map<string, Map<string, Wire>>()

  const wrap = (transport: Transport): Transport => ({
    name: transport.name,
    join: (options, listener) => {
      const own = new Map<string, Wire>()
      wires.set(options.peerId, own)
      return transport.join(options, {
        ...listener,
        onLink: link => {
          const { peerId } = link
          const read = createFrameReader(64 * 1024 * 1024)
          const tapped: Link = {
            peerId,
            get bufferedBytes() {
              return link.bufferedBytes
            },
            close: () => link.close(),
            send: frame => {
              const content = read(frame)
              if ('messages' in content)
                for (const bytes of content.messages) {
                  if (bytes[0] !== syncType) continue
                  const message = decodeMessage(bytes)
                  if (message) sent.push({ from: options.peerId, to: peerId, message })
                }
              link.send(frame)
            },
          }
          const linkListener = listener.onLink(tapped)
          const wire = { link, listener: linkListener }
          own.set(peerId, wire)
          return {
            ...linkListener,
            onClose: () => {
              if (own.get(peerId) === wire) own.delete(peerId)
              linkListener.onClose()
            },
          }
        },
      })
    },
  })

  const stateOf: Tap['stateOf'] = async (peerId, askers) => {
    const own = wires.get(peerId)
    const [wire] = askers.flatMap(id => own?.get(id) ?? [])
    if (!wire) return null
    const from = sent.length
    for (const frame of packFrames([encodeMessage({ type: 'sync-step-1', stateVector: new Uint8Array([0]) })]))
      wire.listener.onMessage(frame)
    // It answers at the end of its turn.
    for (let turn = 0; turn < 5; turn++) await Promise.resolve()
    const answers = sent.slice(from).filter(({ from }) => from === peerId)
    for (const { message } of answers) if (message.type === 'sync-step-2') return message.update
    return null
  }

  return { sent, wrap, stateOf }
}
