/** One answer of the poll: a button to vote for it, a bar, and who did. */

import { element, keyedList, type Row } from './dom.js'
import { icon } from './icon.js'
import { initialsOf } from './people.js'

export type Voter = { readonly id: string; readonly name: string; readonly hue: number }

export type PollOption = {
  readonly text: string
  readonly votes: number
  /** Of all votes, from 0 to 1. */
  readonly share: number
  readonly isMine: boolean
  readonly voters: readonly Voter[]
}

/** More than this many faces do not fit; the count says the rest. */
const mostFaces = 5

export const createPollOption = (onVote: (option: string) => void): Row<PollOption> => {
  let option = ''
  const label = element('span', { class: 'poll-label' })
  const votes = element('span', { class: 'poll-count' })
  const faces = element('span', { class: 'poll-faces', 'aria-hidden': 'true' })
  const bar = element('span', { class: 'poll-bar', 'aria-hidden': 'true' })
  const button = element(
    'button',
    { class: 'poll-option', type: 'button', onclick: () => onVote(option) },
    bar,
    element('span', { class: 'poll-tick', 'aria-hidden': 'true' }, icon('check')),
    label,
    faces,
    votes,
  )
  const showFaces = keyedList<Voter>(faces, { keyOf: ({ id }) => id, create: createVoterFace })
  return {
    node: element('li', {}, button),
    show: ({ text, votes: count, share, isMine, voters }) => {
      option = text
      label.textContent = text
      votes.textContent = String(count)
      bar.style.setProperty('--share', String(share))
      button.setAttribute('aria-pressed', String(isMine))
      button.setAttribute('aria-label', `${text}, ${count === 1 ? 'one vote' : `${count} votes`}`)
      showFaces(voters.slice(0, mostFaces))
    },
  }
}

const createVoterFace = (): Row<Voter> => {
  const node = element('span', { class: 'face' })
  return {
    node,
    show: ({ name, hue }) => {
      node.style.setProperty('--hue', String(hue))
      node.textContent = initialsOf(name)
      node.title = name
    },
  }
}
