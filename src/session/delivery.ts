import type { Clock } from '../clock.js'
import { SessionError } from '../errors.js'

export type DeliveryTarget = {
  /** `all` peers that are here now, or `any` one. Default `all`. */
  readonly to?: 'all' | 'any'
  /** Default 10 seconds. */
  readonly timeoutMs?: number
}

export type DeliveryOptions = {
  readonly clock: Clock
  /** How much this peer has written. */
  written(): number
  peerIds(): readonly string[]
}

/** Which peers hold what this one wrote. */
export type Delivery = {
  /**
   * Resolves once what is written by now is held by `all` peers that are here now and stay, or by `any` one. With
   * nobody here `all` resolves at once, while `any` waits for somebody.
   * @throws SessionError `not-delivered` with counts after `timeoutMs`; `left`
   */
  whenDelivered(target?: DeliveryTarget): Promise<void>
  /** The peer holds our writes up to this clock. */
  acknowledge(peerId: string, clock: number): void
  forget(peerId: string): void
  close(): void
}

const defaultTimeoutMs = 10_000

export const createDelivery = ({ clock, ...options }: DeliveryOptions): Delivery => {
  const heldBy = new Map<string, number>()
  const checks = new Set<() => void>()
  const fails = new Set<(error: SessionError) => void>()
  let isClosed = false
  const recheck = () => checks.forEach(check => check())
  const leftError = () => new SessionError('left', 'This room was left.', {})

  return {
    whenDelivered: ({ to = 'all', timeoutMs = defaultTimeoutMs } = {}) =>
      new Promise((resolve, reject) => {
        if (isClosed) return reject(leftError())
        const wanted = options.written()
        const asked = options.peerIds()
        const holds = (peerId: string) => (heldBy.get(peerId) ?? 0) >= wanted
        const expected = () => options.peerIds().filter(id => to === 'any' || asked.includes(id))
        const finish = (settle: () => void) => {
          checks.delete(check)
          fails.delete(fail)
          cancel()
          settle()
        }
        const check = () => {
          if (to === 'all' ? expected().every(holds) : expected().some(holds)) finish(resolve)
        }
        const fail = (error: SessionError) => finish(() => reject(error))
        const cancel = clock.schedule(() => {
          const acknowledged = expected().filter(holds).length
          const details = { acknowledged, expected: to === 'any' ? 1 : expected().length }
          fail(new SessionError('not-delivered', `${acknowledged} of ${details.expected} have it.`, details))
        }, timeoutMs)
        checks.add(check)
        fails.add(fail)
        check()
      }),
    acknowledge: (peerId, upTo) => {
      heldBy.set(peerId, Math.max(upTo, heldBy.get(peerId) ?? 0))
      recheck()
    },
    forget: peerId => {
      heldBy.delete(peerId)
      recheck()
    },
    close: () => {
      isClosed = true
      for (const fail of fails) fail(leftError())
    },
  }
}
