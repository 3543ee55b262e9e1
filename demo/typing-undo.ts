/** Undo and redo of what was typed here alone, into a text that others type into as well. */

import { createDeleteSetFromStructStore, tryGc, UndoManager } from 'yjs'
import type { Text } from '../src/index.js'

export type TypingUndo = {
  /** What is typed next is not undone with what was typed before, however fast it follows. */
  divide(): void
  readonly undo: () => void
  readonly redo: () => void
  /** Whether a transaction with this origin is an undo or a redo. */
  isOrigin(origin: unknown): boolean
  /** To be told how many letters an edit deleted: they are kept, to be brought back. */
  keep(letters: number): void
  stop(): void
}

/** More deleted letters than these make a document that takes no more edits, in time: then undo starts anew. */
const mostKept = 48 * 1024

/** Knows as typed here the transactions with this origin. */
export const createTypingUndo = (text: Text, typingOrigin: object): TypingUndo => {
  const steps = new UndoManager(text, { trackedOrigins: new Set([typingOrigin]) })
  let kept = 0
  return {
    divide: () => steps.stopCapturing(),
    undo: () => void steps.undo(),
    redo: () => void steps.redo(),
    isOrigin: origin => origin === steps,
    keep: letters => {
      kept += letters
      if (kept <= mostKept || !text.doc) return
      kept = 0
      steps.clear()
      // What an undo kept is let go of by no transaction of its own.
      const { store } = text.doc
      tryGc(createDeleteSetFromStructStore(store), store, () => true)
    },
    stop: () => steps.destroy(),
  }
}
