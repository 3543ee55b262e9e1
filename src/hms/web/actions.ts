import type { HMSConfig } from '../config.js'
import { failure, notJoined } from '../exception.js'
import { rolesOf } from '../message.js'
import { toHMSPeer } from '../peer.js'
import type { HMSSDK } from '../sdk.js'
import { act, type IHMSSessionStoreActions, type OpenSessionStoreActions } from './session-store-actions.js'
import type { AnySessionStore, HMSGenericTypes } from './state.js'

/** What an app does, by the names of the Web. All of it rejects with `HMSException`: 6000 outside of a room. */
export type HMSActions<T extends HMSGenericTypes = AnySessionStore> = {
  readonly sessionStore: IHMSSessionStoreActions<T['sessionStore']>
  /** Resolves when the state is that of the room. @throws HMSException (rejects) as `HMSSDK.join` */
  join(config: HMSConfig): Promise<void>
  /** The state is empty at once; this resolves when others were told. */
  leave(): Promise<void>
  /** Replaces this peer's metadata for everybody; an object becomes JSON text. At most 4 KB. */
  changeMetadata(metadata: string | object): Promise<void>
  changeName(name: string): Promise<void>
  /** Sends to everybody who is here. @throws HMSException (rejects) as `HMSSDK.sendBroadcastMessage` */
  sendBroadcastMessage(message: string, type?: string): Promise<void>
  /** Sends to those who have one of these roles. @throws HMSException (rejects) as `HMSSDK.sendGroupMessage` */
  sendGroupMessage(message: string, roles: readonly string[], type?: string): Promise<void>
  /** Sends to one peer. @throws HMSException (rejects) as `HMSSDK.sendDirectMessage` */
  sendDirectMessage(message: string, peerId: string, type?: string): Promise<void>
  /** @deprecated The key `default` of the session store: use that. */
  setSessionMetadata(value: unknown): Promise<void>
  /** @deprecated There is nothing to fetch: `selectSessionMetadata` is always the present value. */
  populateSessionMetadata(): Promise<void>
}

export type ActionsOptions = {
  readonly sdk: HMSSDK
  readonly sessionStore: OpenSessionStoreActions
  /** The room was left. */
  readonly onLeft: () => void
}

export const createActions = ({ sdk, sessionStore, onLeft }: ActionsOptions): HMSActions<HMSGenericTypes> => ({
  sessionStore: sessionStore.actions,
  join: config => act('join', () => sdk.join({ config })),
  leave: () =>
    act('leave', () => {
      const left = sdk.leave()
      onLeft()
      return left
    }),
  changeMetadata: metadata => act('changeMetadata', () => sdk.changeMetadata({ metadata })),
  changeName: name => act('changeName', () => sdk.changeName({ name })),
  sendBroadcastMessage: (message, type = 'chat') =>
    act('sendBroadcastMessage', () => sdk.sendBroadcastMessage({ message, type })),
  sendGroupMessage: (message, roles, type = 'chat') =>
    act('sendGroupMessage', () =>
      sdk.sendGroupMessage({ message, hmsRolesTo: rolesOf(Array.isArray(roles) ? roles : []), type }),
    ),
  sendDirectMessage: (message, peerId, type = 'chat') =>
    act('sendDirectMessage', () => {
      const room = sdk.hearthRoom
      if (!room) throw notJoined('sendDirectMessage')
      const peer = [room.self, ...room.peers].find(({ id }) => id === peerId)
      if (!peer) throw failure('peerNotFound', 'sendDirectMessage', 'No peer of this id is here.')
      return sdk.sendDirectMessage({ message, peerTo: toHMSPeer(room, peer), type })
    }),
  setSessionMetadata: value =>
    act('setSessionMetadata', () => sessionStore.write('default', () => sdk.setSessionMetadata({ metadata: value }))),
  populateSessionMetadata: () => act('populateSessionMetadata', async () => void (await sdk.getSessionMetadata())),
})
