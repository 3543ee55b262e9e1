import type { Checker } from '../checker.js'

const watchMs = 12_000
const allowed = new Set(['ping', 'pong', 'check'])

export const silence: Checker = {
  name: '[SYNC7] when nobody writes the network falls silent, but for heartbeats and checks',
  every: 4,
  check: async ({ world }) => {
    // What the last ones who left or joined set off.
    await world.advance(1000)
    const from = world.stage.trace.length
    await world.advance(watchMs)
    const heard = new Set(
      world.stage.trace.slice(from).flatMap(event => (event.type === 'sent' ? [event.message] : [])),
    )
    return [...heard].filter(type => !allowed.has(type)).map(type => `there is still ${type}`)
  },
}
