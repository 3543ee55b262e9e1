import type { Dice } from './dice.js'

/** Texts such as nobody means well with: messages with something wrong in them, or with nothing right. */
export type HostileMessages = {
  /** JSON that looks like a message. */
  readonly message: () => string
  /** The same with a piece out, or in, somewhere. */
  readonly spoil: (text: string) => string
}

export const createHostileMessages = ({ below, onceIn, pick }: Dice): HostileMessages => {
  const value = (depth = 0): unknown =>
    pick<() => unknown>([
      () => pick(['room', 'a', '', '__proto__', 'x'.repeat(600), '\uD800']),
      () => pick([0, -1, Number.MAX_VALUE, 5, null, true]),
      () => (depth > 3 ? [] : Array.from({ length: below(4) }, () => value(depth + 1))),
      () => (depth > 3 ? {} : { [pick(['type', 'topics', 'length', 'toJSON'])]: value(depth + 1) }),
    ])()
  return {
    message: () =>
      JSON.stringify({
        type: pick<unknown>(['subscribe', 'unsubscribe', 'publish', 'ping', 'pong', 'members', value()]),
        topics: pick<unknown>([['room'], ['room', 'a'], value()]),
        topic: pick<unknown>(['room', 'a', value()]),
        ...(onceIn(2) ? { peer: pick<unknown>(['a', 'b', value()]) } : {}),
        ...(onceIn(3) ? { to: pick<unknown>(['a', 'b', value()]) } : {}),
        data: value(),
      }),
    spoil: text => {
      const at = below(text.length)
      return text.slice(0, at) + pick(['', '\u0000', '"', '{', '\\u', text]) + text.slice(at + below(3))
    },
  }
}
