import type { Checker } from '../checker.js'

/** A log that holds nothing: 46 bytes by DESIGN; the rest is for a mark and for runs that something stands between. */
const bytesPerWriter = 90
const baseBytes = 40

export const stateSize: Checker = {
  name: '[DATA4] [DATA6] [DATA8] once everything is deleted, what is left of a room is a few bytes for each who wrote',
  check: async ({ world }) => {
    const [author] = world.present
    if (!author) return []
    const { store } = author.room
    for (const key of store.keys()) store.delete(key)
    await world.settle()
    // Whoever writes next clears away what was written, at the same time, into what was deleted.
    store.set('last', 1)
    store.delete('last')
    await world.settle()
    const state = await world.stateOf(author)
    const bytes = state?.length ?? 0
    const most = baseBytes + bytesPerWriter * (world.actors.length + 1)
    return bytes <= most ? [] : [`${bytes} bytes are left, of at most ${most}`]
  },
}
