/** One speaker who waits: a handle to move them by, who they are, and a way out. */

import type { Speaker } from './board.js'
import { element, type Row } from './dom.js'
import { icon } from './icon.js'
import { initialsOf } from './people.js'

export type QueueRow = {
  readonly speaker: Speaker
  readonly hue: number
  /** From 1. */
  readonly place: number
  readonly of: number
}

export type QueueRowContext = {
  readonly onGrab: (row: HTMLElement, event: PointerEvent) => void
  /** Told how to find the new index from the one that the row has. */
  readonly onMove: (place: (index: number) => number) => void
  readonly onRemove: (row: HTMLElement) => void
}

const steps: Readonly<Record<string, (index: number) => number>> = {
  ArrowUp: index => index - 1,
  ArrowDown: index => index + 1,
  Home: () => 0,
  End: () => Infinity,
}

export const createQueueRow = (id: string, { onGrab, onMove, onRemove }: QueueRowContext): Row<QueueRow> => {
  const grip = element(
    'button',
    {
      class: 'quiet-button queue-grip',
      type: 'button',
      onpointerdown: event => onGrab(node, event as PointerEvent),
      onkeydown: event => {
        const step = steps[(event as KeyboardEvent).key]
        if (!step) return
        event.preventDefault()
        onMove(step)
      },
    },
    icon('grip'),
  )
  const face = element('span', { class: 'face', 'aria-hidden': 'true' })
  const name = element('span', { class: 'queue-name' })
  const next = element('span', { class: 'queue-next' }, 'next')
  const remove = element(
    'button',
    { class: 'quiet-button', type: 'button', 'data-remove': true, onclick: () => onRemove(node) },
    icon('close'),
  )
  const node = element('li', { class: 'queue-row', 'data-id': id }, grip, face, name, next, remove)
  return {
    node,
    show: ({ speaker, hue, place, of }) => {
      face.textContent = initialsOf(speaker.name)
      face.style.setProperty('--hue', String(hue))
      name.textContent = speaker.name
      next.hidden = place > 1
      grip.setAttribute('aria-label', `Move ${speaker.name}, number ${place} of ${of}`)
      remove.setAttribute('aria-label', `Take ${speaker.name} out of the queue`)
    },
  }
}
