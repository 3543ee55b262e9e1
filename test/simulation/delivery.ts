import type { Actor } from './actor.js'
import { missingAt } from './losses.js'
import type { World } from './world.js'

/** One call of `whenDelivered`, and what was not there when it resolved. */
export type Delivery = {
  readonly by: Actor
  readonly to: 'all' | 'any'
  state: 'pending' | 'resolved' | 'rejected'
  readonly faults: string[]
}

/** Longer than any program takes, so that it is not rejected for want of time. */
const timeoutMs = 24 * 3_600_000

export const askForDelivery = (world: World, by: Actor, to: 'all' | 'any'): Delivery => {
  const delivery: Delivery = { by, to, state: 'pending', faults: [] }
  const asked = new Set(by.room.peers.map(({ id }) => id))
  const written = world.records.filter(({ actor, error }) => actor === by && error === null)
  world.count('whenDelivered asked')
  const resolved = () => {
    delivery.state = 'resolved'
    world.count('whenDelivered resolved')
    const holders = world.present.filter(
      ({ room: { self } }) =>
        by.room.peers.some(({ id }) => id === self.id) && (delivery.to === 'any' || asked.has(self.id)),
    )
    const missing = holders.map(actor => ({ actor, lacks: missingAt(actor.room.store, written, world.records) }))
    // One who has it may just have left, or crashed, of which no word has come yet.
    const isGone = by.room.peers.some(({ id }) => !holders.some(({ room }) => room.self.id === id))
    if (to === 'any' && (isGone || missing.some(({ lacks }) => lacks.length === 0))) return
    for (const { actor, lacks } of missing)
      for (const lack of lacks) delivery.faults.push(`${by.name} was told that ${actor.name} has it: ${lack}`)
  }
  const rejected = () => {
    delivery.state = 'rejected'
  }
  by.room.store.whenDelivered({ to, timeoutMs }).then(resolved, rejected)
  return delivery
}
