/** Instead of the room, when there is no way into it: why, and what to do. */

import { element, type Child } from './dom.js'
import { flame } from './flame.js'
import { codeOf } from './recipes/error-code.js'
import { openRoom, type RoomAddress } from './room-name.js'

export const showFailurePage = (root: HTMLElement, error: unknown, address: RoomAddress): void => {
  const { title, advice, ways } = describe(codeOf(error) ?? '', address)
  root.dataset['presence'] = 'failed'
  root.replaceChildren(
    element(
      'main',
      { class: 'failure', role: 'alert' },
      flame(),
      element('h1', {}, title),
      element('p', {}, advice),
      element('p', { class: 'hint' }, error instanceof Error ? error.message : String(error)),
      ...ways,
    ),
  )
}

type Failure = { readonly title: string; readonly advice: string; readonly ways: readonly Child[] }

const describe = (code: string, address: RoomAddress): Failure => {
  switch (code) {
    case 'password-mismatch':
      return {
        title: 'This room has another password',
        advice: `The people in “${address.name}” use a password, or a different one. Ask them for their invite link, or type it here.`,
        ways: [passwordForm(address), freshRoom()],
      }
    case 'insecure-context':
      return {
        title: 'A password needs a secure page',
        advice:
          'The browser encrypts only on https or on localhost. Without a password the room works from this address too.',
        ways: [button('Go in without a password', { ...address, password: null }), freshRoom()],
      }
    case 'limits-mismatch':
    case 'protocol-mismatch':
    case 'transport-mismatch':
      return {
        title: 'The others run something else',
        advice: 'Your page and theirs do not match. Reloading, here and there, usually brings both up to date.',
        ways: [button('Try again', address), freshRoom()],
      }
    default:
      return {
        title: 'This room did not open',
        advice: 'Something is wrong that the page cannot put right by itself.',
        ways: [button('Try again', address), freshRoom()],
      }
  }
}

const button = (text: string, address: RoomAddress): HTMLElement =>
  element('button', { class: 'button primary', type: 'button', onclick: () => openRoom(address) }, text)

const freshRoom = (): HTMLElement => element('a', { href: location.pathname }, 'Open a new room instead')

const passwordForm = (address: RoomAddress): HTMLElement => {
  const field = element('input', {
    class: 'field',
    type: 'password',
    'aria-label': 'Password',
    placeholder: 'Password',
    autocomplete: 'off',
  })
  const submit = (event: Event) => {
    event.preventDefault()
    openRoom({ ...address, password: field.value || null })
  }
  return element(
    'form',
    { class: 'line-form', onsubmit: submit },
    field,
    element('button', { class: 'button primary', type: 'submit' }, 'Go in'),
  )
}
