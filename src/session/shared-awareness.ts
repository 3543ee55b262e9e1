import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness'
import { Doc } from 'yjs'
import { encodeMessage } from '../wire/peer-messages.js'

export type SharedAwarenessOptions = {
  /** The client of this peer's state: its writer, to which the hello binds the link. */
  readonly client: number
  /** Monotonic time in milliseconds. */
  readonly now: () => number
  /** This peer's state has changed: `send` is due at the end of the turn. */
  onChange(): void
  /** A listener of the app threw. */
  onFailure(cause: unknown): void
}

/**
 * A y-protocols Awareness whose states travel from their owner to its neighbours and no further. Its own timer,
 * which repeats every state each 15 seconds and gives up on peers after 30, is stopped: links say who is here.
 */
export type SharedAwareness = {
  readonly awareness: Awareness
  /** This peer's state as a message, if it changed since the last call. */
  takeChange(): Uint8Array | null
  /** This peer's state as a message. */
  state(): Uint8Array
  open(peerId: string, client: number): void
  receive(update: Uint8Array): void
  /** The link ended; the state of the peer stays until then, on the monotonic clock, unless the link comes back. */
  close(peerId: string, lapsesAt: number): void
  /** Time has passed. */
  tick(): void
  /** Nobody is here any more, and this peer's state goes on under another client. */
  restart(client: number): void
  stop(): void
}

type Neighbour = { readonly client: number; lapsesAt: number }

export const createSharedAwareness = (options: SharedAwarenessOptions): SharedAwareness => {
  let { client } = options
  const doc = new Doc()
  doc.clientID = client
  const awareness = new Awareness(doc)
  clearInterval(awareness._checkInterval as ReturnType<typeof setInterval>)
  // Others take a state only with a clock above 0.
  awareness.setLocalState({})
  const neighbours = new Map<string, Neighbour>()
  let hasChanged = false

  type Changes = { added: number[]; updated: number[]; removed: number[] }
  const onUpdate = ({ added, updated, removed }: Changes) => {
    if (![...added, ...updated, ...removed].includes(client)) return
    hasChanged = true
    options.onChange()
  }
  awareness.on('update', onUpdate)

  const state = () => encodeMessage({ type: 'awareness', client, update: encodeAwarenessUpdate(awareness, [client]) })

  /** The app's listeners run inside. */
  const guarded = (run: () => void) => {
    try {
      run()
    } catch (cause) {
      options.onFailure(cause)
    }
  }

  const tick = () => {
    for (const [peerId, { client, lapsesAt }] of neighbours) {
      if (lapsesAt > options.now()) continue
      neighbours.delete(peerId)
      guarded(() => removeAwarenessStates(awareness, [client], 'left'))
      awareness.meta.delete(client)
    }
  }

  return {
    awareness,
    state,
    takeChange: () => {
      if (!hasChanged) return null
      hasChanged = false
      return state()
    },
    open: (peerId, client) => void neighbours.set(peerId, { client, lapsesAt: Infinity }),
    receive: update => guarded(() => applyAwarenessUpdate(awareness, update, 'remote')),
    close: (peerId, lapsesAt) => {
      const neighbour = neighbours.get(peerId)
      if (neighbour) neighbour.lapsesAt = lapsesAt
      tick()
    },
    tick,
    restart: next => {
      const local = awareness.getLocalState()
      const gone = [...awareness.getStates().keys()]
      neighbours.clear()
      doc.clientID = awareness.clientID = client = next
      guarded(() => removeAwarenessStates(awareness, gone, 'left'))
      awareness.meta.clear()
      // Others take a state only with a clock above 0.
      for (const state of [{}, local]) guarded(() => awareness.setLocalState(state))
    },
    stop: () => {
      awareness.off('update', onUpdate)
      guarded(() => awareness.destroy())
    },
  }
}
