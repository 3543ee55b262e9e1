/** The foot of the page: how this peer stands with signaling, with the session, and with each of the others. */

import type { LinkStatus, RoomStatus } from '../src/index.js'
import type { BoardRoom } from './board.js'
import { element, keyedList, type Row } from './dom.js'
import type { People } from './people.js'
import { mountSavedLine } from './saved-line.js'

type Link = LinkStatus & { readonly name: string; readonly hue: number }

export const mountStatusLine = (root: HTMLElement, room: BoardRoom, people: People): void => {
  const app = root.parentElement
  const sync = element('p', { class: 'sync' })
  const signaling = element('p', { class: 'signaling' })
  const links = element('ul', { class: 'links', 'aria-label': 'Links to the others' })
  const showLinks = keyedList<Link>(links, { keyOf: ({ peerId }) => peerId, create: createLink })

  const show = () => {
    const { status } = room
    sync.textContent = syncWords[status.sync]
    sync.dataset['state'] = status.sync
    signaling.textContent = signalingWords[status.signaling]
    signaling.dataset['state'] = status.signaling
    if (app) app.dataset['presence'] = status.sync === 'offline' ? 'offline' : 'here'
    showLinks(linksOf(status, people))
  }
  root.prepend(sync, signaling, links)
  mountSavedLine(sync, room)
  room.on('status', show)
  people.observe(show)
}

const linksOf = ({ links }: RoomStatus, people: People): Link[] =>
  links.map(link => ({ ...link, name: people.nameOf(link.peerId) ?? 'Somebody new', hue: people.hueOf(link.peerId) }))

const createLink = (): Row<Link> => {
  const name = element('span', {})
  const state = element('span', { class: 'link-state' })
  const node = element('li', { class: 'peer-link' }, name, state)
  return {
    node,
    show: link => {
      name.textContent = link.name
      state.textContent = linkWords[link.state]
      node.dataset['state'] = link.state
      node.style.setProperty('--hue', String(link.hue))
    },
  }
}

const syncWords: Readonly<Record<RoomStatus['sync'], string>> = {
  alone: 'Nobody else is here',
  syncing: 'Catching up with the others',
  synced: 'In step with everyone',
  offline: 'Offline: what you change waits here',
}

const signalingWords: Readonly<Record<RoomStatus['signaling'], string>> = {
  connected: 'Signaling connected',
  connecting: 'Looking for signaling',
  disconnected: 'Signaling off',
}

const linkWords: Readonly<Record<Link['state'], string>> = {
  connecting: 'linking',
  syncing: 'catching up',
  open: 'linked',
}
