import { expectTypeOf } from 'vitest'
import {
  HMSNotificationTypes,
  HMSReactiveStore,
  selectIsConnectedToRoom,
  selectPeerMetadata,
  selectPeers,
  selectSessionStore,
  type HMSException,
  type HMSWebMessage,
  type HMSWebPeer,
} from '../../src/hms/index.js'

interface SessionStore {
  spotlight: string
  poll: { q: string; votes: Record<string, string> }
}

const hms = new HMSReactiveStore<{ sessionStore: SessionStore }>()
const hmsActions = hms.getActions()
const hmsStore = hms.getStore()

await hmsActions.join({ room: 'standup', userName: 'Ana' })
await hmsActions.sessionStore.observe('spotlight')
await hmsActions.sessionStore.observe(['spotlight', 'poll'])
await hmsActions.sessionStore.set('poll', { q: 'Food?', votes: {} })
await hmsActions.sessionStore.set('spotlight')
await hmsActions.sessionStore.unobserve('poll')

expectTypeOf(hmsStore.getState(selectSessionStore())).toEqualTypeOf<Partial<SessionStore>>()
expectTypeOf(hmsStore.getState(selectSessionStore('spotlight'))).toEqualTypeOf<string | undefined>()
expectTypeOf(hmsStore.getState(selectIsConnectedToRoom)).toEqualTypeOf<boolean>()
expectTypeOf(hmsStore.getState(selectPeers)).toEqualTypeOf<readonly HMSWebPeer[]>()
expectTypeOf(hmsStore.getState().sessionStore.poll).toEqualTypeOf<SessionStore['poll'] | undefined>()
hmsStore.getState(selectPeerMetadata('ana'))['handRaised']?.valueOf()
const stop = hmsStore.subscribe((poll: SessionStore['poll'] | undefined) => poll?.q, selectSessionStore('poll'))
stop()
hmsStore.subscribe(({ room }) => room.name)
hmsStore.subscribe((peers: readonly HMSWebPeer[]) => peers.length, selectPeers)

hms.getNotifications().onNotification(({ data }) => {
  expectTypeOf(data).toEqualTypeOf<HMSWebMessage>()
}, HMSNotificationTypes.NEW_MESSAGE)
hms.getNotifications().onNotification(
  notification => {
    if (notification.type === HMSNotificationTypes.ERROR) expectTypeOf(notification.data).toEqualTypeOf<HMSException>()
    else expectTypeOf(notification.data).toEqualTypeOf<HMSWebPeer>()
  },
  ['ERROR', 'PEER_LEFT'],
)

// @ts-expect-error there is no such key
hmsStore.getState(selectSessionStore('spotlihgt'))
// @ts-expect-error there is no such key
hmsStore.subscribe(() => undefined, selectSessionStore('spotlihgt'))
// @ts-expect-error another type
hmsStore.subscribe((poll: string | undefined) => poll, selectSessionStore('poll'))
// @ts-expect-error there is no such key
await hmsActions.sessionStore.observe('spotlihgt')
// @ts-expect-error there is no such key
await hmsActions.sessionStore.unobserve(['spotlight', 'spotlihgt'])
// @ts-expect-error there is no such key
await hmsActions.sessionStore.set('spotlihgt', 'ana')
// @ts-expect-error another type
await hmsActions.sessionStore.set('spotlight', 1)
// @ts-expect-error a field is missing
await hmsActions.sessionStore.set('poll', { q: 'Food?' })
// @ts-expect-error it may not be set
hmsStore.getState(selectSessionStore('spotlight')).trim()
// @ts-expect-error the state is not for writing
hmsStore.getState().sessionMetadata = 1
// @ts-expect-error there is no such type
hms.getNotifications().onNotification(() => undefined, 'NEW_MESAGE')

// Without types any key may be there.
const any = new HMSReactiveStore()
await any.getActions().sessionStore.set('any', { thing: 1 })
any.getStore().getState(selectSessionStore('any'))?.valueOf()
