/** Says when two wrote the same thing at the same time, and one of them is not to be seen. */

import type { Board, BoardRoom } from './board.js'
import type { Toasts } from './toasts.js'

/** Where the rules of the recipe choose, and nobody misses the other value. */
const settledByRule: ReadonlySet<string> = new Set<keyof Board>(['pinnedMessages', 'chatState', 'ticTacToe'])

export const mountConflictNotice = (room: BoardRoom, toasts: Toasts): void => {
  room.on('conflict', ({ key, rule }) => {
    switch (rule) {
      case 'newer':
        if (settledByRule.has(key)) return
        return toasts.show({
          title: `Two values for “${key}”`,
          text: 'They were written at the same time. One is shown, the other can be chosen instead.',
          tone: 'info',
        })
      case 'deleted':
        return toasts.show({
          title: `A change to “${key}” is lost`,
          text: 'It was changed here and removed elsewhere at the same time.',
          tone: 'info',
        })
    }
  })
}
