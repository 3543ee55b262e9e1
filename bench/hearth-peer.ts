import { systemClock } from '../src/clock.js'
import { defaultLimits } from '../src/store/limits.js'
import { openStore, type OpenStore } from '../src/store/session-store.js'
import { createRandom } from '../test/support/random.js'

/** The store of one peer, network apart. */
export const openPeer = (peer: number): OpenStore =>
  openStore({
    peerId: `peer-${peer}`,
    writer: 1_000_000_000 + peer,
    limits: defaultLimits,
    clock: systemClock,
    random: createRandom(peer),
    onError: error => {
      throw error
    },
  })

/** What one peer wrote, as it goes to others: in its log, and in texts. */
export type Written = {
  readonly update: Uint8Array
  readonly texts: ReturnType<OpenStore['replica']['texts']['takeLocalUpdates']>
}

/** What a peer wrote since this was last asked; null if nothing. */
export function takeWritten({ replica }: OpenStore): Written | null {
  const update = replica.takeLocalUpdate()
  return update && { update, texts: replica.texts.takeLocalUpdates() }
}

/** @throws Error if it is not taken */
export function receive({ replica }: OpenStore, { update, texts }: Written): void {
  const { outcome } = replica.receive(update, () => true, undefined, texts)
  if (outcome !== 'applied' || replica.texts.isWaiting) throw new Error(`what another peer wrote is ${outcome}`)
}

/** Gives each peer what the others wrote since this was last done. */
export function exchange(room: readonly OpenStore[]): void {
  const written = room.map(takeWritten)
  for (const [to, open] of room.entries())
    for (const [from, each] of written.entries()) if (from !== to && each) receive(open, each)
}

/** What a newcomer is sent of the logs: all but the texts. */
export function stateOf({ replica }: OpenStore): Uint8Array {
  const state = replica.updateSince(new Uint8Array([0]))
  if (!state) throw new Error('an empty state vector must be readable')
  return state
}

/** The encoded bytes of the documents of texts. */
export const textBytesOf = ({ replica }: OpenStore): number =>
  replica.texts.updatesSince([]).reduce((sum, { bytes }) => sum + bytes.length, 0)
