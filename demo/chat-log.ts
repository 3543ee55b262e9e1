/**
 * What is said in the room, as this page heard it: messages are sent, not kept. Who is blocked is not heard any more;
 * what they had said before stays. Anybody may send anything, so what is no message of this page's is left out.
 */

import type { BoardRoom } from './board.js'
import type { People } from './people.js'
import { blockedIn } from './recipes/block-list.js'
import { isObject } from './recipes/json-shape.js'

export type ChatMessage = {
  readonly id: string
  readonly text: string
  /** The person who said it, and by which name. */
  readonly authorId: string
  readonly author: string
  readonly sentAt: number
}

export type ChatLog = {
  /** The last ones, oldest first. */
  readonly messages: readonly ChatMessage[]
  /** @throws SessionError as `room.send` */
  send(text: string): void
  observe(listener: () => void): void
}

const mostMessages = 100
/** Beyond that, nobody reads it. */
export const longestMessage = 500

export const createChatLog = (room: BoardRoom, people: People): ChatLog => {
  let messages: readonly ChatMessage[] = []
  const listeners = new Set<() => void>()
  const add = (peerId: string, message: Pick<ChatMessage, 'id' | 'text' | 'sentAt'>) => {
    const authorId = people.personOf(peerId)
    if (blockedIn(room.store).has(authorId)) return
    const author = people.nameOf(authorId) ?? 'Somebody'
    messages = [...messages, { ...message, authorId, author }].slice(-mostMessages)
    for (const listener of listeners) listener()
  }
  room.on('message', ({ id, from, data, sentAt }) => {
    const text = readText(data)
    if (text !== null) add(from, { id, text, sentAt })
  })
  return {
    get messages() {
      return messages
    },
    // The shape that messages of `hearth-store/hms` have, too.
    send: text => add(room.self.id, { ...room.send({ type: 'chat', message: text }), text }),
    observe: listener => {
      listeners.add(listener)
      listener()
    },
  }
}

const readText = (data: unknown): string | null => {
  if (!isObject(data) || data['type'] !== 'chat' || typeof data['message'] !== 'string') return null
  return data['message'].trim().slice(0, longestMessage) || null
}
