/**
 * Ends this page as if its process had been killed, and shows in its place that it has. A page cannot crash itself; but
 * it can keep from itself that it is going, and then it goes without a goodbye and without a last look at its copy.
 */

import { element } from './dom.js'
import { flame } from './flame.js'
import { recall, remember } from './memory-of-tab.js'

/** To be made before anything else listens to the page: of those who listen, the first can keep it from the others. */
export const createKillSwitch = (): (() => void) => {
  let isKilled = false
  for (const last of ['pagehide', 'beforeunload', 'visibilitychange'])
    addEventListener(
      last,
      event => {
        if (isKilled) event.stopImmediatePropagation()
      },
      { capture: true },
    )
  return () => {
    isKilled = true
    remember('hearth:killed', 'yes')
    location.reload()
  }
}

export const wasKilled = (): boolean => recall('hearth:killed') === 'yes'

export const showKilledPage = (root: HTMLElement): void => {
  const comeBack = () => {
    remember('hearth:killed', 'no')
    location.reload()
  }
  root.dataset['presence'] = 'failed'
  root.replaceChildren(
    element(
      'main',
      { class: 'failure' },
      flame(),
      element('h1', {}, 'This tab was killed'),
      element(
        'p',
        {},
        'It went without a goodbye. Within 5 seconds the others notice that it is gone; what had reached one of them reaches all. ' +
          'What was only here is in the copy that this browser keeps, but for the last fifth of a second.',
      ),
      element('button', { class: 'button primary', type: 'button', onclick: comeBack }, 'Come back'),
    ),
  )
}
