import { createMergeableStore, type MergeableChanges } from 'tinybase'
import type { System } from './replica.js'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const toBytes = (value: unknown) => encoder.encode(JSON.stringify(value))

/** Values and cells, of which the last write wins: it has no counter, list or text that merges. */
export const tinybase: System<Uint8Array> = {
  name: 'TinyBase MergeableStore',
  encoding: 'JSON',
  open(peer) {
    const store = createMergeableStore(`peer-${peer}`)
    let written: Uint8Array[] = []
    let isRemote = false
    store.addDidFinishTransactionListener(() => {
      if (!isRemote) written.push(toBytes(store.getTransactionMergeableChanges()))
    })
    return {
      map: {
        set: (key, value) => void store.setValue(key, value),
        toJSON: () => ({ ...store.getValues() }),
      },
      counter: null,
      queue: null,
      text: null,
      takeUpdates() {
        const updates = written
        written = []
        return updates
      },
      apply: updates => {
        isRemote = true
        for (const update of updates)
          store.applyMergeableChanges(JSON.parse(decoder.decode(update)) as MergeableChanges)
        isRemote = false
      },
      encodedBytes: () => toBytes(store.getMergeableContent()).length,
      close: () => {},
    }
  },
}
