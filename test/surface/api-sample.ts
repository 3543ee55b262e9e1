import { joinRoom, type Counter, type List, type Members, type Text } from '../../src/index.js'

// The API at a glance, as it is meant to be written.

type Standup = {
  spotlight: string
  pinned: List<{ id: string; text: string }>
  poll: { q: string; votes: Record<string, string> }
  claps: Counter
  hands: Members<string>
  notes: Text
}

const room = await joinRoom<Standup>({ room: 'standup', signaling: 'ws://localhost:4444', name: 'Ana' })
const { store } = room

store.set('spotlight', room.self.id)
const spotlight: string | null = store.get('spotlight')
store.update('poll', poll => ({ ...poll, votes: { ...poll.votes, [room.self.id]: 'pizza' } }))
store.delete('spotlight')
store.transact(() => {
  store.set('poll', { q: 'Lunch?', votes: {} })
  store.counter('claps').reset()
})
const stop = store.observe(['spotlight', 'pinned'], change => {
  if (change.key === 'spotlight') change.value?.toUpperCase()
  else change.previousValue?.map(({ id, text }) => `${id} ${text}`)
  return [change.source, change.updatedBy, change.updatedAt, change.conflicts]
})
store.observe('*', ({ key, value }) => [key, value])
store.conflicts('spotlight').map(({ path, value, updatedBy, updatedAt }) => [path, value, updatedBy, updatedAt])
store.counter('claps').increment()
store.counter('claps').decrement(2)
const claps: number = store.counter('claps').value
const pinned = store.list('pinned')
pinned.push({ id: '1', text: 'Hi' }, { id: '2', text: 'there' })
pinned.insert(0, { id: '0', text: 'First' })
pinned.move(2, 0)
pinned.remove(0)
const items: readonly { id: string; text: string }[] = pinned.items
store.members('hands').add(room.self.id)
const isRaised: boolean = store.members('hands').has(room.self.id)
store.members('hands').remove(room.self.id)
const hands: readonly string[] = store.members('hands').values
const notes: Text = store.text('notes')
notes.insert(0, 'Agenda: ')
const isClaimed: boolean = store.compareAndSet('spotlight', null, room.self.id)
const keys: string[] = store.keys()
const all: { readonly claps?: number; readonly notes?: string } = store.getAll()
const { bytes, limits, overLimit } = store.usage
const isUndone: boolean = store.history.canUndo && store.history.undo()
const isRedone: boolean = store.history.canRedo && store.history.redo()
await store.whenDelivered({ to: 'all', timeoutMs: 2000 })

const names = [room.self, ...room.peers].map(({ id, name, role, metadata, joinedAt }) => [
  id,
  name,
  role,
  metadata,
  joinedAt,
])
room.setMetadata({ handRaised: true })
room.setRole('host')
room.send({ type: 'chat', body: 'hi' }, { to: room.peers[0]?.id ?? '' })
const hosts = room.peers.filter(({ role }) => role === 'host').map(({ id }) => id)
const { id, sentAt } = room.send('to the hosts', { to: hosts })
room.awareness.setLocalStateField('cursor', 1)
const off = room.on('message', ({ id, from, to, data, sentAt }) => [id, from, to, data, sentAt])
room.on('peer-updated', ({ peer, previous }) => peer.role !== previous.role)
room.on('peer-joined', ({ peer }) => peer.name)
room.on('conflict', ({ key, value, winner, rule }) => [key, value, winner, rule])
room.on('session-ended', ({ reason, snapshot, sessionId }) => [reason, snapshot, sessionId])
room.on('error', error => error.code === 'invalid-value' && error.details.issues?.map(({ message }) => message))
const { signaling, links, sync } = room.status
stop()
off()
room.disconnect()
room.connect()
await room.leave()

export const results = [
  [spotlight, claps, items, isRaised, hands, notes, isClaimed, isUndone, isRedone, keys, all, names, room.sessionId],
  [id, sentAt],
  [bytes, limits, overLimit, signaling, links, sync],
]
