/**
 * Ends this page as if its process had been killed, and shows in its place that it has. A page cannot crash itself; but
 * it can keep from itself that it is going, and then it goes without a goodbye and without a last look at its copy.
 */

import { element } from './dom.js'
import { flame } from './flame.js'
import { recall, remember } from './memory-of-tab.js'

export const killThisTab = (): void => {
  remember('hearth:killed', 'yes')
  // Ahead of all others that listen, on the window and below.
  const options = { capture: true }
  for (const last of ['pagehide', 'beforeunload', 'visibilitychange'])
    addEventListener(last, event => event.stopImmediatePropagation(), options)
  location.reload()
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
