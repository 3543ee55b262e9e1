/** The page: joins the room that stands in its address, and gives each part of the page its place. */

import { joinRoom } from '../src/index.js'
import { mountAnnouncer } from './announcer.js'
import type { Board, BoardRoom } from './board.js'
import { mountChat } from './chat.js'
import { mountConflictNotice } from './conflict-notice.js'
import { partOfPage } from './dom.js'
import { showFailurePage } from './failure-page.js'
import { mountEndedSession } from './ended-session.js'
import { mountGame } from './game.js'
import { mountHomecoming } from './homecoming.js'
import { mountInspector } from './inspector.js'
import { createInviteButton } from './invite-button.js'
import { createKillSwitch, showKilledPage, wasKilled } from './killed-page.js'
import { mountLeaveWarning } from './leave-warning.js'
import { mountNotes } from './notes.js'
import { createOfflineSwitch } from './offline-switch.js'
import { createNameField, ownName } from './own-name.js'
import { createPeople } from './people.js'
import { ownArrival, ownPersonId } from './person-id.js'
import { mountPins } from './pins.js'
import { mountPoll } from './poll.js'
import { readRoomAddress, reloadOnOtherRoom, type RoomAddress } from './room-name.js'
import { mountQueue } from './queue.js'
import { inTime, inWords, windowMsOf } from './resume-window.js'
import { createSecondWindowLink } from './second-window.js'
import { mountSpotlight } from './spotlight.js'
import { mountStatusLine } from './status-line.js'
import './style.css'
import { createThemeToggle } from './theme-toggle.js'
import { createToasts } from './toasts.js'
import { showTopBar } from './top-bar.js'
import { mountTrouble } from './trouble.js'
import { createUndoButtons } from './undo-buttons.js'
import { mountUsageMeter } from './usage-meter.js'

declare global {
  /** For the console: `hearth.room.store.getAll()`. */
  var hearth: { readonly room: BoardRoom }
}

const showRoom = (room: BoardRoom, address: RoomAddress, kill: () => void): void => {
  const toasts = createToasts(partOfPage('toasts'))
  const people = createPeople(room)
  const { store } = room
  const say = mountAnnouncer(partOfPage('announcer'), room, people)

  const windowMs = windowMsOf(address)
  const invite = [createSecondWindowLink(address), createInviteButton(address, toasts)]
  mountEndedSession(partOfPage('ended'), { room, people, toasts, say, window: inWords(windowMs) })
  mountSpotlight(partOfPage('people'), { room, people, toasts, inTime: inTime(windowMs), invite })
  mountPins(partOfPage('pins'), { room, people, toasts })
  mountChat(partOfPage('chat'), { room, people, toasts })
  mountGame(partOfPage('game'), { room, people, toasts })
  mountQueue(partOfPage('queue'), { room, people, toasts, say })
  mountPoll(partOfPage('poll'), { room, people, toasts })
  mountNotes(partOfPage('notes'), room, toasts)
  mountStatusLine(partOfPage('status'), room, people)
  mountUsageMeter(partOfPage('status'), store)
  const trouble = mountTrouble(partOfPage('trouble'), { address, toasts, kill })
  const panelToggle = mountInspector(partOfPage('inspector'), { room, people, toasts })
  showTopBar(partOfPage('top'), {
    roomName: address.name,
    invite: createInviteButton(address, toasts),
    history: createUndoButtons({ room, toasts, say }),
    tools: [createNameField(people), createOfflineSwitch(room), trouble, createThemeToggle(), panelToggle],
  })
  mountHomecoming(room, toasts)
  mountLeaveWarning(room)
  mountConflictNotice(room, toasts)
  room.on('error', error => toasts.report(error))
}

const start = async (): Promise<void> => {
  const address = readRoomAddress()
  reloadOnOtherRoom(address)
  if (wasKilled()) return showKilledPage(partOfPage('app'))
  const kill = createKillSwitch()
  try {
    const room = await joinRoom<Board>({
      room: address.name,
      // The server of the page introduces its peers too.
      signaling: location.origin.replace(/^http/, 'ws'),
      name: ownName(),
      metadata: { person: await ownPersonId(), arrival: ownArrival(address.name) },
      persist: 'indexeddb',
      ...(address.windowMs === null ? {} : { resumeWindowMs: address.windowMs }),
      ...(address.password === null ? {} : { password: address.password }),
    })
    globalThis.hearth = { room }
    showRoom(room, address, kill)
  } catch (error) {
    showFailurePage(partOfPage('app'), error, address)
  }
}

// Only where a page is secure; it serves the next load of this page.
const workers: ServiceWorkerContainer | undefined = navigator.serviceWorker
workers?.register('./page-cache.js').catch((error: unknown) => console.warn('This page will not open offline.', error))
void start()
