import type { Entry } from './entry-index.js'

/** What one transaction of this peer put into the log, and what it took out of any. */
export type Step = { readonly added: readonly Entry[]; readonly removed: readonly Entry[] }

/** Undo and redo of this peer's own transactions (SPEC HISTORY). */
export type History = {
  readonly canUndo: boolean
  readonly canRedo: boolean
  /**
   * Takes back this peer's last transaction, except for what others have written over since. False if nothing was
   * left to take back. @throws SessionError what a write throws; then nothing changed and it can be tried again
   */
  undo(): boolean
  /** Takes back the last undo. False if there is none. @throws SessionError as `undo` */
  redo(): boolean
}

/** How many transactions are kept. */
const maxSteps = 100

/** The transactions of this peer, for `history`. */
export type Steps = {
  readonly history: History
  /** A transaction was made: what could be redone is over. */
  push(step: Step): void
  clear(): void
}

/**
 * `takeBack` undoes a step in a transaction of its own and gives what that did, null if nothing. So an undo is itself
 * a step, and to redo is to take that back. `checkOpen` throws what every call of `history` is to throw.
 */
export function createSteps(takeBack: (step: Step) => Step | null, checkOpen: () => void): Steps {
  let done: Step[] = []
  let undone: Step[] = []
  /** Passes over what has no effect any more. What throws stays where it is. */
  const move = (from: Step[], to: Step[]): boolean => {
    checkOpen()
    for (let step = from.at(-1); step; step = from.at(-1)) {
      const back = takeBack(step)
      from.pop()
      if (!back) continue
      to.push(back)
      return true
    }
    return false
  }
  return {
    history: {
      get canUndo() {
        checkOpen()
        return done.length > 0
      },
      get canRedo() {
        checkOpen()
        return undone.length > 0
      },
      undo: () => move(done, undone),
      redo: () => move(undone, done),
    },
    push: step => {
      done = [...done, step].slice(-maxSteps)
      undone = []
    },
    clear: () => {
      done = []
      undone = []
    },
  }
}
