/** The form that begins a poll: a question, and as many answers as are typed. */

import { element } from './dom.js'

export type PollComposer = {
  readonly node: HTMLElement
  /** `first` when there is no poll yet, `replacing` when there is one to go back to. */
  show(state: 'closed' | 'first' | 'replacing'): void
  focus(): void
}

export type PollComposerContext = {
  /** False if the poll was refused: then what was typed stays. */
  readonly onBegin: (question: string, options: readonly string[]) => boolean
  readonly onCancel: () => void
}

const fewestOptions = 2
const mostOptions = 6

export const createPollComposer = ({ onBegin, onCancel }: PollComposerContext): PollComposer => {
  const question = element('input', {
    class: 'field',
    'aria-label': 'Question',
    placeholder: 'Ask the room something',
    required: true,
    autocomplete: 'off',
  })
  const answers = element('div', { class: 'answers' })
  const fields = () => [...answers.querySelectorAll('input')]

  const addAnswer = () => {
    const number = fields().length + 1
    const isNeeded = number <= fewestOptions
    answers.append(
      element('input', {
        class: 'field',
        'aria-label': `Answer ${number}`,
        placeholder: isNeeded ? `Answer ${number}` : 'Another answer, if you like',
        required: isNeeded,
        autocomplete: 'off',
        oninput: growAnswers,
      }),
    )
  }
  // There is always one empty line to go on in.
  const growAnswers = () => {
    const typed = fields()
    if (typed.length < mostOptions && typed.length >= fewestOptions && typed.every(field => field.value.trim()))
      addAnswer()
  }
  const reset = () => {
    question.value = ''
    answers.replaceChildren()
    for (let number = 0; number < fewestOptions; number++) addAnswer()
  }
  const submit = (event: Event) => {
    event.preventDefault()
    const options = [
      ...new Set(
        fields()
          .map(field => field.value.trim())
          .filter(Boolean),
      ),
    ]
    const text = question.value.trim()
    if (!text || options.length < fewestOptions) return
    if (onBegin(text, options)) reset()
  }

  const cancel = element('button', { class: 'button', type: 'button', onclick: onCancel }, 'Keep the old one')
  const node = element(
    'form',
    { class: 'composer', onsubmit: submit },
    question,
    answers,
    element(
      'div',
      { class: 'ballot-foot' },
      element('button', { class: 'button primary', type: 'submit' }, 'Start poll'),
      cancel,
    ),
  )
  reset()
  return {
    node,
    show: state => {
      node.hidden = state === 'closed'
      cancel.hidden = state !== 'replacing'
    },
    focus: () => question.focus(),
  }
}
