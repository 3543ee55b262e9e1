import type { Clock } from './clock.js'
import type { RedisLink } from './redis-link.js'

/** A link to Redis that is opened anew for ever: at once, then after longer and longer times, none like another's. */
export type RedisReconnection = {
  /** While there is one that is up. */
  readonly link: RedisLink | null
  /** Resolves when nothing is left. */
  close(): Promise<void>
}

export type LinkEvents = { readonly onUp: () => void; readonly onEnd: (error: unknown) => void }

export type RedisReconnectionOptions = {
  readonly open: (events: LinkEvents) => RedisLink
  readonly clock: Pick<Clock, 'monotonic' | 'schedule'>
  /** From 0 to 1. */
  readonly random: () => number
  readonly maxDelayMs: number
  /** A link that ends sooner counts as a failed attempt. */
  readonly steadyMs: number
  readonly onUp: (link: RedisLink) => void
  readonly onDown: () => void
  /** Once for each new reason that it cannot be reached. */
  readonly onError: (error: unknown) => void
}

type Phase =
  | { is: 'waiting'; cancel: () => void }
  | { is: 'opening'; link: RedisLink }
  | { is: 'up'; link: RedisLink; since: number }
  | { is: 'closed' }

const firstDelayMs = 50

export const keepRedisLink = (options: RedisReconnectionOptions): RedisReconnection => {
  const { open, clock, random, maxDelayMs, steadyMs, onUp, onDown, onError } = options
  let failures = 0
  let reported = ''

  const start = (): Phase => {
    const link = open({
      onUp: () => {
        phase = { is: 'up', link, since: clock.monotonic() }
        onUp(link)
      },
      onEnd: error => lose(link, error),
    })
    return { is: 'opening', link }
  }

  const lose = (link: RedisLink, error: unknown): void => {
    if (phase.is === 'closed') return
    if (phase.is === 'up' && clock.monotonic() - phase.since >= steadyMs) {
      failures = 0
      reported = ''
    }
    const wasUp = phase.is === 'up'
    const delayMs = Math.min(firstDelayMs * 2 ** failures, maxDelayMs) * (0.5 + random() / 2)
    failures += 1
    phase = { is: 'waiting', cancel: clock.schedule(() => (phase = start()), delayMs) }
    if (wasUp) onDown()
    const reason = reasonOf(error)
    if (reason !== reported) onError(new Error(`Redis cannot be used: ${reason}`, { cause: error }))
    reported = reason
    void link.end()
  }

  let phase: Phase = start()

  return {
    get link() {
      return phase.is === 'up' ? phase.link : null
    },
    close: async () => {
      const last = phase
      phase = { is: 'closed' }
      if (last.is === 'waiting') last.cancel()
      if (last.is === 'opening' || last.is === 'up') await last.link.end()
    },
  }
}

/** Node's error for a name with several addresses has no message, only a code. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const { message, name, code }: NodeJS.ErrnoException = error
  return message || (code ?? name)
}
