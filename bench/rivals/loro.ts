import { LoroDoc } from 'loro-crdt'
import type { System } from './replica.js'

export const loro: System<Uint8Array> = {
  name: 'Loro',
  encoding: 'snapshot',
  open(peer) {
    const doc = new LoroDoc()
    doc.setPeerId(BigInt(1_000_000_000 + peer))
    let written: Uint8Array[] = []
    const stop = doc.subscribeLocalUpdates(update => void written.push(update))
    const map = doc.getMap('map')
    const counter = doc.getCounter('counter')
    const queue = doc.getList('queue')
    const text = doc.getText('text')
    return {
      map: {
        set: (key, value) => {
          map.set(key, value)
          doc.commit()
        },
        toJSON: () => map.toJSON(),
      },
      counter: {
        increment: by => {
          counter.increment(by)
          doc.commit()
        },
        toJSON: () => counter.value,
      },
      queue: {
        get length() {
          return queue.length
        },
        push: item => {
          queue.push(item)
          doc.commit()
        },
        shift: () => {
          queue.delete(0, 1)
          doc.commit()
        },
        toJSON: () => queue.toJSON(),
      },
      text: {
        get length() {
          return text.length
        },
        insert: (at, typed) => {
          text.insert(at, typed)
          doc.commit()
        },
        remove: at => {
          text.delete(at, 1)
          doc.commit()
        },
        toJSON: () => text.toString(),
      },
      takeUpdates() {
        const updates = written
        written = []
        return updates
      },
      apply: updates => void doc.importBatch(updates),
      encodedBytes: () => doc.export({ mode: 'snapshot' }).length,
      close: () => {
        stop()
        doc.free()
      },
    }
  },
}
