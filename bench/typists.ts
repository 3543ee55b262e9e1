import { peers, type Step } from './steps.js'

/** A text as somebody types into it. */
export type Typed = {
  readonly length: number
  insert(at: number, typed: string): void
  /** Takes out one character. */
  remove(at: number): void
}

/**
 * Peers who type a character a step, forward from carets that jump now and then. Where the text is almost full they
 * take out as many on the way back.
 */
export function createTypists(maxLength: number): (text: Typed, step: Step) => void {
  const typists = Array.from({ length: peers }, () => ({ caret: 0, before: 0, isErasing: false }))
  let exchanges = 0
  /** Carets move by what others typed and took out before them, once that is seen: as carets in an editor do. */
  const exchange = () => {
    const edits = typists.map(({ before, caret }) => ({ at: before, by: caret - before }))
    for (const [index, typist] of typists.entries()) {
      for (const [other, { at, by }] of edits.entries()) if (other !== index && at < typist.before) typist.caret += by
      typist.caret = Math.max(0, typist.caret)
    }
    for (const typist of typists) typist.before = typist.caret
  }
  return (text, { author, number, which, where, exchanges: exchangesBefore }) => {
    if (exchanges !== exchangesBefore) exchange()
    exchanges = exchangesBefore
    const typist = typists[author]
    if (!typist) return
    if (which < 0.05 && typist.caret === typist.before) {
      typist.caret = typist.before = Math.floor(where * (text.length + 1))
      typist.isErasing = text.length > maxLength - 100
    }
    const at = Math.min(typist.caret, text.length)
    if ((typist.isErasing || text.length >= maxLength) && text.length > 0) {
      typist.caret = Math.max(at - 1, 0)
      text.remove(typist.caret)
    } else {
      typist.caret = at + 1
      text.insert(at, String.fromCodePoint(97 + (number % 26)))
    }
  }
}
