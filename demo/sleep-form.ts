/**
 * Puts this page to sleep for as long as one likes. Nothing is played: its one thread is kept busy, so no timer runs,
 * no message is taken and nobody is answered, as in a laptop that is closed.
 */

import { element } from './dom.js'
import type { Toasts } from './toasts.js'

const usualSeconds = 8
const mostSeconds = 120

/** `onSleep` is told before. */
export const createSleepForm = (toasts: Toasts, onSleep: () => void): HTMLElement => {
  const seconds = element('input', {
    class: 'field sleep-seconds',
    type: 'number',
    'aria-label': 'Seconds to sleep',
    min: 1,
    max: mostSeconds,
    value: usualSeconds,
    required: true,
  })
  const cover = element('div', { class: 'asleep', role: 'status' }, element('p', {}))
  const submit = (event: Event) => {
    event.preventDefault()
    const sleepMs = seconds.valueAsNumber * 1000
    const until = new Date(Date.now() + sleepMs).toLocaleTimeString()
    cover.textContent = `Asleep until ${until}. Look at it from another window.`
    onSleep()
    document.body.append(cover)
    afterPaint(() => {
      const end = performance.now() + sleepMs
      while (performance.now() < end);
      cover.remove()
      const text = 'Whoever missed you for 5 seconds took you for gone. What you missed comes in now.'
      toasts.show({ title: `Awake again after ${seconds.value} s`, text, tone: 'info' })
    })
  }
  return element(
    'form',
    { class: 'line-form', onsubmit: submit },
    seconds,
    element('span', {}, 'seconds'),
    element('button', { class: 'button', type: 'submit' }, 'Sleep'),
  )
}

/** Once the browser has shown what the page is now. */
const afterPaint = (run: () => void): void => void requestAnimationFrame(() => setTimeout(run))
