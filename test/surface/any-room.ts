import { expectTypeOf } from 'vitest'
import { z } from 'zod'
import { joinRoom, type AnyRoom, type Counter, type List, type Room } from '../../src/index.js'

/** Works with any room. */
const describe = ({ self, peers, store }: AnyRoom): string => {
  const stop = store.observe('*', ({ key, value }) => expectTypeOf([key, value]).toEqualTypeOf<unknown[]>())
  stop()
  store.list('log').push(self.id)
  store.counter('visits').increment()
  store.text('notes').insert(0, self.name)
  expectTypeOf(store.get('log')).toEqualTypeOf<unknown>()
  return `${peers.length} ${store.keys().join()} ${store.usage.bytes}`
}

type Standup = { spotlight: string; pinned: List<{ id: string }>; claps: Counter }
interface Poll {
  q: string
}
declare const rooms: [Room<Standup>, Room<Poll>, Room]
rooms.map(describe)
rooms.forEach(room => describe(room))
describe(await joinRoom({ room: 'standup', schema: { poll: z.string() } }))

declare const any: AnyRoom
// @ts-expect-error not the reverse
export const standup: Room<Standup> = any
