import * as Automerge from '@automerge/automerge'
import type { System } from './replica.js'

type Content = { map: Record<string, number>; counter: Automerge.Counter; queue: number[]; text: string }

const actor = (peer: number): string => `${peer + 1}`.padStart(32, '0')

/** What all start from: Automerge merges what is inside of objects that were made once, not two that are made at once. */
const first = Automerge.save(
  Automerge.from<Content>({ map: {}, counter: new Automerge.Counter(), queue: [], text: '' }, { actor: actor(-1) }),
)

export const automerge: System<Uint8Array> = {
  name: 'Automerge',
  encoding: 'compressed',
  open(peer) {
    let doc = Automerge.load<Content>(first, { actor: actor(peer) })
    let written: Uint8Array[] = []
    const change = (edit: (content: Content) => void) => {
      doc = Automerge.change(doc, { time: 0 }, edit)
      const made = Automerge.getLastLocalChange(doc)
      if (made) written.push(made)
    }
    return {
      map: {
        set: (key, value) => change(({ map }) => (map[key] = value)),
        toJSON: () => ({ ...doc.map }),
      },
      counter: {
        increment: by => change(({ counter }) => counter.increment(by)),
        toJSON: () => doc.counter.value,
      },
      queue: {
        get length() {
          return doc.queue.length
        },
        push: item => change(({ queue }) => queue.push(item)),
        shift: () => change(({ queue }) => queue.shift()),
        toJSON: () => [...doc.queue],
      },
      text: {
        get length() {
          return doc.text.length
        },
        insert: (at, typed) => change(content => Automerge.splice(content, ['text'], at, 0, typed)),
        remove: at => change(content => Automerge.splice(content, ['text'], at, 1)),
        toJSON: () => doc.text,
      },
      takeUpdates() {
        const updates = written
        written = []
        return updates
      },
      apply: updates => {
        ;[doc] = Automerge.applyChanges(doc, updates)
      },
      encodedBytes: () => Automerge.save(doc).length,
      close: () => Automerge.free(doc),
    }
  },
}
