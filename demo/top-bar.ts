/** The head of the page: which room this is, how to bring others, who one is, and the switches. */

import { element, type Child } from './dom.js'
import { flame } from './flame.js'

export type TopBarParts = {
  readonly roomName: string
  readonly invite: Child
  readonly history: Child
  readonly tools: readonly Child[]
}

export const showTopBar = (root: HTMLElement, { roomName, invite, history, tools }: TopBarParts): void => {
  document.title = `${roomName} · Hearth`
  root.replaceChildren(
    element(
      'div',
      { class: 'top-room' },
      flame(),
      element(
        'div',
        { class: 'top-title' },
        element('p', { class: 'brand' }, 'Hearth'),
        element('h1', { title: roomName }, roomName),
      ),
      invite,
      history,
    ),
    element('div', { class: 'top-tools' }, ...tools),
  )
}
