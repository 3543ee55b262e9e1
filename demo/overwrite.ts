/** Writes through a handle. What stands in its place and is of another kind gives way. */

import type { Board, BoardStore } from './board.js'
import { codeOf } from './toasts.js'

export const overwrite = (store: BoardStore, key: keyof Board, write: () => void): void => {
  try {
    write()
  } catch (error) {
    if (codeOf(error) !== 'type-mismatch') throw error
    store.transact(() => {
      store.delete(key)
      write()
    })
  }
}
