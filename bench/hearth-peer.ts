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

/** What a newcomer is sent: everything. */
export function stateOf({ replica }: OpenStore): Uint8Array {
  const state = replica.updateSince(new Uint8Array([0]))
  if (!state) throw new Error('an empty state vector must be readable')
  return state
}

/** Gives each peer what the others wrote since this was last done. */
export function exchange(room: readonly OpenStore[]): void {
  const written = room.map(({ replica }) => replica.takeLocalUpdate())
  for (const [to, { replica }] of room.entries())
    for (const [from, update] of written.entries()) {
      if (from === to || !update) continue
      const { outcome } = replica.receive(update, () => true)
      if (outcome !== 'applied') throw new Error(`what peer ${from} wrote is ${outcome} at peer ${to}`)
    }
}
