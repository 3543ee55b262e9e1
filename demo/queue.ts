/** The speaker queue: a list in which everybody moves everybody. Whoever is moved by two at once is there once. */

import type { Say } from './announcer.js'
import { indexOf, readQueue, type BoardRoom, type Speaker } from './board.js'
import { element, keyedList } from './dom.js'
import { createDragSort } from './drag-sort.js'
import { overwrite } from './recipes/overwrite.js'
import type { People } from './people.js'
import { createQueueRow, type QueueRow } from './queue-row.js'
import { randomId } from './random-id.js'
import { slide } from './slide.js'
import type { Toasts } from './toasts.js'

export type QueueContext = {
  readonly room: BoardRoom
  readonly people: People
  readonly toasts: Toasts
  readonly say: Say
}

export const mountQueue = (root: HTMLElement, { room, people, toasts, say }: QueueContext): void => {
  const { store } = room
  let speakers: readonly Speaker[] = []

  const add = (speaker: Speaker): boolean =>
    toasts.attempt(() => overwrite(store, 'queue', () => store.list('queue').push(speaker)))
  const remove = (id: string) =>
    toasts.attempt(() => {
      const index = indexOf(store.list('queue').items, id)
      if (index >= 0) store.list('queue').remove(index)
    })
  /** Moves somebody before somebody else, or to the end. */
  const move = (id: string, before: string | null) =>
    toasts.attempt(() => {
      const queue = store.list('queue')
      const from = indexOf(queue.items, id)
      if (from < 0) return
      const others = queue.items.toSpliced(from, 1)
      const to = before === null ? -1 : indexOf(others, before)
      queue.move(from, to < 0 ? others.length : to)
    })
  const moveTo = (id: string, place: (index: number) => number) => {
    const others = speakers.filter(speaker => speaker.id !== id)
    const to = Math.min(Math.max(place(speakers.findIndex(speaker => speaker.id === id)), 0), others.length)
    move(id, others[to]?.id ?? null)
    const at = speakers.findIndex(speaker => speaker.id === id)
    say(`${speakers[at]?.name ?? 'Somebody'} is number ${at + 1} of ${speakers.length}`)
  }
  const removeAndGoOn = (id: string, row: HTMLElement) => {
    const next = row.nextElementSibling ?? row.previousElementSibling
    remove(id)
    const goOn = next?.querySelector<HTMLElement>('[data-remove]') ?? join
    goOn.focus()
  }

  const join = element('button', {
    class: 'button',
    type: 'button',
    onclick: () => {
      const id = people.selfId
      if (speakers.some(speaker => speaker.id === id)) remove(id)
      else add({ id, name: people.nameOf(id) ?? '' })
    },
  })
  const field = element('input', {
    class: 'field',
    'aria-label': 'Speaker to add',
    placeholder: 'Or add somebody by name',
    autocomplete: 'off',
  })
  const submit = (event: Event) => {
    event.preventDefault()
    const name = field.value.trim()
    if (name && add({ id: randomId(), name })) field.value = ''
  }
  const list = element('ol', { class: 'queue-list' })
  const sort = createDragSort(list, {
    glide: change => slide(list, change),
    onDrop: (row, before) => void move(row.dataset['id'] ?? '', before?.dataset['id'] ?? null),
  })
  const showRows = keyedList<QueueRow>(list, {
    keyOf: ({ speaker }) => speaker.id,
    create: ({ speaker: { id } }) =>
      createQueueRow(id, {
        onGrab: (row, event) => sort.begin(row, event),
        onMove: place => moveTo(id, place),
        onRemove: row => removeAndGoOn(id, row),
      }),
  })
  const empty = element('p', { class: 'empty' }, 'Nobody waits to speak.')
  const hint = element('p', { class: 'hint' }, 'Drag by the handle, or move with the arrow keys on it.')

  const show = () => {
    // By id, not by place: who is moved keeps the colour.
    const hues = people.huesWith(speakers.map(({ id }) => id).sort())
    const rows = speakers.map(({ id, name }, index) => ({
      speaker: { id, name: people.nameOf(id) ?? name },
      hue: hues.get(id) ?? 0,
      place: index + 1,
      of: speakers.length,
    }))
    sort.around(() => showRows(rows))
    list.hidden = rows.length === 0
    empty.hidden = rows.length > 0
    hint.hidden = rows.length < 2
    const isIn = speakers.some(({ id }) => id === people.selfId)
    join.textContent = isIn ? 'Leave the queue' : 'Join the queue'
  }
  root.replaceChildren(
    element('div', { class: 'card-head' }, element('h2', { id: 'queue-title' }, 'Speaker queue'), join),
    list,
    empty,
    hint,
    element(
      'form',
      { class: 'line-form', onsubmit: submit },
      field,
      element('button', { class: 'button', type: 'submit' }, 'Add'),
    ),
  )
  people.observe(show)
  store.observe('queue', ({ value }) => {
    const found = readQueue(value)
    // An id that stands there twice, as no queue of this page makes it, is shown once.
    speakers = found.filter(({ id }, index) => found.findIndex(other => other.id === id) === index)
    show()
  })
}
