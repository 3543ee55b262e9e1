import * as Y from 'yjs'
import type { System } from './replica.js'

/** The shared types as an app uses them: also what a plain y-webrtc app holds. */
export const yjs: System<Uint8Array> = {
  name: 'Yjs',
  open(peer) {
    const doc = new Y.Doc()
    doc.clientID = 1_000_000_000 + peer
    let written: Uint8Array[] = []
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'remote') written.push(update)
    })
    const queue = doc.getArray<number>('queue')
    const text = doc.getText('text')
    return {
      map: doc.getMap<number>('map'),
      counter: null,
      queue: {
        get length() {
          return queue.length
        },
        push: item => queue.push([item]),
        shift: () => queue.delete(0),
        toJSON: () => queue.toJSON(),
      },
      text: {
        get length() {
          return text.length
        },
        insert: (at, typed) => text.insert(at, typed),
        remove: at => text.delete(at, 1),
        toJSON: () => text.toJSON(),
      },
      takeUpdates() {
        const updates = written
        written = []
        return updates.length > 1 ? [Y.mergeUpdates(updates)] : updates
      },
      apply: updates => {
        for (const update of updates) Y.applyUpdate(doc, update, 'remote')
      },
      encodedBytes: () => Y.encodeStateAsUpdate(doc).length,
      close: () => doc.destroy(),
    }
  },
}
