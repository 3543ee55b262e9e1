/**
 * Binds a text area to a text that others type into as well. What is typed here goes out as the few letters that it
 * is, never as the whole text; what others type comes in around the caret and the selection, which stay at their words.
 */

import type { YTextEvent } from 'yjs'
import type { Text } from '../src/index.js'
import { placeAfter, spliceAfter, spliceBetween, type Splice } from './splice.js'
import { createTypingUndo } from './typing-undo.js'
import { undoStepOf } from './undo-key.js'

/** The result ends it. */
export const bindTextArea = (field: HTMLTextAreaElement, text: Text): (() => void) => {
  /** Stands in the transactions of this binding. */
  const origin = {}
  /** An undo for what was typed here alone: that of the browser would bring back whole texts. */
  const typed = createTypingUndo(text, origin)
  /** What the field shows, as far as the text knows of it. */
  let shown = ''
  let isComposing = false
  /** What others did while letters are being composed: to touch the field then would end that. */
  let held: Splice[] = []

  const readField = () => {
    let mine = spliceBetween(shown, field.value, field.selectionEnd)
    if (!mine) return
    shown = field.value
    const others: Splice[] = []
    for (const theirs of held) {
      others.push(spliceAfter(theirs, mine, 'comes after'))
      mine = spliceAfter(mine, theirs, 'comes before')
    }
    held = others
    write(mine)
  }
  const write = ({ at, removed, inserted }: Splice) => {
    // To write over something is no typing on.
    if (removed > 0 && inserted) typed.divide()
    text.doc?.transact(() => {
      if (removed > 0) text.delete(at, removed)
      if (inserted) text.insert(at, inserted)
    }, origin)
    typed.keep(removed)
  }

  const show = (splice: Splice) => {
    const { selectionStart, selectionEnd, selectionDirection, scrollTop } = field
    const isCaret = selectionStart === selectionEnd
    const isHere = document.activeElement === field
    // Who comes back, or for the first time, finds the caret where it was, or at the end.
    const mode = !isHere && splice.at === selectionEnd ? 'end' : 'preserve'
    field.setRangeText(splice.inserted, splice.at, splice.at + splice.removed, mode)
    shown = field.value
    // Some browsers would bring the focus here.
    if (!isHere) return
    const start = placeAfter(selectionStart, splice, isCaret ? 'comes after' : 'comes before')
    const end = placeAfter(selectionEnd, splice, 'comes after')
    field.setSelectionRange(start, Math.max(start, end), selectionDirection)
    field.scrollTop = scrollTop
  }
  const hear = (event: YTextEvent) => {
    if (event.transaction.origin === origin) return
    const splices = splicesOf(event)
    if (isComposing) {
      held.push(...splices)
      return
    }
    for (const splice of splices) show(splice)
    const last = splices.at(-1)
    if (typed.isOrigin(event.transaction.origin) && last) field.setSelectionRange(endOf(last), endOf(last))
  }
  const endComposition = () => {
    isComposing = false
    readField()
    for (const splice of held.splice(0)) show(splice)
    showAll()
  }
  const showAll = () => {
    const rest = spliceBetween(field.value, inField(text), 0)
    if (rest) show(rest)
    shown = field.value
  }

  const listening = new AbortController()
  const { signal } = listening
  const perform = (event: Event, step: 'undo' | 'redo') => {
    event.preventDefault()
    if (!isComposing) typed[step]()
  }
  field.addEventListener('input', readField, { signal })
  field.addEventListener('compositionstart', () => (isComposing = true), { signal })
  field.addEventListener('compositionend', endComposition, { signal })
  field.addEventListener(
    'beforeinput',
    event => {
      if (event.inputType === 'historyUndo') perform(event, 'undo')
      if (event.inputType === 'historyRedo') perform(event, 'redo')
    },
    { signal },
  )
  field.addEventListener(
    'keydown',
    event => {
      const step = undoStepOf(event)
      if (step) perform(event, step)
    },
    { signal },
  )
  text.observe(hear)
  showAll()
  return () => {
    listening.abort()
    text.unobserve(hear)
    typed.stop()
  }
}

/** One unit for each that the text counts: a text area would swallow some, and has none for what is no text. */
const inField = (text: Text): string =>
  text
    .toDelta()
    .map(({ insert }: { insert: unknown }) => shownAs(insert))
    .join('')

const shownAs = (insert: unknown): string => (typeof insert === 'string' ? insert.replaceAll('\r', '␍') : '\uFFFC')

const splicesOf = ({ delta }: YTextEvent): Splice[] => {
  const splices: Splice[] = []
  let at = 0
  for (const { retain = 0, delete: removed = 0, insert } of delta) {
    at += retain
    const inserted = insert === undefined ? '' : shownAs(insert)
    if (removed > 0 || inserted) splices.push({ at, removed, inserted })
    at += inserted.length
  }
  return splices
}

const endOf = ({ at, inserted }: Splice): number => at + inserted.length
