import type { Log } from './log.js'
import type { GradualEnd, Sockets } from './sockets.js'

/** How a server goes from serving to being closed. */
export type Lifecycle = {
  /** Whether new sockets are taken. */
  readonly isServing: boolean
  /** Sends sockets elsewhere within `drainMs`, then closes. Idempotent. */
  drain(): Promise<void>
  /** Stops now, also in the middle of draining. Idempotent. */
  close(): Promise<void>
}

export type LifecycleOptions = {
  readonly sockets: Pick<Sockets, 'size' | 'endGradually'>
  readonly drainMs: number
  readonly log: Pick<Log, 'info'>
  /** Called once. */
  readonly stop: () => Promise<void>
}

type Phase = { is: 'serving' } | { is: 'moving'; end: GradualEnd } | { is: 'closed'; done: Promise<void> }

export const createLifecycle = ({ sockets, drainMs, log, stop }: LifecycleOptions): Lifecycle => {
  let phase: Phase = { is: 'serving' }

  const close = (): Promise<void> => {
    if (phase.is === 'closed') return phase.done
    if (phase.is === 'moving') phase.end.giveUp()
    const done = stop()
    phase = { is: 'closed', done }
    return done
  }

  return {
    get isServing() {
      return phase.is === 'serving'
    },
    drain: async () => {
      if (phase.is === 'serving') {
        log.info({ sockets: sockets.size }, 'moving')
        phase = { is: 'moving', end: sockets.endGradually('server-moved', drainMs) }
      }
      if (phase.is === 'moving') await phase.end.over
      return close()
    },
    close,
  }
}
