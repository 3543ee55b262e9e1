import type { Clock } from '../clock.js'
import { SessionError } from '../errors.js'

export type DeliveryTarget = {
  /** `all` peers that are here now, or `any` one. Default `all`. */
  readonly to?: 'all' | 'any'
  /** In milliseconds, up to Infinity. Default 10 seconds. */
  readonly timeoutMs?: number
}

/** What has become of a write, asked at any time. */
export type Write = {
  /**
   * `here`: nobody else has it, as far as is known. `some`: somebody has it, or had it before leaving. `all`: everybody
   * who is here now. `discarded`: it went with its session, which ended for this peer.
   */
  readonly state: 'here' | 'some' | 'all' | 'discarded'
  /** The ids of the peers here now that have said that they hold it. */
  readonly heldBy: readonly string[]
}

export type DeliveryOptions = {
  readonly clock: Clock
  /** How much this peer has written in this life. */
  written(): number
  peerIds(): readonly string[]
}

/** What a store tells about where its writes are. */
export type DeliveryView = {
  /**
   * Resolves once what is written by now is held by `all` peers that are here now and stay, or by `any` one. With
   * nobody here `all` resolves at once, while `any` waits for somebody.
   * @throws SessionError `not-delivered` with counts after `timeoutMs`; `session-ended`; `left`
   */
  whenDelivered(target?: DeliveryTarget): Promise<void>
  /** How many transactions of this peer nobody else has yet. */
  readonly pending: number
  /** The last transaction of this peer, for asking later what became of it; null if there was none. */
  readonly lastWrite: Write | null
}

/** Which peers hold what this one wrote, over all its lives. */
export type Delivery = DeliveryView & {
  /** This peer has made a transaction. */
  wrote(): void
  /** The peer holds our writes up to this clock. */
  acknowledge(peerId: string, clock: number): void
  forget(peerId: string): void
  /** This peer is away: who waits is told so, as nobody knows for how long. */
  pause(): void
  /** This peer writes under another writer. What it has written there stands for so many transactions before. */
  goOn(carriedCount: number): void
  /** All that was written is gone from here. */
  discard(): void
  close(): void
}

const defaultTimeoutMs = 10_000
/** Browsers take a longer time for none at all. */
const maxTimerMs = 2 ** 31 - 1

/** Ends a wait; with null it is told as not delivered in time. */
type Fail = (error: SessionError | null) => void

/** A point in what this peer wrote. */
type Point = { readonly life: number; readonly clock: number }

export const createDelivery = ({ clock, ...options }: DeliveryOptions): Delivery => {
  const heldBy = new Map<string, number>()
  const checks = new Set<() => void>()
  const fails = new Set<Fail>()
  let isClosed = false
  /** Where each transaction of this life ended that nobody else has. */
  let ends: number[] = []
  /** As many transactions of earlier lives are in what this clock stands for. */
  let carried = { count: 0, clock: 0 }
  let life = 0
  let discardedLives = 0
  let last: Point | null = null
  /** How much of each life, and of this one, somebody else has had. */
  const reachedBefore: number[] = []
  let reached = 0

  const clockIn = (point: Point) => (point.life === life ? point.clock : carried.clock)
  const hasReached = (point: Point) =>
    clockIn(point) <= reached || (point.life < life && point.clock <= (reachedBefore[point.life] ?? 0))
  const holds = (peerId: string, point: Point) => (heldBy.get(peerId) ?? 0) >= clockIn(point)

  const recheck = () => checks.forEach(check => check())
  const leftError = () => new SessionError('left', 'This room was left.', {})
  const failAll = (error: (() => SessionError) | null) => {
    for (const fail of fails) fail(error?.() ?? null)
  }
  const begin = () => {
    // Who has that has all that was before it.
    if (carried.clock <= reached) reachedBefore.fill(Infinity)
    reachedBefore[life] = reached
    life++
    reached = 0
    heldBy.clear()
    ends = []
  }

  const stateOf = (point: Point): Write['state'] => {
    if (point.life < discardedLives) return 'discarded'
    const peerIds = options.peerIds()
    if (peerIds.length > 0 && peerIds.every(id => holds(id, point))) return 'all'
    return hasReached(point) || peerIds.some(id => holds(id, point)) ? 'some' : 'here'
  }

  return {
    get pending() {
      return ends.length + (carried.clock > reached ? carried.count : 0)
    },
    get lastWrite() {
      const point = last
      if (!point) return null
      return {
        get state() {
          return stateOf(point)
        },
        get heldBy() {
          return point.life < discardedLives ? [] : options.peerIds().filter(id => holds(id, point))
        },
      }
    },
    whenDelivered: ({ to = 'all', timeoutMs = defaultTimeoutMs } = {}) =>
      new Promise((resolve, reject) => {
        if (isClosed) return reject(leftError())
        const wanted: Point = { life, clock: options.written() }
        const asked = options.peerIds()
        const expected = () => options.peerIds().filter(id => to === 'any' || asked.includes(id))
        const finish = (settle: () => void) => {
          checks.delete(check)
          fails.delete(fail)
          cancel()
          settle()
        }
        const check = () => {
          const isHeld = (id: string) => holds(id, wanted)
          if (to === 'all' ? expected().every(isHeld) : expected().some(isHeld)) finish(resolve)
        }
        const fail: Fail = error => finish(() => reject(error ?? undelivered()))
        const undelivered = () => {
          const acknowledged = expected().filter(id => holds(id, wanted)).length
          const details = { acknowledged, expected: to === 'any' ? 1 : expected().length }
          return new SessionError('not-delivered', `${acknowledged} of ${details.expected} have it.`, details)
        }
        const cancel = timeoutMs > maxTimerMs ? () => {} : clock.schedule(() => fail(null), timeoutMs)
        checks.add(check)
        fails.add(fail)
        check()
      }),
    wrote: () => {
      last = { life, clock: options.written() }
      ends.push(last.clock)
    },
    acknowledge: (peerId, upTo) => {
      heldBy.set(peerId, Math.max(upTo, heldBy.get(peerId) ?? 0))
      reached = Math.max(reached, upTo)
      const first = ends.findIndex(end => end > reached)
      ends.splice(0, first < 0 ? ends.length : first)
      recheck()
    },
    forget: peerId => {
      heldBy.delete(peerId)
      recheck()
    },
    pause: () => failAll(null),
    goOn: count => {
      begin()
      carried = { count, clock: options.written() }
    },
    discard: () => {
      begin()
      carried = { count: 0, clock: 0 }
      discardedLives = life
      failAll(() => new SessionError('session-ended', 'It was discarded with its session, which has ended.', {}))
    },
    close: () => {
      isClosed = true
      failAll(leftError)
    },
  }
}
