/** The poll: everybody has one vote, in a field of its own, so votes cast at the same moment all count. */

import type { BoardRoom } from './board.js'
import { createConflictChoice } from './conflict-choice.js'
import { element, keyedList } from './dom.js'
import { icon } from './icon.js'
import type { People } from './people.js'
import { createPollComposer } from './poll-composer.js'
import { createPollOption, type PollOption } from './poll-option.js'
import { beginPoll, pollIn, tallyOf, vote, type OpenPoll } from './recipes/polls.js'
import type { Toasts } from './toasts.js'

export type PollContext = { readonly room: BoardRoom; readonly people: People; readonly toasts: Toasts }

export const mountPoll = (root: HTMLElement, { room, people, toasts }: PollContext): void => {
  const { store } = room
  let poll: OpenPoll | null = null
  let isComposing = false

  const choose = (option: string) => void toasts.attempt(() => vote(store, people.selfId, option))
  const begin = (q: string, options: readonly string[]): boolean => {
    const begun = toasts.attempt(() => beginPoll(store, { q, options }))
    if (begun) compose(false)
    return begun
  }
  const compose = (wanted: boolean) => {
    isComposing = wanted
    show()
    if (wanted) composer.focus()
  }

  const question = element('p', { class: 'poll-question' })
  const options = element('ul', { class: 'poll-options' })
  const total = element('p', { class: 'hint' })
  const showOptions = keyedList<PollOption>(options, {
    keyOf: ({ text }) => text,
    create: () => createPollOption(choose),
  })
  const composer = createPollComposer({ onBegin: begin, onCancel: () => compose(false) })
  const ask = (q: string) => store.update('poll', current => (pollIn(store) ? { ...current, q } : current))
  const choice = createConflictChoice({
    room,
    people,
    toasts,
    key: 'poll',
    at: 'q',
    describe: (who, value) => `${who} asked “${typeof value === 'string' ? value : JSON.stringify(value)}”`,
    onChoose: value => ask(typeof value === 'string' ? value : ''),
    onKeep: () =>
      // An equal field is not written; so it is written twice.
      store.transact(() => {
        const kept = pollIn(store)?.q ?? ''
        ask(`${kept}?`)
        ask(kept)
      }),
  })
  const ballot = element(
    'div',
    { class: 'ballot' },
    question,
    choice,
    options,
    element(
      'div',
      { class: 'ballot-foot' },
      total,
      element(
        'button',
        { class: 'button', type: 'button', onclick: () => compose(true) },
        icon('plus'),
        element('span', {}, 'New poll'),
      ),
      element(
        'button',
        { class: 'button', type: 'button', onclick: () => void toasts.attempt(() => store.delete('poll')) },
        'Clear',
      ),
    ),
  )

  const show = () => {
    const isOpen = poll !== null && !isComposing
    ballot.hidden = !isOpen
    composer.show(isOpen ? 'closed' : poll ? 'replacing' : 'first')
    if (!poll) return
    question.textContent = poll.q
    const counted = count(poll, people)
    showOptions(counted)
    const votes = counted.reduce((sum, { votes }) => sum + votes, 0)
    total.textContent = votes === 1 ? 'One vote' : `${votes} votes`
  }

  root.replaceChildren(
    element('div', { class: 'card-head' }, element('h2', { id: 'poll-title' }, 'Poll')),
    ballot,
    composer.node,
  )
  people.observe(show)
  store.observe('poll', () => {
    poll = pollIn(store)
    show()
  })
}

const count = (poll: OpenPoll, people: People): PollOption[] => {
  const tally = tallyOf(poll)
  const all = tally.reduce((sum, { voterIds }) => sum + voterIds.length, 0)
  return tally.map(({ option, voterIds }) => ({
    text: option,
    votes: voterIds.length,
    share: all === 0 ? 0 : voterIds.length / all,
    isMine: voterIds.includes(people.selfId),
    voters: voterIds.map(id => ({ id, name: people.nameOf(id) ?? 'Somebody who left', hue: people.hueOf(id) })),
  }))
}
