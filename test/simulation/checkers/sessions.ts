import type { Checker } from '../checker.js'

export const sessions: Checker = {
  name: '[SESSION2] [SESSION5] all who are in the room at the end are in one session, and know of each other',
  check: ({ endings }) => {
    const ids = endings.map(({ actor }) => actor.room.self.id)
    const session = endings[0]?.actor.room.sessionId
    return endings.flatMap(({ actor: { name, room } }) => {
      const known = room.peers.map(({ id }) => id).sort()
      const others = ids.filter(id => id !== room.self.id).sort()
      return [
        ...(room.sessionId === session ? [] : [`${name} is in another session`]),
        ...(known.join() === others.join() ? [] : [`${name} knows ${known.length} peers of ${others.length}`]),
      ]
    })
  },
}
