import { parseServerMessage } from '../../../src/wire/signaling-messages.js'
import { connect, type Closed } from './client.js'

/** A peer of a room, as a real client sees it: who is there by what it was told, and what it heard. */
export type Member = {
  readonly peer: string
  /** The others; null before anybody said. */
  readonly others: () => readonly string[] | null
  /** Of all that came and went, in order: `members a,b`, `joined c`, `left c`. */
  readonly told: readonly string[]
  /** `data` of each publish, in order. */
  readonly heard: readonly unknown[]
  say(data: unknown, to?: string): void
  /** Leaves, but keeps its socket. */
  leave(): void
  /** Ends its socket. */
  close(): Promise<Closed>
  readonly closed: Promise<Closed>
}

export const openMember = async (url: string, topic: string, peer: string): Promise<Member> => {
  const client = await connect(url)
  const told: string[] = []
  const heard: unknown[] = []
  let others: Set<string> | null = null
  client.socket.on('message', data => {
    const message = parseServerMessage((data as Buffer).toString())
    if (message === null || !('topic' in message) || message.topic !== topic) return
    switch (message.type) {
      case 'publish':
        heard.push(message.data)
        return
      case 'members':
        others = new Set(message.peers)
        told.push(`members ${message.peers.toSorted().join()}`)
        return
      case 'joined':
        others?.add(message.peer)
        told.push(`joined ${message.peer}`)
        return
      case 'left':
        others?.delete(message.peer)
        told.push(`left ${message.peer}`)
    }
  })
  client.send({ type: 'subscribe', topics: [topic], peer })
  return {
    peer,
    told,
    heard,
    others: () => (others === null ? null : [...others].toSorted()),
    say: (data, to) => client.send({ type: 'publish', topic, data, ...(to === undefined ? {} : { to }) }),
    leave: () => client.send({ type: 'unsubscribe', topics: [topic] }),
    close: () => {
      client.socket.terminate()
      return client.closed
    },
    closed: client.closed,
  }
}
