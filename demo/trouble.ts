/** What can happen to a page, made to happen here: to be watched from a second window. */

import { element, type Child } from './dom.js'
import { icon } from './icon.js'
import { inWords, windowMsOf } from './resume-window.js'
import { inviteLink, type RoomAddress } from './room-name.js'
import { createSecondWindowLink } from './second-window.js'
import { createSleepForm } from './sleep-form.js'
import type { Toasts } from './toasts.js'

/** Short enough to wait for its end. */
const shortWindowMs = 10_000

export type TroubleContext = {
  readonly address: RoomAddress
  readonly toasts: Toasts
  /** Ends this page as if its process had been killed. */
  readonly kill: () => void
}

/** Gives the button that opens the panel. */
export const mountTrouble = (root: HTMLElement, { address, toasts, kill }: TroubleContext): HTMLElement => {
  const isShort = windowMsOf(address) <= shortWindowMs
  const shortened = element('a', { href: inviteLink({ ...address, windowMs: shortWindowMs }) }, 'make it 10 seconds')
  const [before, after] = [
    `Who is away for longer than the resume window, here ${inWords(windowMsOf(address))}, `,
    'comes back as somebody new and is told what the old session held.',
  ]
  root.replaceChildren(
    element('h2', { id: 'trouble-title' }, 'What if…'),
    part(
      '…this computer sleeps?',
      'This page stops dead: nothing of it runs, nobody gets an answer.',
      createSleepForm(toasts, () => root.hidePopover()),
      element('p', { class: 'hint' }, before, ...(isShort ? [] : ['(', shortened, ') ']), after),
    ),
    part(
      '…this tab is killed?',
      'The page goes without a goodbye, as when its process dies. A copy for its return is in this browser.',
      element('button', { class: 'button', type: 'button', onclick: kill }, 'Kill this tab'),
    ),
    part(
      '…the network goes?',
      `Switch to offline, above. Or stop the server: who is linked stays linked${isSecureContext ? ', and a reload still finds this page' : ''}.`,
    ),
    part('And how does it look to others?', '', createSecondWindowLink(address)),
  )
  const button = element(
    'button',
    { class: 'button', type: 'button', popovertarget: root.id, 'aria-haspopup': 'dialog' },
    icon('trouble'),
    element('span', {}, 'What if…'),
  )
  // Where it stands, not where the browser puts it: in the middle of the page.
  root.addEventListener('beforetoggle', () => {
    const { bottom, right } = button.getBoundingClientRect()
    root.style.setProperty('--top', `${bottom + 8}px`)
    root.style.setProperty('--right', `${document.documentElement.clientWidth - right}px`)
  })
  return button
}

const part = (title: string, text: string, ...children: readonly Child[]): HTMLElement =>
  element('section', {}, element('h3', {}, title), ...(text ? [element('p', {}, text)] : []), ...children)
