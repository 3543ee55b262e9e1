import type { Store } from '../actor.js'
import type { Checker } from '../checker.js'
import { sorted } from '../json.js'
import { sharedIn, snapshotOf } from '../record.js'

const known = (store: Store) => sharedIn(snapshotOf(store))

const roundMs = 5000
const maxRounds = 40

export const healing: Checker = {
  name: '[DATA4] [SYNC6] [SESSION9] an update that is lost on its links, one that only deletes as well, is found, and whenDelivered does not resolve before',
  every: 4,
  check: async ({ world, program }) => {
    const { present } = world
    const [author, ...others] = present
    if (!author || others.length === 0) return []
    const store = () => author.room.store
    // So that there is something to delete.
    if (!store().has('r1')) world.write(author, 'lost.prepare', {}, store => store.set('r1', 't0'))
    await world.settle()
    if (!store().has('r1')) return []
    const before = sorted(known(store()))

    await world.stage.faults({ drop: 1 })
    const isDeletion = Math.floor(program.seed / 4) % 2 === 0
    world.write(author, 'lost.write', {}, store => store.set('r1', isDeletion ? null : 't-'))
    await world.settle()
    await world.stage.faults({ drop: 0 })
    world.awaitDelivery(author, 'all')
    await world.settle()
    const [delivery] = world.deliveries.slice(-1)
    if (!delivery) return []
    const faults: string[] = []
    const haveIt = () => others.filter(({ room }) => sorted(known(room.store)) === sorted(known(store())))
    if (sorted(known(store())) === before) return []
    if (haveIt().length > 0) faults.push('it was not lost')
    if (delivery.state !== 'pending') faults.push('it is told as delivered, and was lost')
    for (let round = 0; round < maxRounds && delivery.state === 'pending'; round++) await world.advance(roundMs)
    if (delivery.state !== 'resolved') faults.push('it is never told as delivered')
    if (haveIt().length < others.length) faults.push('it was never found')
    world.count(isDeletion ? 'lost deletions healed' : 'lost writes healed')
    return [...faults, ...delivery.faults]
  },
}
