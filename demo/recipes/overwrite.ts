/** Writes through a handle. What stands in its place and is of another kind gives way. */

import { codeOf } from './error-code.js'
import type { RecipeStore } from './recipe-store.js'

export const overwrite = (store: Pick<RecipeStore, 'transact' | 'delete'>, key: string, write: () => void): void => {
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
