/** What the resilience tests run in a page: a room of the public API, and all that it tells. */

import { joinRoom, type JoinOptions, type Room } from '../../src/index.js'

export type Joining = Pick<JoinOptions, 'room' | 'name' | 'resumeWindowMs'> & { readonly signaling: string }

/** Every connection of this page. It counts for the browser until it is collected, closed or not. */
const made: WeakRef<RTCPeerConnection>[] = []
class CountedConnection extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration)
    made.push(new WeakRef(this))
  }
}

export const uncollected = () => made.filter(connection => connection.deref()).length
export const madeConnections = () => made.length

const joined: { room: Room | null } = { room: null }
/** What was told, in order: who came and went, errors by their code, the state of it all. */
const told: string[] = []

/** Every key that ever had a value here. */
const seen = new Set<string>()
export const keysEverSeen = () => [...seen].sort()

const room = (): Room => {
  if (!joined.room) throw new Error('This page has not joined')
  return joined.room
}

export const join = async (joining: Joining): Promise<void> => {
  const own = await joinRoom({ ...joining, RTCPeerConnection: CountedConnection })
  joined.room = own
  own.on('peer-joined', ({ peer }) => told.push(`joined ${peer.name}`))
  own.on('peer-left', ({ peer }) => told.push(`left ${peer.name}`))
  own.on('error', ({ code }) => told.push(`error ${code}`))
  own.on('session-ended', ({ reason, snapshot }) => told.push(`ended ${reason} ${JSON.stringify(snapshot)}`))
  own.on('status', ({ sync }) => told.push(sync))
  own.store.observe('*', ({ key, value }) => value !== null && seen.add(key))
}

export const leave = () => room().leave()
export const hasBeenTold = () => told
export const status = () => room().status
export const openLinks = () => room().status.links.filter(({ state }) => state === 'open').length
export const sessionId = () => room().sessionId
export const peerNames = () =>
  room()
    .peers.map(peer => peer.name)
    .sort()
export const all = () => room().store.getAll()
/** The same in every page that holds the same. */
export const digest = () => JSON.stringify(room().store.getAll())

export const set = (key: string, value: unknown) => room().store.set(key, value as never)
export const push = (key: string, item: string) => room().store.list(key).push(item)
export const setField = (key: string, field: string, value: unknown) =>
  room().store.update(key, object => ({ ...(object as object | null), [field]: value }) as never)

const written = { count: 0 }
/** How many writes of the burst were made. */
export const writes = () => written.count
/** Writes so often, a few milliseconds apart: each counts one, and one key in turn keeps the number of the last. */
export const startBurst = (prefix: string, count: number): void => {
  const write = () => {
    const number = written.count++
    room().store.transact(() => {
      room().store.set(`${prefix}${number % 20}`, number)
      room().store.counter('count').increment()
    })
    if (written.count < count) setTimeout(write, 5)
  }
  write()
}

/** Joins, meets whoever is there, and leaves: so often, one after the other. */
export const joinAndLeave = async ({ name = '', ...joining }: Joining, times: number): Promise<void> => {
  for (let time = 0; time < times; time++) {
    const own = await joinRoom({ ...joining, name: `${name} ${time}`, RTCPeerConnection: CountedConnection })
    own.on('error', ({ code }) => told.push(`error ${code}`))
    await new Promise<void>(resolve => {
      const look = () => own.status.sync === 'synced' && resolve()
      own.on('status', look)
      look()
    })
    await own.leave()
  }
}

const hoard: RTCPeerConnection[] = []
/** Makes connections until the browser refuses; the result is how many there are now. */
export const exhaustConnections = (): number => {
  for (;;)
    try {
      hoard.push(new RTCPeerConnection())
    } catch {
      return hoard.length
    }
}
/** Closes them, and forgets them. */
export const releaseConnections = (): void => hoard.splice(0).forEach(connection => connection.close())

const pulse = { lastAt: performance.now(), longestMs: 0 }
setInterval(() => {
  const now = performance.now()
  pulse.longestMs = Math.max(pulse.longestMs, now - pulse.lastAt)
  pulse.lastAt = now
}, 100)
/** For how long the timers of this page have stood still, at most. */
export const longestStandstill = () => pulse.longestMs
