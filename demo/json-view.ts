/** A value as indented JSON, its parts marked by kind so that they can be coloured. */

import { element } from './dom.js'

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi

/** `nameOf` says whose id a text is: the name stands beside it, for who reads along. */
export const jsonView = (value: unknown, nameOf: (text: string) => string | null): HTMLElement => {
  const view = element('pre', { class: 'json' })
  const text = layOut(value)
  let end = 0
  for (const match of text.matchAll(token)) {
    const [whole, string, colon] = match
    view.append(text.slice(end, match.index))
    const kind = string === undefined ? 'json-atom' : colon === undefined ? 'json-text' : 'json-field'
    view.append(element('span', { class: kind }, string ?? whole))
    const name = string === undefined ? null : nameOf(string.slice(1, -1))
    if (name !== null) view.append(element('span', { class: 'json-name' }, name))
    view.append(colon ?? '')
    end = match.index + whole.length
  }
  view.append(text.slice(end))
  return view
}

/** What fits on a line of the panel. */
const lineLength = 46

/** As `JSON.stringify` indents, except that what is short stays on its line. `before` stands on that line already. */
const layOut = (value: unknown, indent = '', before = indent): string => {
  const short = JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ')
  if (typeof value !== 'object' || value === null || before.length + short.length <= lineLength) return short
  const inner = `${indent}  `
  const lines = Array.isArray(value)
    ? value.map(item => inner + layOut(item, inner))
    : Object.entries(value).map(([field, item]) => {
        const start = `${inner}${JSON.stringify(field)}: `
        return start + layOut(item, inner, start)
      })
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`
}
