import { openPeer, receive, stateOf, takeWritten, textBytesOf, type Written } from '../hearth-peer.js'
import type { System } from './replica.js'

/** The store with all that a write costs in it: limits, the index, and the gate for what others wrote. */
export const hearth: System<Written> = {
  name: 'Hearth',
  open(peer) {
    const open = openPeer(peer)
    const { store } = open
    const counter = store.counter('counter')
    const queue = store.list('queue')
    const text = store.text('text')
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
      text: {
        get length() {
          return text.length
        },
        insert: (at, typed) => text.insert(at, typed),
        remove: at => text.delete(at, 1),
        toJSON: () => store.get('text'),
      },
      takeUpdates() {
        const written = takeWritten(open)
        return written ? [written] : []
      },
      apply: written => {
        for (const each of written) receive(open, each)
      },
      encodedBytes: () => stateOf(open).length + textBytesOf(open),
      close: () => open.close(),
    }
  },
}
