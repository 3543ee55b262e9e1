/** How much of what a room may hold is taken. */

import type { BoardRoom } from './board.js'
import { element } from './dom.js'

export const mountUsageMeter = (root: HTMLElement, store: BoardRoom['store']): void => {
  const keys = createBar('Keys')
  const bytes = createBar('Store')
  root.append(element('div', { class: 'usage' }, keys.node, bytes.node))

  const show = () => {
    const { usage } = store
    const { maxKeys, maxTotalBytes } = usage.limits
    keys.show(usage.keys, maxKeys, `${usage.keys} of ${maxKeys} keys`)
    bytes.show(usage.bytes, maxTotalBytes, `${inKilobytes(usage.bytes)} of ${maxTotalBytes / 1024} KB`)
    root.dataset['over'] = String(usage.overLimit)
  }
  show()
  store.observe('*', show)
}

type Bar = { readonly node: HTMLElement; show(value: number, max: number, text: string): void }

const createBar = (label: string): Bar => {
  const text = element('span', {})
  const meter = element('span', { class: 'meter', role: 'meter', 'aria-label': label, 'aria-valuemin': 0 })
  return {
    node: element('div', { class: 'usage-bar' }, text, meter),
    show: (value, max, words) => {
      text.textContent = words
      meter.style.setProperty('--share', String(Math.min(1, value / max)))
      meter.setAttribute('aria-valuenow', String(value))
      meter.setAttribute('aria-valuemax', String(max))
      meter.setAttribute('aria-valuetext', words)
    },
  }
}

const inKilobytes = (bytes: number): string => (bytes / 1024).toFixed(1)
