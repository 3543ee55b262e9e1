import { edit, type OperationGroup } from '../operation.js'

/** Everybody takes back what they did themselves. */
export const history: OperationGroup = {
  name: 'history',
  share: 0.35,
  operations: [
    edit({ name: 'history.undo', weight: 3, draw: () => ({}), edit: store => store.history.undo() }),
    edit({ name: 'history.redo', weight: 2, draw: () => ({}), edit: store => store.history.redo() }),
  ],
}
