import type { Duplex } from 'node:stream'

/**
 * Lets what is written to a stream in one turn of the event loop go out together, at the end of that turn: of all that
 * relaying takes, telling the system of each frame by itself is more than half.
 */
export type Outlet = {
  /** To be called before anything is written that may wait for the end of the turn. */
  hold(stream: Duplex): void
  /** What is held leaves now. */
  release(stream: Duplex): void
}

export const createOutlet = (): Outlet => {
  const held = new Set<Duplex>()
  const releaseAll = (): void => {
    for (const stream of held) stream.uncork()
    held.clear()
  }
  return {
    hold: stream => {
      if (held.has(stream)) return
      if (held.size === 0) setImmediate(releaseAll)
      held.add(stream)
      stream.cork()
    },
    release: stream => {
      if (held.delete(stream)) stream.uncork()
    },
  }
}
