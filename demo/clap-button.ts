/** Applause: a counter, so claps at the same moment all count. */

import { readClaps, type BoardRoom } from './board.js'
import { element } from './dom.js'
import { icon } from './icon.js'
import { overwrite } from './recipes/overwrite.js'
import type { Toasts } from './toasts.js'

export const createClapButton = ({ store }: BoardRoom, toasts: Toasts): HTMLElement => {
  const clap = () => void toasts.attempt(() => overwrite(store, 'claps', () => store.counter('claps').increment()))
  const count = element('span', { class: 'clap-count' })
  const button = element(
    'button',
    { class: 'button clap', type: 'button', onclick: clap },
    icon('clap'),
    element('span', {}, 'Clap'),
    count,
  )
  store.observe('claps', ({ value, source }) => {
    count.textContent = String(readClaps(value))
    if (source === 'initial' || matchMedia('(prefers-reduced-motion: reduce)').matches) return
    button.animate([{ scale: 1 }, { scale: 1.06 }, { scale: 1 }], { duration: 220, easing: 'ease-out' })
  })
  return button
}
