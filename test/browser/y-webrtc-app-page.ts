/** What y-webrtc-app.test.ts runs in a page: an app on plain y-webrtc, as the package comes, or a Hearth room. */

import { WebrtcProvider } from 'y-webrtc'
import * as Y from 'yjs'
import { joinRoom, type Room } from '../../src/index.js'

const opened: { doc: Y.Doc; provider?: WebrtcProvider; room?: Room } = { doc: new Y.Doc() }

/** Begins to connect. The public STUN servers that it would ask are left out. */
export const startPlain = (topic: string, signaling: string, password: string | null): void => {
  opened.provider = new WebrtcProvider(topic, opened.doc, {
    signaling: [signaling],
    ...(password === null ? {} : { password }),
    peerOpts: { config: { iceServers: [] } },
  })
}

export const isSignaling = (): boolean => opened.provider?.signalingConns.some(({ connected }) => connected) === true
export const writePlain = (name: string): void => void opened.doc.getMap('names').set(name, true)
export const readPlain = (): readonly string[] => [...opened.doc.getMap('names').keys()].sort()

export const joinHearth = async (room: string, signaling: string): Promise<void> => {
  opened.room = await joinRoom({ room, signaling })
}
export const writeHearth = (name: string): void => opened.room?.store.set(name, true)
export const readHearth = (): readonly string[] => opened.room?.store.keys() ?? []
