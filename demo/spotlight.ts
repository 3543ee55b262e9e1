/** The people in the room, who of them raises a hand, and the one in the centre: the same one on every screen. */

import type { BoardRoom } from './board.js'
import { createClapButton } from './clap-button.js'
import { createConflictChoice } from './conflict-choice.js'
import { element, keyedList, type Child } from './dom.js'
import { createHandButton } from './hand-button.js'
import { personIdOf, type People } from './people.js'
import { readIds } from './recipes/id-set.js'
import { createSpotlight } from './recipes/spotlight.js'
import { slide } from './slide.js'
import { createTile, type TileState } from './tile.js'
import type { Toasts } from './toasts.js'

export type SpotlightContext = {
  readonly room: BoardRoom
  readonly people: People
  readonly toasts: Toasts
  /** Until when who is offline has to be back, in words. */
  readonly inTime: string
  /** Shown as long as one is alone: ways to bring others. */
  readonly invite: readonly Child[]
}

/** Long enough to load the page anew, which is no leaving. */
const clearAfterMs = 10_000

export const mountSpotlight = (root: HTMLElement, { room, people, toasts, inTime, invite }: SpotlightContext): void => {
  const { store } = room
  const spotlight = createSpotlight(room, { idOf: personIdOf, clearAfterMs })
  let hands: ReadonlySet<string> = new Set()

  const clear = () => void toasts.attempt(() => spotlight.clear())
  const press = (personId: string) => {
    if (personId === spotlight.id) clear()
    else toasts.attempt(() => spotlight.put(personId))
  }

  const heading = element('h2', {})
  const tiles = element('div', { class: 'tiles' })
  const absence = element('p', {})
  const absent = element(
    'div',
    { class: 'notice absent', hidden: true },
    absence,
    element('button', { class: 'button', type: 'button', onclick: clear }, 'Clear the spotlight'),
  )
  const alone = element(
    'div',
    { class: 'notice' },
    element('p', {}, 'You are the only one here. Open a second window to see it, or send the link to somebody.'),
    ...invite,
  )
  const offline = element(
    'div',
    { class: 'notice' },
    element('p', {}, `You are offline. Pin, vote, clap, write: all of it is kept, and merged ${inTime}.`),
  )
  const choice = createConflictChoice({
    room,
    people,
    toasts,
    key: 'spotlight',
    at: '',
    describe: (who, value) =>
      `${who} chose ${(typeof value === 'string' && people.nameOf(value)) || 'somebody who left'}`,
    onChoose: value => store.set('spotlight', value as never),
    onKeep: () => store.set('spotlight', store.get('spotlight')),
  })
  const showTiles = keyedList<TileState>(tiles, {
    keyOf: state => state.person.id,
    create: state => createTile(state, press),
  })

  const show = () =>
    slide(tiles, () => {
      const present = people.list()
      const lit = spotlight.id
      const isOffline = room.status.sync === 'offline'
      heading.textContent = present.length === 1 ? 'One person here' : `${present.length} people here`
      showTiles(present.map(person => ({ person, isLit: person.id === lit, hasHandUp: hands.has(person.id) })))
      root.style.setProperty('--warmth', String(Math.min(1, 0.4 + present.length * 0.15)))
      alone.hidden = isOffline || present.length > 1
      offline.hidden = !isOffline
      const missing = spotlight.peer ? null : lit
      absent.hidden = missing === null
      absence.textContent = missing && absenceOf(people.nameOf(missing), room.status.sync)
      tiles.dataset['lit'] = String(lit !== null && missing === null)
    })

  root.replaceChildren(
    element(
      'div',
      { class: 'card-head' },
      heading,
      element('p', { class: 'hint' }, 'Choose somebody: they take the centre for everyone.'),
    ),
    absent,
    tiles,
    choice,
    alone,
    offline,
    element('div', { class: 'stage-bar' }, createClapButton(room, toasts), createHandButton(room, people, toasts)),
  )
  people.observe(show)
  room.on('status', show)
  spotlight.observe(show)
  store.observe('hands', ({ value }) => {
    hands = readIds(value)
    show()
  })
}

const absenceOf = (name: string | null, sync: BoardRoom['status']['sync']): string => {
  if (name === null) return 'The one in the spotlight has not been here yet.'
  return sync === 'offline'
    ? `${name} is in the spotlight, out of sight while you are offline.`
    : `${name} was in the spotlight and has left. It goes out in some seconds.`
}
