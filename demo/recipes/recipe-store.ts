/** The store of any room, whatever its other keys are. It gives unknown values, and that is what they are. */

import type { AnyRoom } from '../../src/index.js'

export type RecipeStore = Pick<AnyRoom['store'], 'get' | 'set' | 'update' | 'delete' | 'transact' | 'list' | 'members'>
