import * as Y from 'yjs'
import { defaultLimits } from '../../src/store/limits.js'
import { openStore } from '../../src/store/session-store.js'

/** A store that nobody writes in: it takes updates in whatever order they come. */
export type Reader = {
  take(update: Uint8Array): void
  /** Tries what waits, for as long as something is taken. */
  retry(): void
  readonly waiting: number
  state(): string
  vector(): string
}

export const createReader = (): Reader => {
  const { replica } = openStore({
    peerId: 'reader',
    writer: 2 ** 31 - 1,
    limits: { ...defaultLimits, maxValueBytes: 8192 },
    clock: { now: () => 0, monotonic: () => 0, schedule: () => () => undefined },
    random: () => 0.5,
    onError: () => {},
  })
  let waiting: Uint8Array[] = []
  const take = (update: Uint8Array): boolean => {
    const receipt = replica.receive(update, () => true)
    if (receipt.outcome === 'refused') throw new Error(`GATE2: an honest update was refused: ${receipt.reason}`)
    if (receipt.outcome === 'waiting') waiting.push(update)
    return receipt.outcome === 'applied'
  }
  const retry = () => {
    for (let isTaken = true; isTaken && waiting.length > 0;) {
      const tried = waiting
      waiting = []
      // What waits for each other fits only together.
      isTaken = tried.map(take).some(Boolean) || take(Y.mergeUpdates(waiting.splice(0)))
    }
  }
  return {
    take: update => {
      if (take(update) && waiting.length > 0) retry()
    },
    retry,
    get waiting() {
      return waiting.length
    },
    state: () => Buffer.from(replica.updateSince(new Uint8Array([0])) ?? []).toString('hex'),
    vector: () => JSON.stringify([...Y.decodeStateVector(replica.stateVector())].sort(([a], [b]) => a - b)),
  }
}
