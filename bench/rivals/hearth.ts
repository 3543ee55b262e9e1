import { openPeer, stateOf } from '../hearth-peer.js'
import type { System } from './replica.js'

/** The store with all that a write costs in it: limits, the index, and the gate for what others wrote. */
export const hearth: System = {
  name: 'Hearth',
  open(peer) {
    const open = openPeer(peer)
    const { store, replica } = open
    const counter = store.counter('counter')
    const queue = store.list('queue')
    return {
      map: { set: (key, value) => store.set(key, value), toJSON: () => store.getAll() },
      counter: { increment: by => counter.increment(by), toJSON: () => counter.value },
      queue: {
        get length() {
          return queue.items.length
        },
        push: item => queue.push(item),
        shift: () => queue.remove(0),
        toJSON: () => queue.items,
      },
      text: null,
      takeUpdates() {
        const update = replica.takeLocalUpdate()
        return update ? [update] : []
      },
      apply: updates => {
        for (const update of updates) {
          const { outcome } = replica.receive(update, () => true)
          if (outcome !== 'applied') throw new Error(`an update of another peer is ${outcome}`)
        }
      },
      encode: () => stateOf(open),
      close: () => open.close(),
    }
  },
}
