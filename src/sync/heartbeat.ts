import type { Clock } from '../clock.js'
import { encodeMessage } from '../wire/peer-messages.js'
import { isOpen, type Connection } from './connection.js'

/** How often the state of the links is looked at. */
const tickMs = 500
/** A link that was silent for this long is asked for a sign of life, */
const pingAfterMs = 1500
/** and is given up after this long: with the tick, the crash of a peer is told within 4 seconds. */
export const goneAfterMs = 3500
/** A tick that comes later than this means that this peer itself was asleep or blocked. */
const lateMs = 1000
/** A hello takes no longer. */
const helloTimeoutMs = 4000

export type HeartbeatOptions = {
  readonly clock: Clock
  connections(): Iterable<Connection>
  /** The link is silent, never said hello, or has been refused for long enough. */
  onExpired(connection: Connection): void
  onTick(): void
}

/** Watches over the links; the result stops it. Silence is measured by what arrives: any message is a heartbeat. */
export const startHeartbeat = (options: HeartbeatOptions): (() => void) => {
  const { clock } = options
  let dueAt = 0
  let cancel = () => {}

  const watch = (connection: Connection, now: number) => {
    switch (connection.phase.name) {
      case 'greeting':
        if (now - connection.openedAt >= helloTimeoutMs) options.onExpired(connection)
        break
      case 'refused':
        if (now >= connection.phase.until) options.onExpired(connection)
        break
      case 'open': {
        const silentMs = now - connection.heardAt
        if (silentMs >= goneAfterMs) options.onExpired(connection)
        else if (silentMs >= pingAfterMs && now - connection.pingedAt >= pingAfterMs / 2) {
          connection.pingedAt = now
          connection.outbox.queue(encodeMessage({ type: 'ping' }))
        }
        break
      }
      case 'closed':
        break
    }
  }

  /**
   * Others may have answered all the while: ask again before they are declared gone. Once only, or where every
   * timer comes late, as in a page in the background, nobody ever would be.
   */
  const excuse = (connection: Connection, now: number) => {
    if (connection.heardAt === connection.excusedAt) return
    connection.heardAt = connection.excusedAt = Math.max(connection.heardAt, now - pingAfterMs)
  }

  const tick = () => {
    const now = clock.monotonic()
    const wasAsleep = now - dueAt > lateMs
    // First, as what follows may be the end of it.
    schedule()
    for (const connection of options.connections()) {
      if (wasAsleep && isOpen(connection)) excuse(connection, now)
      watch(connection, now)
    }
    options.onTick()
  }

  const schedule = () => {
    dueAt = clock.monotonic() + tickMs
    cancel = clock.schedule(tick, tickMs)
  }

  schedule()
  return () => cancel()
}
